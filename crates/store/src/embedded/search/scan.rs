//! The search itself.

use clew_model::ids::TraceId;
use clew_model::source::SourceSpan;
use clew_query::{Value, WordPattern};
use rusqlite::{Connection, params};

use super::snippet::snippet;
use super::text::each_text_of;
use super::words::words;
use crate::contract::StoreError;
use crate::embedded::lists::SpanSource;
use crate::embedded::lists::candidate::{COLUMNS, Candidate, Context};
use crate::embedded::lists::cursor::{Cursor, Next, question};
use crate::embedded::lists::names::agent_number;
use crate::embedded::lists::traces::{Clock, of_path};
use crate::embedded::lists::walk::{Index, Path, Walk};
use crate::embedded::rows::numbers::folded;
use crate::embedded::{notes, rows};
use crate::listing::Scanned;
use crate::row::TraceRow;
use crate::search::{SearchHit, SearchPage, SearchQuery};

/// Hits of one trace.
const HITS_A_TRACE: usize = 3;
/// Traces that an id finds at once.
const BY_ID_MAX: i64 = 20;

/// Searches, newest trace first.
pub(crate) fn search(
    connection: &Connection,
    source: &dyn SpanSource,
    query: &SearchQuery,
    visit: &mut dyn FnMut(&SearchHit) -> bool,
) -> Result<SearchPage, StoreError> {
    let agent = query.agent.map(|agent| agent.to_string()).unwrap_or_default();
    let asked = question(&["search", &query.workspace.to_string(), query.text.trim(), &agent]);
    let cursor = query.cursor.as_deref().map(|text| Cursor::decode(text, asked)).transpose()?;
    let agent_no = match query.agent {
        Some(agent) => match agent_number(connection, query.workspace, agent)? {
            Some(number) => Some(number),
            None => return Ok(SearchPage { hits: Vec::new(), next_cursor: None, scanned: None }),
        },
        None => None,
    };
    let mut search = Search {
        connection,
        source,
        query,
        agent_no,
        words: words(&query.text),
        context: Context::new(connection, query.workspace, 0, source),
        hits: Vec::new(),
        visit,
        is_stopped: false,
    };
    if cursor.is_none() {
        search.by_id()?;
    }
    search.scan(asked, cursor)
}

struct Search<'a> {
    connection: &'a Connection,
    source: &'a dyn SpanSource,
    query: &'a SearchQuery,
    agent_no: Option<i64>,
    words: Vec<WordPattern>,
    context: Context<'a>,
    hits: Vec<SearchHit>,
    visit: &'a mut dyn FnMut(&SearchHit) -> bool,
    is_stopped: bool,
}

impl Search<'_> {
    fn is_over(&self) -> bool {
        self.is_stopped || self.hits.len() >= self.query.limit
    }

    fn hit(&mut self, hit: SearchHit) {
        self.is_stopped = !(self.visit)(&hit);
        self.hits.push(hit);
    }

    /// The traces that the text names by an id: their own, their sender's, their session's.
    fn by_id(&mut self) -> Result<(), StoreError> {
        let text = self.query.text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let workspace = self.query.workspace;
        let mut found = Vec::new();
        if let Ok(id) = TraceId::from_sender(text) {
            found.extend(rows::tno(self.connection, workspace, &id)?);
        }
        let sql = "SELECT t.tno FROM sessions s JOIN traces t ON t.session_no = s.session_no \
                   WHERE s.workspace = ?1 AND s.folded = ?2 ORDER BY t.start_nanos DESC LIMIT ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let bounds = params![workspace.0, folded(text), BY_ID_MAX];
        for number in statement.query_map(bounds, |row| row.get(0))? {
            found.push(number?);
        }
        for tno in found {
            if self.is_over() {
                break;
            }
            let Some(row) = rows::by_tno(self.connection, tno)? else { continue };
            if self.is_seen(&row)? {
                self.hit(of_trace(&row, text.to_owned(), Vec::new()));
            }
        }
        Ok(())
    }

    /// The whole text is the id of this trace or of its session.
    fn is_named(&self, row: &TraceRow) -> bool {
        let text = self.query.text.trim();
        let session = row.summary.session_id.as_deref();
        session.is_some_and(|session| folded(session) == folded(text))
            || TraceId::from_sender(text) == Ok(row.summary.trace_id)
    }

    fn is_seen(&self, row: &TraceRow) -> Result<bool, StoreError> {
        let Some(agent_no) = self.agent_no else { return Ok(true) };
        let sql = "SELECT agent_no FROM traces WHERE tno = ?1";
        let own: Option<i64> =
            self.connection.prepare_cached(sql)?.query_row([row.tno], |row| row.get(0))?;
        Ok(own == Some(agent_no))
    }

    fn scan(&mut self, asked: u64, cursor: Option<Cursor>) -> Result<SearchPage, StoreError> {
        let path = match self.agent_no {
            Some(number) => (Index::Agent, number),
            None => (Index::Start, self.query.workspace.0),
        };
        let (index, key) = path;
        let path = Path { index, keys: vec![key], from_nanos: i64::MIN, to_nanos: i64::MAX };
        let after = match cursor.as_ref().map(|cursor| &cursor.next) {
            Some(Next::Walk(place)) => Some(*place),
            Some(_) => return Err(StoreError::BadCursor),
            None => None,
        };
        let mut walk = Walk::new(self.connection, path.clone(), true, after)?;
        let mut clock = Clock::new(self.query.budget);
        let mut last = after;
        let mut is_out_of_time = false;
        let mut has_more = false;
        while !self.words.is_empty()
            && let Some(place) = walk.next()?
        {
            has_more = self.is_over();
            is_out_of_time = !has_more && !clock.has_time();
            if has_more || is_out_of_time {
                break;
            }
            last = Some(place);
            self.look_into(place.tno)?;
        }
        let scanned = cursor.as_ref().map_or(0, |cursor| cursor.scanned) + clock.scanned;
        let told = match is_out_of_time {
            true => {
                let of = of_path(self.connection, &path, self.query.workspace)?;
                Some(Scanned { rows: scanned, of: of.max(scanned) })
            }
            false => None,
        };
        let goes_on = last.filter(|_| has_more || is_out_of_time);
        let hits = std::mem::take(&mut self.hits);
        let next_cursor = goes_on.map(|place| {
            let cursor = Cursor {
                question: asked,
                next: Next::Walk(place),
                matched: hits.len() as u64,
                total: 0,
                total_is_exact: false,
                scanned,
            };
            cursor.encode()
        });
        Ok(SearchPage { hits, next_cursor, scanned: told })
    }

    /// Whether the row's own words and the blooms leave room for every word. Most traces end here,
    /// so that nothing of them is decoded but what this asks for.
    fn may_have(&self, tno: i64) -> Result<bool, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM traces WHERE tno = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([tno])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        let candidate = Candidate::new(&self.context, row);
        let mut missing = Vec::new();
        for word in &self.words {
            let is_word =
                |value: Value<'_>| matches!(value, Value::Text(text) if word.matches(text));
            if !candidate.own_text(&mut { is_word }) {
                missing.extend(word.required_tokens());
            }
        }
        self.context.check()?;
        Ok(missing.is_empty() || self.source.may_hold(self.connection, tno, &missing)?)
    }

    fn look_into(&mut self, tno: i64) -> Result<(), StoreError> {
        if !self.may_have(tno)? {
            return Ok(());
        }
        let Some(row) = rows::by_tno(self.connection, tno)? else { return Ok(()) };
        if self.is_named(&row) {
            // Told already, before the walk.
            return Ok(());
        }
        let mut own = own_texts(&row);
        if let Some(note) = notes::of_tno(self.connection, tno, row.summary.trace_id)? {
            each_text_of(&note, &mut |text| own.push(text.to_owned()));
        }
        let own_has = |word: &WordPattern| own.iter().any(|text| word.matches(text));
        if self.words.iter().all(own_has) {
            let text = own.iter().find(|text| self.words.iter().any(|word| word.matches(text)));
            let (snippet, marks) = snippet(text.map_or("", |text| text), &self.words);
            self.hit(of_trace(&row, snippet, marks));
            return Ok(());
        }
        let sources = self.source.sources(row.workspace, &row.summary.trace_id)?;
        let found: Vec<Found> = sources.iter().map(|source| find(source, &self.words)).collect();
        let is_found = |index: usize| {
            found.iter().any(|found| found.has[index]) || own_has(&self.words[index])
        };
        if !(0..self.words.len()).all(is_found) {
            return Ok(());
        }
        self.hits_of(&row, &sources, &found);
        Ok(())
    }

    /// Spans with the most words first; agents send their history again with each call, so the
    /// same stretch of text is told once.
    fn hits_of(&mut self, row: &TraceRow, sources: &[SourceSpan], found: &[Found]) {
        let mut order: Vec<usize> = (0..found.len()).collect();
        let count = |index: &usize| found[*index].has.iter().filter(|has| **has).count();
        let start = |index: &usize| sources[*index].start_nanos.unwrap_or(i64::MAX);
        order.sort_by_key(|index| (std::cmp::Reverse(count(index)), start(index)));
        let mut told: Vec<String> = Vec::new();
        for index in order {
            let (source, found) = (&sources[index], &found[index]);
            if told.len() >= HITS_A_TRACE || self.is_over() || count(&index) == 0 {
                break;
            }
            let (snippet, marks) = snippet(&found.text, &self.words);
            if told.contains(&snippet) {
                continue;
            }
            told.push(snippet.clone());
            self.hit(SearchHit {
                span_id: Some(source.span_id),
                span_name: source.name.clone(),
                ..of_trace(row, snippet, marks)
            });
        }
    }
}

fn of_trace(row: &TraceRow, snippet: String, marks: Vec<(usize, usize)>) -> SearchHit {
    SearchHit {
        trace_id: row.summary.trace_id,
        trace_name: row.summary.name.clone(),
        start_nanos: row.effective_start_nanos(),
        span_id: None,
        span_name: None,
        snippet,
        marks,
    }
}

/// What the row itself says.
fn own_texts(row: &TraceRow) -> Vec<String> {
    let summary = &row.summary;
    let mut texts = vec![summary.name.clone(), summary.trace_id.to_string()];
    texts.extend(summary.session_id.clone());
    texts.extend(summary.user_id.clone());
    texts.extend(row.agent.as_ref().map(|agent| agent.name.clone()));
    texts
}

/// Which words stand in a span, and the text with the most of them.
struct Found {
    has: Vec<bool>,
    text: String,
}

fn find(source: &SourceSpan, words: &[WordPattern]) -> Found {
    let mut found = Found { has: vec![false; words.len()], text: String::new() };
    let mut most = 0;
    each_text_of(source, &mut |text| {
        let mut here = 0;
        for (word, has) in words.iter().zip(&mut found.has) {
            if word.matches(text) {
                *has = true;
                here += 1;
            }
        }
        if here > most {
            most = here;
            found.text = text.to_owned();
        }
    });
    found
}
