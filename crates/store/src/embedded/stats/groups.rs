//! Trace rows as statistics see them: which groups a trace is in, and what it adds.

use rusqlite::{Connection, Row};

use super::figures::Sums;
use crate::contract::StoreError;
use crate::embedded::facets::{FacetKind, TermSet};
use crate::embedded::lists::candidate::{state_word, status_word};
use crate::embedded::lists::names::Names;
use crate::embedded::rows::columns::{flag, status_from};
use crate::ids::WorkspaceId;
use crate::stats::Dimension;

/// The values of a group by up to two dimensions, empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) String, pub(crate) String);

/// Up to two dimensions other than time, in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

/// Bits of [`Kinds`]; stored, never reused.
const DIMENSIONS: [(Dimension, u8); 5] = [
    (Dimension::Agent, 1),
    (Dimension::Model, 2),
    (Dimension::Tool, 4),
    (Dimension::Name, 8),
    (Dimension::Status, 16),
];

impl Kinds {
    /// Of these, those that are no time.
    pub(crate) fn of(dimensions: &[Dimension]) -> Kinds {
        let bit = |dimension: &Dimension| {
            DIMENSIONS.iter().find(|(known, _)| known == dimension).map_or(0, |(_, bit)| *bit)
        };
        Kinds(dimensions.iter().fold(0, |bits, dimension| bits | bit(dimension)))
    }

    /// None, each alone, each pair.
    pub(crate) fn all() -> Vec<Kinds> {
        (0..32u8).filter(|bits| bits.count_ones() <= 2).map(Kinds).collect()
    }

    /// As stored.
    pub(crate) fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// In order.
    pub(crate) fn dimensions(self) -> Vec<Dimension> {
        let has = |(dimension, bit): &(Dimension, u8)| (self.0 & bit != 0).then_some(*dimension);
        DIMENSIONS.iter().filter_map(has).collect()
    }
}

/// One trace.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) start_nanos: i64,
    /// What it adds to each of its groups.
    pub(crate) sums: Sums,
    agent: String,
    name: String,
    status: &'static str,
    models: Vec<String>,
    tools: Vec<String>,
}

impl Trace {
    /// Its groups by these dimensions: several where it has several models or tools.
    pub(crate) fn keys(&self, kinds: Kinds) -> Vec<Key> {
        let mut keys = vec![Vec::new()];
        for dimension in kinds.dimensions() {
            let values: Vec<&str> = match dimension {
                Dimension::Agent => vec![&self.agent],
                Dimension::Name => vec![&self.name],
                Dimension::Status => vec![self.status],
                Dimension::Model => names(&self.models),
                Dimension::Tool => names(&self.tools),
                Dimension::Hour | Dimension::Day => continue,
            };
            keys = keys
                .iter()
                .flat_map(|key| values.iter().map(move |value| [&key[..], &[*value]].concat()))
                .collect();
        }
        let value =
            |key: &[&str], place: usize| key.get(place).copied().unwrap_or_default().to_owned();
        keys.iter().map(|key: &Vec<&str>| Key(value(key, 0), value(key, 1))).collect()
    }
}

/// A trace without any is in the group without a name.
fn names(names: &[String]) -> Vec<&str> {
    match names {
        [] => vec![""],
        names => names.iter().map(String::as_str).collect(),
    }
}

/// Columns of [`Reader::read`].
pub(crate) const COLUMNS: &str = "start_nanos, end_nanos, flags, agent_no, name, terms, tokens, \
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, \
    cost_pico, span_count, error_count, quiet_at_nanos, abandoned_at_nanos";

/// Reads traces.
pub(crate) struct Reader<'c> {
    connection: &'c Connection,
    workspace: WorkspaceId,
    /// For states, nanoseconds since 1970 UTC.
    now: i64,
    names: Names,
}

impl<'c> Reader<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        workspace: WorkspaceId,
        now: i64,
    ) -> Result<Reader<'c>, StoreError> {
        Ok(Reader { connection, workspace, now, names: Names::default() })
    }

    /// Hands traces that began in a range to `visit`, the newest first, until it answers false;
    /// says whether all were handed over.
    pub(crate) fn each_in(
        &mut self,
        from_nanos: i64,
        to_nanos: i64,
        visit: &mut dyn FnMut(&Trace) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM traces INDEXED BY traces_by_start WHERE workspace = ?1 \
             AND start_nanos BETWEEN ?2 AND ?3 ORDER BY start_nanos DESC"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([self.workspace.0, from_nanos, to_nanos])?;
        while let Some(row) = rows.next()? {
            if !visit(&self.read(row)?)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The trace with this number.
    pub(crate) fn by_number(&self, tno: i64) -> Result<Option<Trace>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM traces WHERE tno = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([tno])?;
        rows.next()?.map(|row| self.read(row)).transpose()
    }

    fn read(&self, row: &Row<'_>) -> Result<Trace, StoreError> {
        let start_nanos: i64 = row.get(0)?;
        let end_nanos: Option<i64> = row.get(1)?;
        let flags: i64 = row.get(2)?;
        let count = |column| -> Result<Option<u64>, StoreError> {
            Ok(row.get::<_, Option<i64>>(column)?.map(|count| count.max(0) as u64))
        };
        let status = status_word(status_from(flags));
        let root = status_word(status_from(flags >> flag::ROOT_STATUS_SHIFT));
        let state = state_word(flags, row.get(15)?, row.get(16)?, self.now);
        let mut sums = Sums {
            trace_count: 1,
            error_count: u64::from(status == "error"),
            failed_count: u64::from(root == "error"),
            live_count: u64::from(matches!(state, "live" | "resumed")),
            span_count: count(13)?.unwrap_or(0),
            span_error_count: count(14)?.unwrap_or(0),
            tokens: count(6)?,
            input: count(7)?,
            output: count(8)?,
            cache_read: count(9)?,
            cache_write: count(10)?,
            reasoning: count(11)?,
            cost: count(12)?,
            ..Sums::default()
        };
        if let (Some(end), true) = (end_nanos, flags & flag::STARTED != 0) {
            sums.add_duration(end.saturating_sub(start_nanos));
        }
        let agent = match row.get::<_, Option<i64>>(3)? {
            Some(number) => self.names.agent(self.connection, number)?.id.to_string(),
            None => String::new(),
        };
        let (mut models, mut tools) = (Vec::new(), Vec::new());
        for number in TermSet::unpack(row.get_ref(5)?.as_blob().unwrap_or_default())?.indexed() {
            let term = self.names.term(self.connection, number)?;
            match term.kind {
                FacetKind::Model => models.push(term.text.to_string()),
                FacetKind::Tool => tools.push(term.text.to_string()),
                _ => {}
            }
        }
        Ok(Trace { start_nanos, sums, agent, name: row.get(4)?, status, models, tools })
    }
}
