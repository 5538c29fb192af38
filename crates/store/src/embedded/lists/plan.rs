//! Which index a list goes along.
//!
//! A filter's top-level and-terms each leave out rows; some name keys of an index. The index with
//! the fewest rows is walked, and every row on it is held against the whole filter. What is
//! recognised here is a matter of speed alone.

use clew_model::ids::{SpanId, TraceId};
use clew_query::{
    Comparison, Expr, Field, FieldRef, Namespace, Predicate, Relative, Test, TextPattern, Value,
};
use rusqlite::{Connection, params};

use super::candidate::facet_of;
use super::names::agent_number;
use super::walk::{Index, Path};
use crate::contract::StoreError;
use crate::embedded::facets::{self, FacetKind, MANY_TERMS, STATUS_ERROR, STATUS_FAILED};
use crate::ids::{AgentId, WorkspaceId};

/// More keys than this and a walk over all traces is as good.
const KEYS_MAX: usize = 256;
/// A place is looked up under each term of a set; with more the row is read as soon.
const ASKED_MAX: usize = 4;
/// Counting goes so far when several indexes could be walked.
const COUNTED_MAX: i64 = 1_000;

/// How a list is made.
pub(crate) struct Plan {
    /// The walk; `None` where no row can meet the filter.
    pub(crate) path: Option<Path>,
    /// Sets of terms of which each row must have one: asked of the facets before a row is read.
    pub(crate) also: Vec<Vec<i64>>,
    /// What each row is held against.
    pub(crate) expr: Option<Expr>,
    /// Full-text conditions of which each row must meet all, with tokens that their texts have.
    pub(crate) words: Vec<(Test, Vec<String>)>,
    /// The agent that rows must have.
    pub(crate) agent_no: Option<i64>,
}

impl Plan {
    /// For one row that is at hand.
    pub(crate) fn of_one(expr: Option<&Expr>) -> Plan {
        Plan::nowhere(expr.cloned().map(with_our_ids))
    }

    fn nowhere(expr: Option<Expr>) -> Plan {
        Plan { path: None, also: Vec::new(), expr, words: Vec::new(), agent_no: None }
    }
}

/// Plans a list of traces.
pub(crate) fn plan(
    connection: &Connection,
    workspace: WorkspaceId,
    expr: Option<&Expr>,
    agent: Option<AgentId>,
) -> Result<Plan, StoreError> {
    let expr = expr.cloned().map(with_our_ids);
    let mut terms = Vec::new();
    if let Some(expr) = &expr {
        and_terms(expr, &mut terms);
    }
    let mut finder = Finder { connection, workspace, paths: Vec::new() };
    let agent_no = match agent {
        Some(agent) => match agent_number(connection, workspace, agent)? {
            Some(number) => {
                finder.add(Index::Agent, Some(vec![number]));
                Some(number)
            }
            None => return Ok(Plan::nowhere(expr)),
        },
        None => None,
    };
    for predicate in &terms {
        finder.look_at(predicate)?;
    }
    let (from_nanos, to_nanos) = start_bounds(&terms);
    let words = terms.iter().filter_map(|predicate| words_of(predicate)).collect();
    let (path, also) = finder.best(from_nanos, to_nanos)?;
    Ok(Plan { path, also, expr, words, agent_no })
}

/// Plans a list of spans: the traces that may have one that meets the filter.
pub(crate) fn plan_spans(
    connection: &Connection,
    workspace: WorkspaceId,
    expr: Option<&Expr>,
    agent: Option<AgentId>,
) -> Result<Plan, StoreError> {
    let expr = expr.cloned().map(with_our_ids);
    let mut terms = Vec::new();
    if let Some(expr) = &expr {
        and_terms(expr, &mut terms);
    }
    let mut finder = Finder { connection, workspace, paths: Vec::new() };
    let agent_no = match agent {
        Some(agent) => match agent_number(connection, workspace, agent)? {
            Some(number) => {
                finder.add(Index::Agent, Some(vec![number]));
                Some(number)
            }
            None => return Ok(Plan::nowhere(expr)),
        },
        None => None,
    };
    for predicate in &terms {
        if let Predicate::Comparison(comparison) = predicate {
            finder.look_at_span(comparison)?;
        }
    }
    // A trace that begins after the last wanted start has no such span.
    let (_, to_nanos) = start_bounds(&terms);
    let words = terms.iter().filter_map(|predicate| words_of(predicate)).collect();
    let (path, also) = finder.best(i64::MIN, to_nanos)?;
    Ok(Plan { path, also, expr, words, agent_no })
}

/// An id written in the sender's way is the id that it became (ruling 20).
fn with_our_ids(mut expr: Expr) -> Expr {
    fn walk(expr: &mut Expr) {
        match expr {
            Expr::And(items) | Expr::Or(items) => items.iter_mut().for_each(walk),
            Expr::Not(inner) => walk(inner),
            Expr::Term(term) => match &mut term.predicate {
                Predicate::Comparison(comparison) => {
                    rewrite(&comparison.field, &mut comparison.test)
                }
                Predicate::Has { filter, .. } => walk(filter),
                Predicate::Count { filter: Some(filter), .. } => walk(filter),
                _ => {}
            },
        }
    }
    fn rewrite(field: &FieldRef, test: &mut Test) {
        match test {
            Test::AnyOf(tests) => tests.iter_mut().for_each(|test| rewrite(field, test)),
            Test::Id(id) if !id.is_prefix => {
                let ours = match field {
                    FieldRef::Field(Field::Trace) => {
                        TraceId::from_sender(&id.text).map(|id| id.to_string())
                    }
                    FieldRef::Field(Field::Span) => {
                        SpanId::from_sender(&id.text).map(|id| id.to_string())
                    }
                    _ => return,
                };
                if let Ok(ours) = ours {
                    id.text = ours;
                }
            }
            _ => {}
        }
    }
    walk(&mut expr);
    expr
}

/// The predicates that all rows must meet.
fn and_terms<'a>(expr: &'a Expr, terms: &mut Vec<&'a Predicate>) {
    match expr {
        Expr::And(items) => items.iter().for_each(|item| and_terms(item, terms)),
        Expr::Term(term) => terms.push(&term.predicate),
        Expr::Or(_) | Expr::Not(_) => {}
    }
}

fn start_bounds(terms: &[&Predicate]) -> (i64, i64) {
    let mut bounds = (i64::MIN, i64::MAX);
    for predicate in terms {
        let Predicate::Comparison(comparison) = predicate else { continue };
        let Comparison { field: FieldRef::Field(Field::Start), below: None, test, .. } = comparison
        else {
            continue;
        };
        if let (Test::Time(range), false) = (test, comparison.is_negated) {
            bounds.0 = bounds.0.max(range.from_nanos.unwrap_or(i64::MIN));
            let last = range.to_nanos.map_or(i64::MAX, |to| to.saturating_sub(1));
            bounds.1 = bounds.1.min(last);
        }
    }
    bounds
}

fn words_of(predicate: &Predicate) -> Option<(Test, Vec<String>)> {
    let Predicate::Comparison(comparison) = predicate else { return None };
    match &comparison.test {
        Test::Words(words) if comparison.is_free_text() && !comparison.is_negated => {
            Some((comparison.test.clone(), words.required_tokens()))
        }
        _ => None,
    }
}

struct Finder<'c> {
    connection: &'c Connection,
    workspace: WorkspaceId,
    paths: Vec<(Index, Vec<i64>)>,
}

impl Finder<'_> {
    fn add(&mut self, index: Index, keys: Option<Vec<i64>>) {
        if let Some(keys) = keys.filter(|keys| keys.len() <= KEYS_MAX) {
            self.paths.push((index, keys));
        }
    }

    fn look_at(&mut self, predicate: &Predicate) -> Result<(), StoreError> {
        match predicate {
            Predicate::Comparison(comparison) => self.look_at_comparison(comparison),
            Predicate::Has { relative: Relative::Span, filter } => {
                let mut inner = Vec::new();
                and_terms(filter, &mut inner);
                inner.into_iter().try_for_each(|predicate| match predicate {
                    Predicate::Comparison(comparison) => self.look_at_span(comparison),
                    _ => Ok(()),
                })
            }
            _ => Ok(()),
        }
    }

    fn look_at_comparison(&mut self, comparison: &Comparison) -> Result<(), StoreError> {
        if comparison.below.is_some() {
            return self.look_at_span(comparison);
        }
        let holds =
            |text: &str| comparison.test.matches(Value::Text(text)) != comparison.is_negated;
        match &comparison.field {
            FieldRef::Field(Field::Trace) if !comparison.is_negated => {
                let keys = self.traces_by_id(&comparison.test)?;
                self.add(Index::Trace, keys);
            }
            FieldRef::Field(Field::Session) if !comparison.is_negated => {
                let keys = self.numbers_by_text("sessions", "session", &comparison.test)?;
                self.add(Index::Session, keys);
            }
            FieldRef::Field(Field::User) if !comparison.is_negated => {
                let keys = self.numbers_by_text("users", "user", &comparison.test)?;
                self.add(Index::User, keys);
            }
            FieldRef::Field(Field::Agent) => {
                let keys = self.agents(holds)?;
                self.add(Index::Agent, Some(keys));
            }
            FieldRef::Field(Field::Status) if only_error(&holds) => {
                self.add_terms(FacetKind::Status, |text| text == STATUS_ERROR)?;
            }
            FieldRef::Field(Field::RootStatus) if only_error(&holds) => {
                self.add_terms(FacetKind::Status, |text| text == STATUS_FAILED)?;
            }
            FieldRef::Field(Field::Label) => self.add_terms(FacetKind::Label, holds)?,
            FieldRef::Field(Field::Tag) => self.add_terms(FacetKind::Tag, holds)?,
            FieldRef::Open(Namespace::Label | Namespace::Score, name) => {
                self.add_terms(FacetKind::Label, |text| text == name)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A condition that some span of the trace must meet.
    fn look_at_span(&mut self, comparison: &Comparison) -> Result<(), StoreError> {
        let holds =
            |text: &str| comparison.test.matches(Value::Text(text)) != comparison.is_negated;
        match (&comparison.field, facet_of(&comparison.field)) {
            (_, Some(kind)) if kind.is_indexed() => self.add_terms(kind, holds),
            (FieldRef::Field(Field::Error), _) => {
                self.add_terms(FacetKind::Status, |text| text == STATUS_ERROR)
            }
            (FieldRef::Field(Field::Status), _) if only_error(&holds) => {
                self.add_terms(FacetKind::Status, |text| text == STATUS_ERROR)
            }
            (FieldRef::Field(Field::Trace), _) if !comparison.is_negated => {
                let keys = self.traces_by_id(&comparison.test)?;
                self.add(Index::Trace, keys);
                Ok(())
            }
            (FieldRef::Field(Field::Label), _) => self.add_terms(FacetKind::Label, holds),
            _ => Ok(()),
        }
    }

    fn add_terms(
        &mut self,
        kind: FacetKind,
        holds: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        let terms = facets::terms(self.connection, self.workspace, kind)?;
        let mut keys: Vec<i64> =
            terms.into_iter().filter(|(_, text)| holds(text)).map(|(term, _)| term).collect();
        if !matches!(kind, FacetKind::Status | FacetKind::Label) {
            // Traces with more names than are kept may have this one.
            let status = facets::terms(self.connection, self.workspace, FacetKind::Status)?;
            keys.extend(status.iter().filter(|(_, text)| text == MANY_TERMS).map(|(term, _)| term));
        }
        self.add(Index::Term, Some(keys));
        Ok(())
    }

    fn agents(&self, holds: impl Fn(&str) -> bool) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT agent_no, name, agent_id FROM agents WHERE workspace = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([self.workspace.0])?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(1)?;
            if holds(&name) || holds(&AgentId(row.get(2)?).to_string()) {
                keys.push(row.get(0)?);
            }
        }
        Ok(keys)
    }

    fn traces_by_id(&self, test: &Test) -> Result<Option<Vec<i64>>, StoreError> {
        let Test::Id(id) = test else { return Ok(None) };
        let (least, most) = match id.is_prefix {
            true => (bytes_from_digits(&id.text, b'0'), bytes_from_digits(&id.text, b'f')),
            false => (bytes_from_digits(&id.text, b'f'), bytes_from_digits(&id.text, b'f')),
        };
        let (Some(least), Some(most)) = (least, most) else { return Ok(None) };
        let sql = "SELECT tno FROM traces WHERE workspace = ?1 AND trace_id BETWEEN ?2 AND ?3 \
                   LIMIT ?4";
        let bounds = params![self.workspace.0, least, most, KEYS_MAX as i64 + 1];
        let mut statement = self.connection.prepare_cached(sql)?;
        let keys = statement.query_map(bounds, |row| row.get(0))?;
        Ok(Some(keys.collect::<Result<_, _>>()?))
    }

    /// Numbers of sessions or users; `None` where the test has no beginning to look for.
    fn numbers_by_text(
        &self,
        table: &str,
        what: &str,
        test: &Test,
    ) -> Result<Option<Vec<i64>>, StoreError> {
        if let Test::AnyOf(tests) = test {
            let mut keys = Vec::new();
            for test in tests {
                match self.numbers_by_text(table, what, test)? {
                    Some(more) => keys.extend(more),
                    None => return Ok(None),
                }
            }
            keys.sort_unstable();
            keys.dedup();
            return Ok(Some(keys));
        }
        let (condition, least, most) = match test {
            Test::Text(TextPattern::Exact(text)) => {
                // Kept as sent: one that is composed otherwise folds to the same all the same.
                let folded = crate::embedded::rows::numbers::folded(text);
                ("= ?2 AND ?2 = ?3", folded.clone(), folded)
            }
            Test::Text(TextPattern::Folded(wildcard)) => match wildcard.folded_parts() {
                [whole] => ("= ?2 AND ?2 = ?3", whole.clone(), whole.clone()),
                [first, ..] if !first.is_empty() => {
                    let most = format!("{first}\u{10ffff}");
                    ("BETWEEN ?2 AND ?3", first.clone(), most)
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let sql = format!(
            "SELECT {what}_no FROM {table} WHERE workspace = ?1 AND folded {condition} LIMIT ?4"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let bounds = params![self.workspace.0, least, most, KEYS_MAX as i64 + 1];
        let keys = statement.query_map(bounds, |row| row.get(0))?;
        Ok(Some(keys.collect::<Result<_, _>>()?))
    }

    /// The path with the fewest traces, and the terms of the other paths. Counting is for a choice
    /// only.
    fn best(
        self,
        from_nanos: i64,
        to_nanos: i64,
    ) -> Result<(Option<Path>, Vec<Vec<i64>>), StoreError> {
        let path = |(index, keys)| Path { index, keys, from_nanos, to_nanos };
        let mut paths: Vec<Path> = self.paths.into_iter().map(path).collect();
        if from_nanos > to_nanos || paths.iter().any(|path| path.keys.is_empty()) {
            return Ok((None, Vec::new()));
        }
        let mut best: Option<(i64, usize)> = None;
        for (place, path) in paths.iter().enumerate().filter(|_| paths.len() > 1) {
            let most = best.map_or(COUNTED_MAX, |(count, _)| count);
            let count = path.count(self.connection, most)?;
            if best.is_none_or(|(least, _)| count < least) {
                best = Some((count, place));
            }
        }
        let chosen = match paths.is_empty() {
            true => path((Index::Start, vec![self.workspace.0])),
            false => paths.swap_remove(best.map_or(0, |(_, place)| place)),
        };
        let is_asked = |path: &Path| path.index == Index::Term && path.keys.len() <= ASKED_MAX;
        let also = paths.into_iter().filter(is_asked).map(|path| path.keys).collect();
        Ok((Some(chosen), also))
    }
}

/// The condition is met by `error` and by no other status.
fn only_error(holds: &impl Fn(&str) -> bool) -> bool {
    holds("error") && !holds("ok") && !holds("unset")
}

/// A trace id from its first digits, the rest filled up.
fn bytes_from_digits(digits: &str, fill: u8) -> Option<[u8; 16]> {
    let mut all = [fill; 32];
    all.get_mut(..digits.len())?.copy_from_slice(digits.as_bytes());
    let mut bytes = [0; 16];
    for (place, digit) in all.iter().enumerate() {
        let value = char::from(*digit).to_digit(16)?;
        bytes[place / 2] = bytes[place / 2] << 4 | value as u8;
    }
    Some(bytes)
}
