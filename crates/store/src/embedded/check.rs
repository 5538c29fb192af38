//! Sizes and soundness of the file.

use std::collections::{BTreeMap, HashMap, HashSet};

use clew_model::ids::TraceId;
use rusqlite::Connection;

use super::codec::records::{Run, SHARED_OWNER};
use super::codec::text::TextKind;
use super::disk::{blocks, chunks, shared};
use super::owners::is_session;
use super::{Embedded, log};
use crate::{CheckReport, Problem, Sizes, StoreError, WorkspaceId};

impl Embedded {
    /// Bytes by what they hold.
    pub(crate) fn sizes(&self) -> Result<Sizes, StoreError> {
        let mut sizes = self.readers.read(|connection| {
            let number = |sql: &str| -> Result<u64, StoreError> {
                Ok(connection.query_row(sql, [], |row| row.get::<_, i64>(0))? as u64)
            };
            let page_bytes = number("PRAGMA page_size")?;
            let sum = |columns: &str, table: &str| {
                number(&format!("SELECT COALESCE(SUM({columns}), 0) FROM {table}"))
            };
            Ok(Sizes {
                file_bytes: number("PRAGMA page_count")? * page_bytes,
                free_bytes: number("PRAGMA freelist_count")? * page_bytes,
                log_bytes: sum("LENGTH(block)", "log")?,
                chunk_bytes: sum(
                    "LENGTH(head) + LENGTH(body) + COALESCE(LENGTH(bloom), 0)",
                    "chunk",
                )?,
                block_bytes: sum("LENGTH(data) + COALESCE(LENGTH(bloom), 0)", "block")?,
                blob_bytes: sum("LENGTH(data)", "blob")?,
                attachment_bytes: sum("LENGTH(data)", "content_pieces")?,
                shared_bytes: sum("LENGTH(data)", "shared")?,
                dictionary_bytes: sum("LENGTH(data)", "zdict")?,
                ..Sizes::default()
            })
        })?;
        let wal = self.path.with_extension("db-wal");
        sizes.wal_bytes = std::fs::metadata(wal).map_or(0, |found| found.len());
        let known = sizes.free_bytes
            + sizes.log_bytes
            + sizes.chunk_bytes
            + sizes.block_bytes
            + sizes.blob_bytes
            + sizes.attachment_bytes
            + sizes.shared_bytes
            + sizes.dictionary_bytes;
        sizes.other_bytes = sizes.file_bytes.saturating_sub(known);
        Ok(sizes)
    }

    /// A file that goes away meanwhile counts nothing.
    pub(crate) fn disk_bytes(&self) -> u64 {
        let entries = self.path.parent().and_then(|folder| std::fs::read_dir(folder).ok());
        let files = entries.into_iter().flatten().flatten();
        files.filter_map(|entry| entry.metadata().ok()).map(|found| found.len()).sum()
    }

    /// Reads everything and says what does not fit together. Brings staging into chunks
    /// first, so that all of it is looked at.
    pub(crate) fn check(&self) -> Result<CheckReport, StoreError> {
        self.flush()?;
        let sizes = self.sizes()?;
        // On the writer's thread: nothing changes meanwhile, and what it sees is of one moment.
        let dictionaries = std::sync::Arc::clone(&self.dictionaries);
        let mut report = self.run(move |_, connection| {
            let mut check = Check {
                connection,
                dictionaries: &dictionaries,
                report: CheckReport::default(),
                referred: BTreeMap::new(),
                shared: HashMap::new(),
            };
            check.sqlite()?;
            check.log()?;
            check.blocks()?;
            check.traces()?;
            check.references()?;
            check.shared()?;
            check.notes()?;
            check.attachments()?;
            Ok(check.report)
        })?;
        report.sizes = sizes;
        Ok(report)
    }
}

mod beside;

struct Check<'a> {
    connection: &'a Connection,
    dictionaries: &'a super::disk::dictionaries::Dictionaries,
    report: CheckReport,
    /// Texts that records refer to, by owner, as runs.
    referred: BTreeMap<i64, Vec<Run>>,
    /// Traces that refer to each shared text.
    shared: HashMap<u64, HashSet<i64>>,
}

/// More problems than anybody reads.
const PROBLEMS_MAX: usize = 1_000;

impl Check<'_> {
    fn problem(&mut self, code: &'static str, message: String) {
        if self.report.problems.len() < PROBLEMS_MAX {
            self.report.problems.push(Problem { code, message });
        }
    }

    /// Damage is noted, other errors end the check.
    fn note<T>(&mut self, result: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(StoreError::Corrupt(message)) => {
                self.problem("checksum", message);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn sqlite(&mut self) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check(100)")?;
        let found: Vec<String> =
            statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for message in found.into_iter().filter(|message| message != "ok") {
            self.problem("sqlite", message);
        }
        Ok(())
    }

    fn log(&mut self) -> Result<(), StoreError> {
        let mut damaged = Vec::new();
        let mut rows = 0;
        log::each(self.connection, 0, |_, block| {
            rows += 1;
            damaged.extend(block.err());
            Ok(true)
        })?;
        self.report.log_rows = rows;
        for error in damaged {
            self.note::<()>(Err(error))?;
        }
        Ok(())
    }

    fn blocks(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT key FROM block ORDER BY key";
        let keys: Vec<i64> = self
            .connection
            .prepare(sql)?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for key in keys {
            self.report.blocks += 1;
            let texts = blocks::texts(self.connection, self.dictionaries, key);
            let Some((first, texts)) = self.note(texts)? else { continue };
            for (number, text) in (first..).zip(&texts) {
                if text.kind == TextKind::Blob {
                    let owner = super::disk::id_of(key);
                    let whole = blocks::blob(self.connection, owner, number, text.length);
                    self.note(whole)?;
                }
            }
        }
        Ok(())
    }

    fn traces(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT tno, workspace, trace_id, span_count FROM traces ORDER BY tno";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut last = 0;
        while let Some(row) = rows.next()? {
            let tno: i64 = row.get(0)?;
            self.chunks_without_row(last, tno)?;
            last = tno;
            let workspace = WorkspaceId(row.get(1)?);
            let id: Vec<u8> = row.get(2)?;
            let Ok(trace_id) = TraceId::from_bytes(&id) else {
                self.problem("row", format!("trace {tno} has no id"));
                continue;
            };
            self.trace(tno, workspace, trace_id, row.get(3)?)?;
        }
        self.chunks_without_row(last, i64::MAX >> 21)?;
        Ok(())
    }

    fn chunks_without_row(&mut self, after: i64, before: i64) -> Result<(), StoreError> {
        let sql = "SELECT key >> 20 FROM chunk WHERE key BETWEEN ?1 AND ?2 LIMIT 1";
        let (from, to) = ((after + 1) << 20, (before << 20) - 1);
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([from, to])?;
        if let Some(row) = rows.next()? {
            let tno: i64 = row.get(0)?;
            self.problem("orphan_chunk", format!("trace number {tno} has chunks and no row"));
        }
        Ok(())
    }

    fn trace(
        &mut self,
        tno: i64,
        workspace: WorkspaceId,
        trace_id: TraceId,
        span_count: i64,
    ) -> Result<(), StoreError> {
        self.report.traces += 1;
        let (connection, dictionaries) = (self.connection, self.dictionaries);
        let chunks = chunks::of_trace(connection, dictionaries, tno, chunks::Want::Bodies);
        let Some(chunks) = self.note(chunks)? else { return Ok(()) };
        let mut spans = HashSet::new();
        for chunk in chunks {
            self.report.chunks += 1;
            if chunk.workspace != workspace {
                self.problem("workspace", format!("chunk {} is of another workspace", chunk.key));
            }
            let facts = chunk.spans(trace_id, &mut Vec::new());
            self.note(facts)?;
            let Some(records) = self.note(chunk.records())? else { continue };
            for record in records {
                spans.insert(record.span_id);
                for run in &record.runs {
                    if run.owner == SHARED_OWNER {
                        for id in run.numbers() {
                            self.shared.entry(id).or_default().insert(tno);
                        }
                    } else {
                        self.referred.entry(run.owner).or_default().push(*run);
                    }
                }
            }
        }
        self.report.spans += spans.len() as u64;
        if spans.len() as i64 != span_count {
            let found = spans.len();
            let message =
                format!("trace {trace_id}: its row counts {span_count} spans, {found} are there");
            self.problem("count", message);
        }
        Ok(())
    }

    /// Every reference leads to a text, and every owner belongs to something.
    fn references(&mut self) -> Result<(), StoreError> {
        for (owner, runs) in std::mem::take(&mut self.referred) {
            let places = blocks::places(self.connection, owner)?;
            for run in runs {
                for number in run.numbers() {
                    if !places.iter().any(|place| (place.first..place.end()).contains(&number)) {
                        self.problem("missing_text", format!("text {number} of owner {owner}"));
                    }
                }
            }
        }
        let sql = "SELECT DISTINCT key >> 20 FROM block";
        let owners: Vec<i64> = self
            .connection
            .prepare(sql)?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for owner in owners {
            let sql = match is_session(owner) {
                true => "SELECT COUNT(*) FROM owner_trace WHERE owner = ?1 * 2 + 1",
                false => "SELECT COUNT(*) FROM traces WHERE tno = ?1",
            };
            let count: i64 =
                self.connection.prepare_cached(sql)?.query_row([owner / 2], |row| row.get(0))?;
            if count == 0 {
                self.problem("orphan_block", format!("owner {owner} has blocks and no trace"));
            }
        }
        Ok(())
    }

    fn shared(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT id, traces FROM shared ORDER BY id";
        let rows: Vec<(i64, i64)> = self
            .connection
            .prepare(sql)?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (id, count) in rows {
            let found = self.shared.remove(&(id as u64)).map_or(0, |traces| traces.len() as i64);
            if found != count {
                let message =
                    format!("shared text {id}: {count} traces are counted, {found} refer");
                self.problem("shared_count", message);
            }
            let text = shared::text(self.connection, id as u64);
            self.note(text)?;
        }
        let missing: Vec<u64> = self.shared.keys().copied().collect();
        for id in missing {
            self.problem("missing_text", format!("shared text {id}"));
        }
        Ok(())
    }
}
