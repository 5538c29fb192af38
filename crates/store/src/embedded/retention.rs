//! Retention: which traces go by age, rule or size, and the receipts about it.
//!
//! Traces that go by retention leave no tombstone each, as they go by thousands: a receipt says
//! what was removed. One that comes back later with old spans is removed by the next run.

use clew_model::ids::TraceId;
use clew_query::{Clock, Direction, Field, SortKey, Subject, parse};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::catalog::settings::{self, INSTANCE, Locked};
use super::rows;
use crate::contract::StoreError;
use crate::ids::WorkspaceId;
use crate::listing::{Budget, TraceQuery};
use crate::row::TraceRow;

const DAY_NANOS: i64 = 86_400_000_000_000;
/// Tombstones are shown for so long after they have lost their effect.
const SHOWN_NANOS: i64 = 335 * DAY_NANOS;

/// Setting: days that every trace is kept.
pub(crate) const DAYS: &str = "retention.days";
/// Setting: rules for some traces.
pub(crate) const RULES: &str = "retention.rules";
/// Setting of the instance: size of the store.
pub(crate) const MAX_BYTES: &str = "retention.max_bytes";

/// Traces that meet the filter and began more than so many days ago are removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// For people.
    pub name: String,
    /// On traces; empty is all.
    #[serde(default)]
    pub filter: String,
    /// Age in days.
    pub days: u32,
}

impl Rule {
    /// As receipts name it.
    pub(crate) fn told(&self) -> String {
        match self.filter.is_empty() {
            true => format!("older than {} days", self.days),
            false => format!("{}: older than {} days, {}", self.name, self.days, self.filter),
        }
    }

    /// Traces that began before it go.
    pub(crate) fn cut_nanos(&self, now: i64) -> i64 {
        now.saturating_sub(i64::from(self.days).saturating_mul(DAY_NANOS))
    }

    /// The traces of the rule, oldest first.
    pub(crate) fn query(
        &self,
        workspace: WorkspaceId,
        now: i64,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<TraceQuery, StoreError> {
        let clock = Clock { now_nanos: now, utc_offset_seconds: 0 };
        let age = format!("start < -{}d", self.days);
        let text = match self.filter.is_empty() {
            true => age,
            false => format!("{age} ({})", self.filter),
        };
        let filter = parse(&text, Subject::Trace, &clock).and_then(|filter| {
            filter.check_supported()?;
            Ok(filter)
        });
        let filter = filter.map_err(|error| {
            StoreError::Invalid(format!("retention rule \"{}\": {error}", self.name))
        })?;
        Ok(TraceQuery {
            workspace,
            filter,
            sort: vec![SortKey { field: Field::Start, direction: Direction::Ascending }],
            limit,
            cursor,
            agent: None,
            budget: Budget::default(),
            now,
        })
    }
}

/// What the settings of a workspace say.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<Rule>,
}

impl Rules {
    pub(crate) fn read(
        connection: &Connection,
        workspace: WorkspaceId,
        locked: &Locked,
    ) -> Result<Rules, StoreError> {
        let mut rules = Vec::new();
        if let Some(value) = settings::get(connection, workspace, RULES, locked)? {
            let read: Vec<Rule> = serde_json::from_value(value)
                .map_err(|error| StoreError::Invalid(format!("setting {RULES}: {error}")))?;
            rules = read;
        }
        let days = match settings::get(connection, workspace, DAYS, locked)? {
            None => settings::get(connection, INSTANCE, DAYS, locked)?,
            own => own,
        };
        if let Some(days) = days.filter(|days| !days.is_null()) {
            let days = days.as_u64().and_then(|days| u32::try_from(days).ok());
            let days = days.filter(|days| *days > 0).ok_or_else(|| {
                StoreError::Invalid(format!("setting {DAYS} is a number of days, at least 1"))
            })?;
            rules.push(Rule { name: "age".to_owned(), filter: String::new(), days });
        }
        Ok(Rules { rules })
    }
}

/// The size that the instance may have.
pub(crate) fn max_bytes(
    connection: &Connection,
    locked: &Locked,
) -> Result<Option<u64>, StoreError> {
    let value = settings::get(connection, INSTANCE, MAX_BYTES, locked)?;
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let bytes = value.as_u64().filter(|bytes| *bytes > 0);
    bytes
        .map(Some)
        .ok_or_else(|| StoreError::Invalid(format!("setting {MAX_BYTES} is a number of bytes")))
}

/// Bytes of pages that hold something.
pub(crate) fn used_bytes(connection: &Connection) -> Result<u64, StoreError> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = number("page_count")? - number("freelist_count")?;
    Ok((pages * number("page_size")?).max(0) as u64)
}

/// The oldest traces of a workspace that began before `before`.
pub(crate) fn oldest(
    connection: &Connection,
    workspace: WorkspaceId,
    before: i64,
    limit: usize,
) -> Result<Vec<TraceId>, StoreError> {
    let sql = "SELECT trace_id FROM traces WHERE workspace = ?1 AND start_nanos <= ?2 \
               ORDER BY start_nanos, tno LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![workspace.0, before, limit as i64])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        let id: [u8; 16] = row.get(0)?;
        let id = TraceId::from_bytes(&id);
        ids.push(id.map_err(|error| StoreError::Corrupt(format!("id of a trace row: {error}")))?);
    }
    Ok(ids)
}

/// The oldest traces of the workspace that has the oldest.
pub(crate) fn oldest_of_all(
    connection: &Connection,
    limit: usize,
) -> Result<Option<(WorkspaceId, Vec<TraceRow>)>, StoreError> {
    let sql = "SELECT w.workspace, (SELECT min(start_nanos) FROM traces t \
               WHERE t.workspace = w.workspace) AS oldest FROM workspaces w \
               WHERE oldest IS NOT NULL ORDER BY oldest LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query_map([], |row| row.get(0))?;
    let Some(workspace) = found.next().transpose()?.map(WorkspaceId) else { return Ok(None) };
    let ids = oldest(connection, workspace, i64::MAX, limit)?;
    let rows = ids.iter().map(|id| rows::by_id(connection, workspace, id));
    let rows: Vec<TraceRow> = rows.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    Ok(Some((workspace, rows)))
}

/// What one rule removed in one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Where.
    pub workspace: WorkspaceId,
    /// When, nanoseconds since 1970 UTC.
    pub ran_nanos: i64,
    /// By which rule.
    pub rule: String,
    /// Traces that began before it went.
    pub cut_nanos: Option<i64>,
    /// How many.
    pub trace_count: u64,
    /// Their spans.
    pub span_count: u64,
    /// Start of the first of them.
    pub oldest_nanos: Option<i64>,
    /// Start of the last of them.
    pub newest_nanos: Option<i64>,
}

impl Receipt {
    pub(crate) fn new(workspace: WorkspaceId, rule: String, ran_nanos: i64) -> Receipt {
        Receipt {
            workspace,
            ran_nanos,
            rule,
            cut_nanos: None,
            trace_count: 0,
            span_count: 0,
            oldest_nanos: None,
            newest_nanos: None,
        }
    }

    /// Counts traces that go.
    pub(crate) fn take(&mut self, rows: &[TraceRow]) {
        for row in rows {
            let start = row.effective_start_nanos();
            self.trace_count += 1;
            self.span_count += row.summary.span_count;
            self.oldest_nanos = Some(self.oldest_nanos.map_or(start, |oldest| oldest.min(start)));
            self.newest_nanos = self.newest_nanos.max(Some(start));
        }
    }
}

/// What a run of retention did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RetentionRun {
    /// Traces removed.
    pub trace_count: u64,
    /// One for each rule that removed something.
    pub receipts: Vec<Receipt>,
    /// Nothing is left to do; else the time was over.
    pub is_done: bool,
}

pub(crate) fn keep_receipt(connection: &Connection, receipt: &Receipt) -> Result<(), StoreError> {
    let sql = "INSERT INTO retention_receipts (workspace, ran_nanos, rule, cut_nanos, \
               trace_count, span_count, oldest_nanos, newest_nanos) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        receipt.workspace.0,
        receipt.ran_nanos,
        receipt.rule,
        receipt.cut_nanos,
        receipt.trace_count as i64,
        receipt.span_count as i64,
        receipt.oldest_nanos,
        receipt.newest_nanos,
    ])?;
    Ok(())
}

/// Receipts of a workspace, the latest first.
pub(crate) fn receipts(
    connection: &Connection,
    workspace: WorkspaceId,
    limit: usize,
) -> Result<Vec<Receipt>, StoreError> {
    let sql = "SELECT ran_nanos, rule, cut_nanos, trace_count, span_count, oldest_nanos, \
               newest_nanos FROM retention_receipts WHERE workspace = ?1 \
               ORDER BY receipt_no DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![workspace.0, limit as i64], |row| {
        Ok(Receipt {
            workspace,
            ran_nanos: row.get(0)?,
            rule: row.get(1)?,
            cut_nanos: row.get(2)?,
            trace_count: row.get::<_, i64>(3)?.max(0) as u64,
            span_count: row.get::<_, i64>(4)?.max(0) as u64,
            oldest_nanos: row.get(5)?,
            newest_nanos: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Tombstones and receipts of about a year ago go.
pub(crate) fn forget_old_books(connection: &Connection, now: i64) -> Result<(), StoreError> {
    let before = now.saturating_sub(SHOWN_NANOS);
    connection.execute("DELETE FROM tombstones WHERE expires_nanos < ?1", [before])?;
    connection.execute("DELETE FROM retention_receipts WHERE ran_nanos < ?1", [before])?;
    Ok(())
}
