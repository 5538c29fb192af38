//! Walking along an index in order of start, over one or several keys of it.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use rusqlite::{Connection, params};

use crate::contract::StoreError;

/// The place of a trace in the order of start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) start_nanos: i64,
    pub(crate) tno: i64,
}

/// Which index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Index {
    /// All traces of a workspace.
    Start,
    /// By the number of an agent.
    Agent,
    /// By the number of a session.
    Session,
    /// By the number of a user.
    User,
    /// By the number of a term.
    Term,
    /// By the number of the trace itself.
    Trace,
}

impl Index {
    fn table_and_key(self) -> (&'static str, &'static str) {
        match self {
            Index::Start => ("traces INDEXED BY traces_by_start", "workspace"),
            Index::Agent => ("traces INDEXED BY traces_by_agent", "agent_no"),
            Index::Session => ("traces INDEXED BY traces_by_session", "session_no"),
            Index::User => ("traces INDEXED BY traces_by_user", "user_no"),
            Index::Term => ("facet", "term"),
            Index::Trace => ("traces", "tno"),
        }
    }
}

/// What a walk covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) index: Index,
    /// Keys of the index; the walk is over all of them together, each trace once.
    pub(crate) keys: Vec<i64>,
    /// First start inside.
    pub(crate) from_nanos: i64,
    /// Last start inside.
    pub(crate) to_nanos: i64,
}

impl Path {
    /// Traces on the path, each counted once a key; counting stops at `most`.
    pub(crate) fn count(&self, connection: &Connection, most: i64) -> Result<i64, StoreError> {
        let (table, key) = self.index.table_and_key();
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {key} = ?1 \
             AND start_nanos BETWEEN ?2 AND ?3 LIMIT ?4)"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut count = 0i64;
        for key in &self.keys {
            if count >= most {
                break;
            }
            let bounds = params![key, self.from_nanos, self.to_nanos, most - count];
            count += statement.query_row(bounds, |row| row.get::<_, i64>(0))?;
        }
        Ok(count)
    }
}

/// Places fetched at once: few for the first page, more for a long scan.
const FETCH_MIN: i64 = 64;
const FETCH_MAX: i64 = 1_024;

/// Whether the trace at a place has one of these terms.
pub(crate) fn has_term(
    connection: &Connection,
    place: Place,
    terms: &[i64],
) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM facet \
               WHERE term = ?1 AND start_nanos = ?2 AND tno = ?3)";
    let mut statement = connection.prepare_cached(sql)?;
    for term in terms {
        if statement.query_row([*term, place.start_nanos, place.tno], |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A walk. Places come in order, the newest first where `descending`.
pub(crate) struct Walk<'c> {
    connection: &'c Connection,
    sql: String,
    descending: bool,
    path: Path,
    streams: Vec<Stream>,
    heads: BinaryHeap<Head>,
    last: Option<Place>,
}

struct Stream {
    fetched: VecDeque<Place>,
    /// Where the next fetch goes on.
    after: Place,
    fetch: i64,
    ended: bool,
}

/// The first place of a stream. The heap gives the greatest, so a walk upwards turns it round.
#[derive(PartialEq, Eq)]
struct Head {
    place: Place,
    descending: bool,
    stream: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Head) -> Ordering {
        match self.descending {
            true => self.place.cmp(&other.place),
            false => other.place.cmp(&self.place),
        }
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Head) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<'c> Walk<'c> {
    /// Starts a walk, after `after` where a page goes on.
    pub(crate) fn new(
        connection: &'c Connection,
        path: Path,
        descending: bool,
        after: Option<Place>,
    ) -> Result<Walk<'c>, StoreError> {
        let sql = sql(path.index, descending);
        let first = after.unwrap_or(match descending {
            true => Place { start_nanos: path.to_nanos, tno: i64::MAX },
            false => Place { start_nanos: path.from_nanos, tno: i64::MIN },
        });
        // Of many keys few give a row to the page each.
        let fetch = (FETCH_MIN / path.keys.len().max(1) as i64).max(4);
        let stream = || Stream { fetched: VecDeque::new(), after: first, fetch, ended: false };
        let streams = path.keys.iter().map(|_| stream()).collect();
        let heads = BinaryHeap::new();
        let mut walk = Walk { connection, sql, descending, path, streams, heads, last: None };
        for stream in 0..walk.streams.len() {
            walk.push_head(stream)?;
        }
        Ok(walk)
    }

    /// The next place.
    pub(crate) fn next(&mut self) -> Result<Option<Place>, StoreError> {
        while let Some(Head { place, stream, .. }) = self.heads.pop() {
            self.push_head(stream)?;
            // A trace with two of the terms stands in two streams, at the same place.
            if self.last != Some(place) {
                self.last = Some(place);
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    fn push_head(&mut self, number: usize) -> Result<(), StoreError> {
        if self.streams[number].fetched.is_empty() && !self.streams[number].ended {
            self.fetch(number)?;
        }
        if let Some(place) = self.streams[number].fetched.pop_front() {
            self.heads.push(Head { place, descending: self.descending, stream: number });
        }
        Ok(())
    }

    fn fetch(&mut self, number: usize) -> Result<(), StoreError> {
        let stream = &mut self.streams[number];
        let mut statement = self.connection.prepare_cached(&self.sql)?;
        let end = if self.descending { self.path.from_nanos } else { self.path.to_nanos };
        let Place { start_nanos, tno } = stream.after;
        let bounds = params![self.path.keys[number], start_nanos, tno, end, stream.fetch];
        let rows = statement
            .query_map(bounds, |row| Ok(Place { start_nanos: row.get(0)?, tno: row.get(1)? }))?;
        for place in rows {
            stream.fetched.push_back(place?);
        }
        stream.ended = (stream.fetched.len() as i64) < stream.fetch;
        stream.fetch = (stream.fetch * 2).min(FETCH_MAX);
        if let Some(last) = stream.fetched.back() {
            stream.after = *last;
        }
        Ok(())
    }
}

fn sql(index: Index, descending: bool) -> String {
    let (table, key) = index.table_and_key();
    let (after, before, order) = if descending { ("<", ">=", "DESC") } else { (">", "<=", "ASC") };
    format!(
        "SELECT start_nanos, tno FROM {table} WHERE {key} = ?1 \
         AND (start_nanos, tno) {after} (?2, ?3) AND start_nanos {before} ?4 \
         ORDER BY start_nanos {order}, tno {order} LIMIT ?5"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::rows::fixture::database;

    #[test]
    fn every_walk_is_along_an_index_and_sorts_nothing() {
        let connection = database();
        for (index, wanted) in [
            (
                Index::Start,
                "COVERING INDEX traces_by_start (workspace=? AND start_nanos>? AND start_nanos<?)",
            ),
            (
                Index::Agent,
                "COVERING INDEX traces_by_agent (agent_no=? AND start_nanos>? AND start_nanos<?)",
            ),
            (
                Index::Session,
                "COVERING INDEX traces_by_session (session_no=? AND start_nanos>? AND start_nanos<?)",
            ),
            (
                Index::User,
                "COVERING INDEX traces_by_user (user_no=? AND start_nanos>? AND start_nanos<?)",
            ),
            (Index::Term, "PRIMARY KEY (term=? AND "),
            (Index::Trace, "INTEGER PRIMARY KEY (rowid=?)"),
        ] {
            for descending in [true, false] {
                let plan = format!("EXPLAIN QUERY PLAN {}", sql(index, descending));
                let mut statement = connection.prepare(&plan).unwrap();
                let steps: Vec<String> = statement
                    .query_map([1, 2, 3, 4, 5], |row| row.get(3))
                    .unwrap()
                    .collect::<Result<_, _>>()
                    .unwrap();
                assert_eq!(steps.len(), 1, "{steps:?}");
                assert!(steps[0].contains(wanted), "{steps:?}");
            }
        }
    }
}
