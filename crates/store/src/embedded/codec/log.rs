//! The block of one commit.

use std::sync::Arc;

use clew_model::ids::TraceId;

use super::bytes::{Damage, Input, put_varint};
use super::records::{Head, Record, get_body, get_records, put_records};
use super::text::{Text, get_texts_from, put_texts};
use crate::WorkspaceId;

/// New texts of one owner in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnerGroup {
    pub(crate) owner: i64,
    pub(crate) workspace: WorkspaceId,
    /// Number of the first; the others follow.
    pub(crate) first: u64,
    pub(crate) texts: Vec<Text>,
}

/// New spans of one trace in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceGroup {
    pub(crate) workspace: WorkspaceId,
    pub(crate) tno: i64,
    pub(crate) trace_id: TraceId,
    pub(crate) records: Vec<Arc<Record>>,
}

/// All of one commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LogBlock {
    pub(crate) owners: Vec<OwnerGroup>,
    pub(crate) traces: Vec<TraceGroup>,
    /// Traces that this commit deleted.
    pub(crate) deleted: Vec<(WorkspaceId, TraceId)>,
}

impl LogBlock {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_varint(out, self.owners.len() as u64);
        for group in &self.owners {
            put_varint(out, group.owner as u64);
            put_varint(out, group.workspace.0 as u64);
            put_varint(out, group.first);
            put_texts(out, &group.texts);
        }
        put_varint(out, self.traces.len() as u64);
        let mut body = Vec::new();
        for group in &self.traces {
            put_varint(out, group.workspace.0 as u64);
            put_varint(out, group.tno as u64);
            out.extend_from_slice(group.trace_id.as_bytes());
            body.clear();
            put_records(&group.records, out, &mut body);
            out.extend_from_slice(&body);
        }
        put_varint(out, self.deleted.len() as u64);
        for (workspace, trace_id) in &self.deleted {
            put_varint(out, workspace.0 as u64);
            out.extend_from_slice(trace_id.as_bytes());
        }
    }

    pub(crate) fn decode(raw: &[u8]) -> Result<Self, Damage> {
        let mut input = Input::new(raw);
        let mut block = Self::default();
        for _ in 0..input.count()? {
            block.owners.push(OwnerGroup {
                owner: input.varint()? as i64,
                workspace: WorkspaceId(input.varint()? as i64),
                first: input.varint()?,
                texts: texts(&mut input)?,
            });
        }
        for _ in 0..input.count()? {
            let workspace = WorkspaceId(input.varint()? as i64);
            let tno = input.varint()? as i64;
            let trace_id =
                TraceId::from_bytes(input.take(16)?).map_err(|_| Damage("a trace id of zeros"))?;
            let head = Head::read(&mut input)?;
            let body = get_body(&mut input, &head.owners)?;
            let records = get_records(&head, &body)?.into_iter().map(Arc::new).collect();
            block.traces.push(TraceGroup { workspace, tno, trace_id, records });
        }
        for _ in 0..input.count()? {
            let workspace = WorkspaceId(input.varint()? as i64);
            block.deleted.push((workspace, trace_id(&mut input)?));
        }
        if !input.is_empty() {
            return Err(Damage("something follows its end"));
        }
        Ok(block)
    }
}

fn trace_id(input: &mut Input<'_>) -> Result<TraceId, Damage> {
    TraceId::from_bytes(input.take(16)?).map_err(|_| Damage("a trace id of zeros"))
}

fn texts(input: &mut Input<'_>) -> Result<Vec<Text>, Damage> {
    let texts = get_texts_from(input)?;
    let text = |(kind, length, bytes): (_, _, &[u8])| Text { kind, length, bytes: bytes.into() };
    Ok(texts.into_iter().map(text).collect())
}
