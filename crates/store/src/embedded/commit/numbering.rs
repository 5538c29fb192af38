//! Texts of a commit get their numbers: known ones the one they have, new ones the next.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::Connection;

use super::{Pending, Texts};
use crate::embedded::active::ActiveTrace;
use crate::embedded::codec::frame;
use crate::embedded::codec::log::OwnerGroup;
use crate::embedded::codec::records::{Record, Run, SHARED_OWNER};
use crate::embedded::codec::source::SourceWriter;
use crate::embedded::codec::text::{BLOCK_TEXT_MAX_BYTES, Text};
use crate::embedded::disk::{blocks, shared};
use crate::embedded::hash::ByHash;
use crate::embedded::owners::is_session;
use crate::embedded::prepare::{Prepared, pack_pieces};
use crate::embedded::writer::Writer;
use crate::{StoreError, WorkspaceId};

/// New shared texts of one commit.
const NEW_SHARED_MAX: usize = 256;
/// Shared texts known by hash before all are forgotten.
const SHARED_KNOWN_MAX: usize = 65_536;

/// Where texts of one trace go.
pub(super) struct Numbering<'a> {
    pub(super) workspace: WorkspaceId,
    pub(super) tno: i64,
    pub(super) owner: i64,
    pub(super) groups: &'a mut OwnerGroups,
}

/// A text of a request.
struct TextSource<'a> {
    texts: &'a SourceWriter,
    reference: u32,
    pieces: Option<&'a [frame::Frame]>,
}

/// New texts of a commit by owner.
#[derive(Default)]
pub(super) struct OwnerGroups {
    groups: HashMap<i64, OwnerGroup, ByHash>,
    pub(super) order: Vec<i64>,
    /// Traces that refer to a shared text for the first time.
    pub(super) shared_counts: BTreeMap<u64, i64>,
    new_shared: usize,
}

impl OwnerGroups {
    fn add(&mut self, owner: i64, workspace: WorkspaceId, first: u64, text: Text) {
        let order = &mut self.order;
        let group = self.groups.entry(owner).or_insert_with(|| {
            order.push(owner);
            OwnerGroup { owner, workspace, first, texts: Vec::new() }
        });
        group.texts.push(text);
    }

    pub(super) fn finish(mut self) -> Vec<OwnerGroup> {
        self.order.iter().filter_map(|owner| self.groups.remove(owner)).collect()
    }
}

/// Consecutive texts become one run.
#[derive(Default)]
struct Runs(Vec<Run>);

impl Runs {
    fn push(&mut self, owner: i64, number: u64) {
        match self.0.last_mut() {
            Some(last) if last.owner == owner && last.numbers().end == number => last.count += 1,
            _ => self.0.push(Run { owner, first: number, count: 1 }),
        }
    }
}

impl Writer {
    /// Gives every text its number, and makes the records.
    pub(super) fn number_texts(
        &mut self,
        connection: &Connection,
        requests: &[Prepared],
        active: &mut ActiveTrace,
        pending: Vec<Pending>,
        numbering: &mut Numbering<'_>,
        seq: u64,
    ) -> Result<Vec<Arc<Record>>, StoreError> {
        let mut seen: HashMap<(usize, u32), (i64, u64), ByHash> = HashMap::default();
        let mut records = Vec::with_capacity(pending.len());
        for Pending { span, texts, .. } in pending {
            let mut runs = Runs::default();
            for reference in &span.source.references {
                let number = match &texts {
                    Texts::OfRequest(request) => match seen.get(&(*request, *reference)) {
                        Some(number) => *number,
                        None => {
                            let prepared = &requests[*request];
                            let source = TextSource {
                                texts: &prepared.texts,
                                reference: *reference,
                                pieces: prepared.blobs.get(reference).map(Vec::as_slice),
                            };
                            let number = self.number(connection, active, &source, numbering)?;
                            seen.insert((*request, *reference), number);
                            number
                        }
                    },
                    Texts::Own(own) => {
                        let source = TextSource { texts: own, reference: *reference, pieces: None };
                        self.number(connection, active, &source, numbering)?
                    }
                };
                runs.push(number.0, number.1);
            }
            records.push(Arc::new(Record {
                seq,
                span_id: span.span_id(),
                start_nanos: span.span.start_nanos,
                words: span.words,
                who: span.who,
                facts: span.facts,
                values: span.source.values,
                runs: runs.0.into(),
            }));
        }
        if is_session(numbering.owner) && !active.owners.contains(&numbering.owner) {
            let sql = "INSERT OR IGNORE INTO owner_trace (owner, tno) VALUES (?1, ?2)";
            connection.prepare_cached(sql)?.execute([numbering.owner, numbering.tno])?;
            active.owners.push(numbering.owner);
        }
        Ok(records)
    }

    fn number(
        &mut self,
        connection: &Connection,
        active: &mut ActiveTrace,
        source: &TextSource<'_>,
        numbering: &mut Numbering<'_>,
    ) -> Result<(i64, u64), StoreError> {
        let slice = &source.texts.slices()[source.reference as usize];
        let bytes = source.texts.bytes(slice);
        if slice.sharable && bytes.len() <= BLOCK_TEXT_MAX_BYTES {
            let text = || Text::new(slice.kind, bytes);
            if let Some(id) = self.share(connection, numbering, slice.hash, text)? {
                if active.note_shared(id) {
                    *numbering.groups.shared_counts.entry(id).or_default() += 1;
                }
                return Ok((SHARED_OWNER, id));
            }
        }
        let owner = numbering.owner;
        let known = self.owners.get_mut(owner).ok_or(StoreError::NotFound("owner"))?;
        if let Some(number) = known.number(slice.hash) {
            return Ok((owner, number));
        }
        let first = known.next();
        let number = known.add(slice.hash, bytes.len() as u64);
        let text = if bytes.len() > BLOCK_TEXT_MAX_BYTES {
            match source.pieces {
                Some(pieces) => blocks::insert_blob(connection, owner, number, pieces)?,
                None => blocks::insert_blob(connection, owner, number, &pack_pieces(bytes)?)?,
            }
            Text::blob(slice.hash, bytes.len() as u64)
        } else {
            Text::new(slice.kind, bytes)
        };
        numbering.groups.add(owner, numbering.workspace, first, text);
        Ok((owner, number))
    }

    /// The number of a shared text, which is kept where it is new. `None` where a commit
    /// brings more new ones than is good for a table with an index: resources or keys that
    /// differ from span to span are better kept by their owners.
    fn share(
        &mut self,
        connection: &Connection,
        numbering: &mut Numbering<'_>,
        hash: u128,
        text: impl FnOnce() -> Text,
    ) -> Result<Option<u64>, StoreError> {
        let workspace = numbering.workspace;
        if let Some(id) = self.shared.get(&(workspace, hash)) {
            return Ok(Some(*id));
        }
        let id = match shared::number(connection, workspace, hash)? {
            Some(id) => id,
            None if numbering.groups.new_shared >= NEW_SHARED_MAX => return Ok(None),
            None => {
                numbering.groups.new_shared += 1;
                shared::insert(connection, workspace, hash, &text())?
            }
        };
        if self.shared.len() >= SHARED_KNOWN_MAX {
            self.shared.clear();
        }
        self.shared.insert((workspace, hash), id);
        Ok(Some(id))
    }
}
