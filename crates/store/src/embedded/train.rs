//! Training a compression dictionary for a workspace.
//!
//! Small chunks and blocks compress badly by themselves. A dictionary outlives the traces
//! that it was trained on, so it only learns what many of them share (ruling 28): system
//! prompts, tool definitions, shapes, resources and scopes that at least
//! [`SHARED_BY_TRACES`] traces refer to, and words of heads that recur; never messages,
//! previews or what only few traces say.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::disk::chunks::{self, Want};
use super::disk::dictionaries::Dictionaries;
use super::disk::shared;
use crate::{StoreError, WorkspaceId};

/// What fewer traces refer to is not learnt.
const SHARED_BY_TRACES: i64 = 8;
/// Words must recur in as many chunks.
const WORDS_IN_CHUNKS: usize = 8;
/// Chunks whose heads are looked at.
const HEADS: i64 = 256;
const SAMPLES_MAX: usize = 1_024;
/// Beyond this a dictionary costs more time than it saves room.
const DICTIONARY_MAX_BYTES: usize = 64 << 10;
/// Less is not worth a dictionary.
const SAMPLES_MIN_BYTES: usize = 2 << 10;

/// A dictionary for new rows of the workspace; `None` where too little is shared yet.
pub(super) fn train(
    connection: &Connection,
    dictionaries: &Dictionaries,
    workspace: WorkspaceId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut samples = words(connection, dictionaries, workspace)?;
    samples.extend(shared_texts(connection, workspace)?);
    let total: usize = samples.iter().map(Vec::len).sum();
    if total < SAMPLES_MIN_BYTES {
        return Ok(None);
    }
    let max_bytes = DICTIONARY_MAX_BYTES.min(total);
    match zstd::dict::from_samples(&samples, max_bytes) {
        Ok(dictionary) => Ok(Some(dictionary)),
        // Too few samples for its statistics: the texts themselves do as well. The end of
        // a dictionary is the cheapest to refer to, so the most general comes last.
        Err(_) => {
            let mut raw: Vec<u8> = samples.iter().rev().flatten().copied().collect();
            let surplus = raw.len().saturating_sub(DICTIONARY_MAX_BYTES);
            raw.drain(..surplus);
            Ok(Some(raw))
        }
    }
}

fn shared_texts(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let sql = "SELECT id FROM shared WHERE workspace = ?1 AND traces >= ?2 \
               ORDER BY traces DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let row = params![workspace.0, SHARED_BY_TRACES, SAMPLES_MAX as i64];
    let ids = statement.query_map(row, |row| row.get::<_, i64>(0))?;
    let mut texts = Vec::new();
    for id in ids.collect::<Result<Vec<_>, _>>()? {
        if let Some(text) = shared::text(connection, id as u64)? {
            texts.push(text.bytes.to_vec());
        }
    }
    Ok(texts)
}

/// Words of heads that recur in the workspace's latest chunks.
fn words(
    connection: &Connection,
    dictionaries: &Dictionaries,
    workspace: WorkspaceId,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let sql = "SELECT key >> 20 FROM chunk WHERE workspace = ?1 ORDER BY key DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let tnos = statement.query_map(params![workspace.0, HEADS], |row| row.get::<_, i64>(0))?;
    let mut tnos = tnos.collect::<Result<Vec<_>, _>>()?;
    tnos.dedup();
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    for tno in tnos {
        for chunk in chunks::of_trace(connection, dictionaries, tno, Want::Heads)? {
            for words in chunk.head()?.words() {
                *seen.entry(words.to_vec()).or_default() += 1;
            }
        }
    }
    let mut recurring: Vec<(usize, Vec<u8>)> = seen
        .into_iter()
        .filter(|(_, count)| *count >= WORDS_IN_CHUNKS)
        .map(|(words, count)| (count, words))
        .collect();
    recurring.sort_by(|left, right| right.cmp(left));
    Ok(recurring.into_iter().take(SAMPLES_MAX).map(|(_, words)| words).collect())
}
