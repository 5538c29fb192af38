//! From staging to chunks and blocks: a thread that compresses, and what the writer does
//! with its work.
//!
//! One thread takes jobs in order and gives results in order, so that of one trace or owner
//! nothing newer is ever committed before something older: recovery goes by the last
//! sequence in a chunk and would otherwise skip what is missing.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::codec::records::Record;
use super::disk::blocks::{self, PackedBlock};
use super::disk::chunks::{self, PackedChunk, Packing};
use super::disk::dictionaries::Dictionaries;
use super::index::{self, Shapes};
use super::merge::{self, MergeJob, Merged};
use super::staging::{BlockJob, ChunkJob, FlushJob};
use super::train;
use crate::{StoreError, WorkspaceId};

/// A finished job.
#[derive(Debug, Default)]
pub(super) struct Flushed {
    pub(super) chunks: Vec<PackedChunk>,
    pub(super) blocks: Vec<PackedBlock>,
    /// Traces with the last commit handed over.
    pub(super) traces: Vec<(i64, u64)>,
    /// Owners with the number after the last text handed over.
    pub(super) owners: Vec<(i64, u64)>,
}

/// Work for the compressing thread.
pub(super) enum Work {
    /// Chunks and blocks out of staging.
    Flush(FlushJob),
    /// Fewer and larger ones.
    Merge(MergeJob),
    /// A dictionary for a workspace.
    Train(WorkspaceId),
}

/// What it gives back.
pub(super) enum Done {
    /// See [`Work::Flush`].
    Flushed(Result<Flushed, StoreError>),
    /// See [`Work::Merge`]; `None` where nothing was gained.
    Merged(MergeJob, Result<Option<Merged>, StoreError>),
    /// See [`Work::Train`].
    Trained(WorkspaceId, Result<Option<Vec<u8>>, StoreError>),
}

/// Starts the compressing thread. It ends when its works' sender is gone.
pub(super) fn start(
    works: Receiver<Work>,
    results: Sender<Done>,
    reader: Connection,
    dictionaries: Arc<Dictionaries>,
    wake: impl Fn() + Send + 'static,
) -> Result<JoinHandle<()>, StoreError> {
    let run = move || {
        let mut shapes = Shapes::default();
        for work in works {
            let done = match work {
                Work::Flush(job) => Done::Flushed(pack(&reader, &dictionaries, &job, &mut shapes)),
                Work::Merge(job) => {
                    let merged = merge::merge(&reader, &dictionaries, &mut shapes, job);
                    Done::Merged(job, merged)
                }
                Work::Train(workspace) => {
                    let trained = train::train(&reader, &dictionaries, workspace);
                    Done::Trained(workspace, trained)
                }
            };
            if results.send(done).is_err() {
                return;
            }
            wake();
        }
    };
    Ok(thread::Builder::new().name("clew-compress".to_owned()).spawn(run)?)
}

fn pack(
    reader: &Connection,
    dictionaries: &Dictionaries,
    job: &FlushJob,
    shapes: &mut Shapes,
) -> Result<Flushed, StoreError> {
    let mut flushed = Flushed::default();
    for block in &job.blocks {
        shapes.learn(block.owner, block.first, &block.texts);
        flushed.blocks.extend(pack_block(dictionaries, block)?);
        flushed.owners.push((block.owner, block.first + block.texts.len() as u64));
    }
    for chunk in &job.chunks {
        // What can't be found leaves the chunk without an index, which costs time only.
        if let Err(error) = shapes.find(reader, dictionaries, &chunk.records) {
            tracing::debug!(%error, "shapes of spans were not found");
        }
        flushed.chunks.extend(pack_chunk(dictionaries, chunk, shapes)?);
        flushed.traces.push((chunk.tno, chunk.last_seq));
    }
    Ok(flushed)
}

fn pack_chunk(
    dictionaries: &Dictionaries,
    job: &ChunkJob,
    shapes: &Shapes,
) -> Result<Vec<PackedChunk>, StoreError> {
    let dictionary = dictionaries.current(job.workspace);
    let packing = Packing { dictionary: dictionary.as_deref(), ..Packing::default() };
    let index = |records: &[Arc<Record>]| index::of_chunk(job.trace_id, records, shapes);
    chunks::pack(job.workspace, job.tno, &job.records, packing, index)
}

fn pack_block(dictionaries: &Dictionaries, job: &BlockJob) -> Result<Vec<PackedBlock>, StoreError> {
    let dictionary = dictionaries.current(job.workspace);
    let mut first = job.first;
    let mut packed = Vec::new();
    for texts in blocks::parts(&job.texts) {
        packed.push(PackedBlock {
            workspace: job.workspace,
            owner: job.owner,
            first,
            texts: texts.len(),
            // All parts are committed together, so each may say the whole job's last.
            last_seq: job.last_seq,
            merged: false,
            frame: blocks::pack(texts, None, dictionary.as_deref())?,
            dictionary: dictionary.as_ref().map(|dictionary| dictionary.id),
            bloom: index::of_block(texts),
        });
        first += texts.len() as u64;
    }
    Ok(packed)
}

/// Writes finished jobs in the open transaction.
pub(super) fn insert(connection: &Connection, finished: &[Flushed]) -> Result<(), StoreError> {
    for flushed in finished {
        for block in &flushed.blocks {
            blocks::insert(connection, block)?;
        }
        for chunk in &flushed.chunks {
            chunks::insert(connection, chunk)?;
        }
    }
    Ok(())
}

impl AsRef<Record> for Record {
    fn as_ref(&self) -> &Self {
        self
    }
}
