//! A page of sessions.

use std::cell::OnceCell;

use clew_query::{
    Expr, Field, FieldRef, Namespace, Predicate, Row as FilterRow, SortKey, Subject, Test,
    TextPattern, Value, matches,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::candidate::{COLUMNS, Candidate, Context, label_value};
use super::cursor::{Cursor, Next, question};
use super::names::agent_number;
use super::order::{Best, Ranked, SortValue};
use super::spans_of::SpanSource;
use super::totals::{Sum, figure, sum};
use super::traces::Clock;
use super::walk::Place;
use crate::contract::StoreError;
use crate::embedded::labels::{self, StoredLabel};
use crate::embedded::rows::numbers::folded;
use crate::groups::{SessionQuery, SessionRow};
use crate::ids::{AgentId, WorkspaceId};
use crate::listing::{Page, Scanned, TotalIs};
use crate::row::AgentRef;

/// Sessions fetched at once.
const FETCH: i64 = 128;

/// A page of sessions.
pub(crate) fn sessions(
    connection: &Connection,
    spans: &dyn SpanSource,
    query: &SessionQuery,
) -> Result<Page<SessionRow>, StoreError> {
    let keys: String = query.sort.iter().map(|key| format!("{key:?}")).collect();
    let agent = query.agent.map(|agent| agent.to_string()).unwrap_or_default();
    let workspace = query.workspace.to_string();
    let asked = question(&["sessions", &workspace, &query.filter.text, &keys, &agent]);
    let cursor = query.cursor.as_deref().map(|text| Cursor::decode(text, asked)).transpose()?;
    let context = Context::new(connection, query.workspace, query.now, spans);
    let agent_no = match query.agent {
        Some(agent) => match agent_number(connection, query.workspace, agent)? {
            Some(number) => Some(number),
            None => return Ok(Page::empty()),
        },
        None => None,
    };
    let list = List { query, context: &context, agent_no, asked, cursor };
    match query.sort.as_slice() {
        [] => list.by_last(),
        keys => list.sorted(keys),
    }
}

/// One session, as the list shows it.
pub(crate) fn session(
    connection: &Connection,
    workspace: WorkspaceId,
    session_id: &str,
    agent: Option<AgentId>,
    now: i64,
) -> Result<Option<SessionRow>, StoreError> {
    let sql = "SELECT session_no FROM sessions WHERE workspace = ?1 AND session_id = ?2";
    let number: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row(params![workspace.0, session_id], |row| row.get(0))
        .optional()?;
    let agent_no = match agent {
        Some(agent) => match agent_number(connection, workspace, agent)? {
            Some(number) => Some(number),
            None => return Ok(None),
        },
        None => None,
    };
    let Some(number) = number else { return Ok(None) };
    let context = Context::new(connection, workspace, now, &NoSpans);
    let candidate = SessionCandidate::load(&context, number, session_id.to_owned(), agent_no)?;
    if candidate.sum.totals.trace_count == 0 {
        return Ok(None);
    }
    candidate.into_row().map(Some)
}

/// A session's row alone needs no spans.
struct NoSpans;

impl SpanSource for NoSpans {
    fn spans(
        &self,
        _: WorkspaceId,
        _: &clew_model::ids::TraceId,
    ) -> Result<Vec<clew_model::span::Span>, StoreError> {
        Ok(Vec::new())
    }

    fn sources(
        &self,
        _: WorkspaceId,
        _: &clew_model::ids::TraceId,
    ) -> Result<Vec<clew_model::source::SourceSpan>, StoreError> {
        Ok(Vec::new())
    }

    fn may_hold(&self, _: &Connection, _: i64, _: &[String]) -> Result<bool, StoreError> {
        Ok(false)
    }
}

struct List<'a> {
    query: &'a SessionQuery,
    context: &'a Context<'a>,
    agent_no: Option<i64>,
    asked: u64,
    cursor: Option<Cursor>,
}

impl List<'_> {
    /// In the order of the newest trace, walking the index.
    fn by_last(&self) -> Result<Page<SessionRow>, StoreError> {
        let mut clock = Clock::new(self.query.budget);
        let mut walk = self.walk();
        let mut rows = Vec::new();
        let mut last = None;
        let mut is_out_of_time = false;
        let mut has_more = false;
        while let Some((place, id)) = walk.next(self.context.connection)? {
            if rows.len() == self.query.limit {
                has_more = true;
                break;
            }
            if !clock.has_time() {
                is_out_of_time = true;
                break;
            }
            last = Some(place);
            if let Some(candidate) = self.meets(place.tno, id)? {
                rows.push(candidate.into_row()?);
            }
        }
        let next = last.filter(|_| has_more || is_out_of_time).map(Next::Walk);
        self.page(rows, next, &clock, is_out_of_time)
    }

    /// Any other order: every session is looked at.
    fn sorted(&self, keys: &[SortKey]) -> Result<Page<SessionRow>, StoreError> {
        let mut clock = Clock::new(self.query.budget);
        let mut walk = self.walk();
        let after = match self.cursor.as_ref().map(|cursor| &cursor.next) {
            Some(Next::Sorted(values, number)) => {
                Some(Ranked { values: values.clone(), number: *number })
            }
            _ => None,
        };
        let mut best = Best::new(keys, self.query.limit.saturating_add(1));
        let mut last = None;
        let mut is_out_of_time = false;
        while let Some((place, id)) = walk.next(self.context.connection)? {
            if !clock.has_time() {
                is_out_of_time = true;
                break;
            }
            last = Some(place);
            let Some(candidate) = self.meets(place.tno, id)? else { continue };
            let values = keys.iter().map(|key| candidate.sort_value(key.field)).collect();
            let ranked = Ranked { values, number: place.tno };
            if after.as_ref().is_none_or(|after| ranked.compare(after, keys).is_gt()) {
                best.offer(ranked);
            }
        }
        let mut kept = best.into_sorted();
        let has_more = kept.len() > self.query.limit;
        kept.truncate(self.query.limit);
        let next = match (is_out_of_time, last, kept.last()) {
            (true, Some(place), _) => Some(Next::Walk(place)),
            (false, _, Some(last)) if has_more => {
                Some(Next::Sorted(last.values.clone(), last.number))
            }
            _ => None,
        };
        let rows = kept.iter().map(|ranked| self.row(ranked.number)).collect::<Result<_, _>>()?;
        self.page(rows, next, &clock, is_out_of_time)
    }

    fn walk(&self) -> SessionWalk {
        let after = match self.cursor.as_ref().map(|cursor| &cursor.next) {
            Some(Next::Walk(place)) => *place,
            _ => Place { start_nanos: i64::MAX, tno: i64::MAX },
        };
        let named = self.query.filter.expr.as_ref().and_then(only_session);
        SessionWalk {
            workspace: self.query.workspace,
            named,
            after,
            fetched: Vec::new(),
            ended: false,
        }
    }

    fn meets(&self, number: i64, id: String) -> Result<Option<SessionCandidate<'_>>, StoreError> {
        let candidate = SessionCandidate::load(self.context, number, id, self.agent_no)?;
        // A session of another agent is not there for this key.
        if candidate.sum.totals.trace_count == 0 {
            return Ok(None);
        }
        let meets = self.query.filter.expr.as_ref().is_none_or(|expr| matches(expr, &candidate));
        self.context.check()?;
        Ok(meets.then_some(candidate))
    }

    fn row(&self, number: i64) -> Result<SessionRow, StoreError> {
        let id = self.context.names.session(self.context.connection, number)?;
        SessionCandidate::load(self.context, number, id.to_string(), self.agent_no)?.into_row()
    }

    fn page(
        &self,
        rows: Vec<SessionRow>,
        next: Option<Next>,
        clock: &Clock,
        is_out_of_time: bool,
    ) -> Result<Page<SessionRow>, StoreError> {
        let connection = self.context.connection;
        let before = self.cursor.as_ref();
        let shown = before.map_or(0, |cursor| cursor.matched) + rows.len() as u64;
        let scanned = before.map_or(0, |cursor| cursor.scanned) + clock.scanned;
        let is_open = self.query.filter.expr.is_none() && self.agent_no.is_none();
        let (total, is_exact) = match next {
            _ if is_open => (count(connection, self.query.workspace)?, true),
            None => (shown, true),
            Some(_) => (shown, false),
        };
        let told = match is_out_of_time {
            true => {
                let of = count(connection, self.query.workspace)?.max(scanned);
                Some(Scanned { rows: scanned, of })
            }
            false => None,
        };
        let next_cursor = next.map(|next| {
            let cursor = Cursor {
                question: self.asked,
                next,
                matched: shown,
                total,
                total_is_exact: is_exact,
                scanned,
            };
            cursor.encode()
        });
        let total_is = if is_exact { TotalIs::Exact } else { TotalIs::AtLeast };
        Ok(Page { rows, next_cursor, total, total_is, scanned: told })
    }
}

fn count(connection: &Connection, workspace: WorkspaceId) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM sessions INDEXED BY sessions_by_last WHERE workspace = ?1";
    let count: i64 = connection.prepare_cached(sql)?.query_row([workspace.0], |row| row.get(0))?;
    Ok(count.max(0) as u64)
}

/// The one session that all rows must be, case folded: then only its like are walked.
fn only_session(expr: &Expr) -> Option<String> {
    match expr {
        Expr::And(items) => items.iter().find_map(only_session),
        Expr::Term(term) => match &term.predicate {
            Predicate::Comparison(comparison)
                if comparison.field == FieldRef::Field(Field::Session)
                    && comparison.below.is_none()
                    && !comparison.is_negated =>
            {
                match &comparison.test {
                    Test::Text(TextPattern::Exact(text)) => Some(folded(text)),
                    Test::Text(TextPattern::Folded(wildcard)) => match wildcard.folded_parts() {
                        [whole] => Some(whole.clone()),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        },
        Expr::Or(_) | Expr::Not(_) => None,
    }
}

/// Along the index of newest traces.
struct SessionWalk {
    workspace: WorkspaceId,
    named: Option<String>,
    after: Place,
    /// The next one last.
    fetched: Vec<(Place, String)>,
    ended: bool,
}

impl SessionWalk {
    fn next(&mut self, connection: &Connection) -> Result<Option<(Place, String)>, StoreError> {
        if self.fetched.is_empty() && !self.ended {
            self.fetch(connection)?;
        }
        let next = self.fetched.pop();
        if let Some((place, _)) = &next {
            self.after = *place;
        }
        Ok(next)
    }

    fn fetch(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let (index, named) = match self.named {
            Some(_) => ("sessions_by_folded", "folded = ?4"),
            None => ("sessions_by_last", "?4 IS NULL"),
        };
        let sql = format!(
            "SELECT last_start_nanos, session_no, session_id FROM sessions INDEXED BY {index} \
             WHERE workspace = ?1 AND {named} AND (last_start_nanos, session_no) < (?2, ?3) \
             ORDER BY last_start_nanos DESC, session_no DESC LIMIT {FETCH}"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let Place { start_nanos, tno } = self.after;
        let rows = statement.query_map(
            params![self.workspace.0, start_nanos, tno, self.named],
            |row| {
                let place = Place { start_nanos: row.get(0)?, tno: row.get(1)? };
                Ok((place, row.get(2)?))
            },
        )?;
        self.fetched = rows.collect::<Result<_, _>>()?;
        self.ended = (self.fetched.len() as i64) < FETCH;
        self.fetched.reverse();
        Ok(())
    }
}

/// A session as the evaluator sees it.
struct SessionCandidate<'a> {
    context: &'a Context<'a>,
    number: i64,
    id: String,
    agent_no: Option<i64>,
    sum: Sum,
    labels: OnceCell<Vec<StoredLabel>>,
}

impl<'a> SessionCandidate<'a> {
    fn load(
        context: &'a Context<'a>,
        number: i64,
        id: String,
        agent_no: Option<i64>,
    ) -> Result<SessionCandidate<'a>, StoreError> {
        let condition = "session_no = ?1";
        let sum = sum(context.connection, condition, &[&number], agent_no, context.now)?;
        Ok(SessionCandidate { context, number, id, agent_no, sum, labels: OnceCell::new() })
    }

    fn labels(&self) -> &[StoredLabel] {
        self.labels.get_or_init(|| {
            let Context { connection, workspace, .. } = self.context;
            let stored = labels::of_session(connection, *workspace, &self.id);
            self.context.kept(stored).unwrap_or_default()
        })
    }

    fn figure(&self, field: Field) -> Option<i64> {
        figure(&self.sum.totals, field)
    }

    fn status(&self) -> &'static str {
        if self.sum.totals.error_trace_count > 0 { "error" } else { "ok" }
    }

    fn sort_value(&self, field: Field) -> SortValue {
        let text = match field {
            Field::Session => Some(folded(&self.id)),
            Field::User => self.users().first().map(|user| folded(user)),
            Field::Agent => self.agents().first().map(|agent| folded(&agent.name)),
            Field::Status => Some(self.status().to_owned()),
            Field::State => self.sum.state.map(str::to_owned),
            _ => return self.figure(field).map_or(SortValue::Absent, SortValue::Number),
        };
        text.map_or(SortValue::Absent, |text| SortValue::Text(text.into()))
    }

    fn agents(&self) -> Vec<AgentRef> {
        let Context { connection, names, .. } = self.context;
        let agent = |number: &i64| self.context.kept(names.agent(connection, *number));
        self.sum.agents.iter().filter_map(agent).map(|agent| (*agent).clone()).collect()
    }

    fn users(&self) -> Vec<String> {
        let Context { connection, names, .. } = self.context;
        let user = |number: &i64| self.context.kept(names.user(connection, *number));
        self.sum.users.iter().filter_map(user).map(|user| user.to_string()).collect()
    }

    fn into_row(self) -> Result<SessionRow, StoreError> {
        let row = SessionRow {
            totals: self.sum.totals,
            state: self.sum.state.unwrap_or("done").to_owned(),
            agents: self.agents(),
            users: self.users(),
            labels: self.labels().to_vec(),
            last_name: self.sum.last_name,
            session_id: self.id,
        };
        self.context.check()?;
        Ok(row)
    }

    /// Hands each trace of the session to `visit` until one is accepted.
    fn any_trace(&self, visit: &mut dyn FnMut(&Candidate<'_>) -> bool) -> Result<bool, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM traces WHERE session_no = ?1 ORDER BY start_nanos DESC");
        let mut statement = self.context.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([self.number])?;
        while let Some(row) = rows.next()? {
            let candidate = Candidate::new(self.context, row);
            let is_seen = self.agent_no.is_none() || candidate.agent_no() == self.agent_no;
            if is_seen && visit(&candidate) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl FilterRow for SessionCandidate<'_> {
    fn any_value(&self, field: &FieldRef, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let field = match field {
            FieldRef::Open(namespace @ (Namespace::Label | Namespace::Score), name) => {
                let mut labels = self.labels().iter();
                return labels.any(|stored| label_value(&stored.label, *namespace, name, holds));
            }
            // Metadata and all text are those of the traces.
            FieldRef::Open(..) | FieldRef::Field(Field::Text | Field::Size) => {
                let found = self.any_trace(&mut |trace| trace.any_value(field, holds));
                return self.context.kept(found).unwrap_or(false);
            }
            FieldRef::Field(field) => *field,
        };
        let mut text = |text: &str| holds(Value::Text(text));
        match field {
            Field::Session => text(&self.id),
            Field::User => self.users().iter().any(|user| text(user)),
            Field::Agent => self.agents().iter().any(|agent| text(&agent.name)),
            Field::Status => text(self.status()),
            Field::State => self.sum.state.is_some_and(text),
            Field::Label => self.labels().iter().any(|stored| text(&stored.label.name)),
            _ => self.figure(field).is_some_and(|number| holds(Value::Number(number.into()))),
        }
    }

    fn any_below(&self, subject: Subject, holds: &mut dyn FnMut(&dyn FilterRow) -> bool) -> bool {
        let found = self.any_trace(&mut |trace| match subject {
            Subject::Trace => holds(trace),
            Subject::Span => trace.any_below(Subject::Span, holds),
            Subject::Session => false,
        });
        self.context.kept(found).unwrap_or(false)
    }

    fn any_value_below(
        &self,
        subject: Subject,
        field: &FieldRef,
        holds: &mut dyn FnMut(Value<'_>) -> bool,
    ) -> bool {
        let found = self.any_trace(&mut |trace| match subject {
            Subject::Trace => trace.any_value(field, holds),
            Subject::Span => trace.any_value_below(Subject::Span, field, holds),
            Subject::Session => false,
        });
        self.context.kept(found).unwrap_or(false)
    }
}
