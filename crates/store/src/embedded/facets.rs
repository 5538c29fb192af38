//! Facets: which traces have a span with this tool, model, provider or tag, which failed. They
//! make such filters a walk along an index (ruling 29), and their terms are the values that
//! completion offers.
//!
//! A trace's facets are what the name lists of its summary say, so they are exact both ways. A
//! list that is full (`NAMES_MAX`) says no more what else there is: from then on facets of that
//! kind are only added, from the spans themselves.

use clew_model::span::{Span, Status};
use clew_model::summary::{NAMES_MAX, TraceSummary};
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::numbers::Remembered;
use super::rows::pack::{Packer, Unpacker};
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// What a facet is about. Stored by number; numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum FacetKind {
    /// Name of a tool that was called.
    Tool = 1,
    /// Model.
    Model = 2,
    /// Provider.
    Provider = 3,
    /// Tag.
    Tag = 4,
    /// Name of a label on the trace or one of its spans.
    Label = 5,
    /// `error`: some span has status error; `failed`: the root failed.
    Status = 6,
    /// Class or code of a span's error.
    ErrorKind = 7,
}

/// Text of the facet of traces with status error.
pub(crate) const STATUS_ERROR: &str = "error";
/// Text of the facet of traces whose root failed.
pub(crate) const STATUS_FAILED: &str = "failed";

/// The terms' numbers as the writer remembers them.
pub(crate) type RememberedTerms = Remembered<(WorkspaceId, FacetKind)>;

/// The terms of one trace, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TermSet(pub(crate) Vec<i64>);

impl TermSet {
    /// The column `terms`: differences as LEB128.
    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut packer = Packer::default();
        let mut before = 0;
        for term in &self.0 {
            packer.number((term - before) as u64);
            before = *term;
        }
        packer.bytes
    }

    /// Reads the column `terms`.
    pub(crate) fn unpack(bytes: &[u8]) -> Result<TermSet, StoreError> {
        let mut unpacker = Unpacker::new(bytes);
        let mut terms = Vec::new();
        let mut before = 0i64;
        while !unpacker.is_at_end() {
            before = before.saturating_add_unsigned(unpacker.number()?);
            terms.push(before);
        }
        Ok(TermSet(terms))
    }

    pub(crate) fn contains(&self, term: i64) -> bool {
        self.0.binary_search(&term).is_ok()
    }
}

/// The terms that a trace has now. `before` is what it had, `spans` what came in this commit.
pub(crate) fn terms_of(
    connection: &Connection,
    remembered: &mut RememberedTerms,
    workspace: WorkspaceId,
    summary: &TraceSummary,
    spans: &[&Span],
    before: &TermSet,
) -> Result<TermSet, StoreError> {
    let mut terms = Vec::with_capacity(before.0.len() + 4);
    let mut kept_kinds = vec![FacetKind::ErrorKind];
    let mut add = |kind, text: &str| -> Result<(), StoreError> {
        let find = || term_number(connection, workspace, kind, text);
        terms.push(remembered.number((workspace, kind), text, find)?);
        Ok(())
    };
    for (kind, names) in [
        (FacetKind::Tool, &summary.tools),
        (FacetKind::Model, &summary.models),
        (FacetKind::Provider, &summary.providers),
        (FacetKind::Tag, &summary.tags),
    ] {
        names.iter().try_for_each(|name| add(kind, name))?;
        if names.len() >= NAMES_MAX {
            kept_kinds.push(kind);
            spans
                .iter()
                .flat_map(|span| names_of(span, kind))
                .try_for_each(|name| add(kind, name))?;
        }
    }
    if summary.status == Status::Error {
        add(FacetKind::Status, STATUS_ERROR)?;
    }
    if summary.root_status == Status::Error {
        add(FacetKind::Status, STATUS_FAILED)?;
    }
    for span in spans {
        let kind = span.error.as_ref().map(|error| error.kind.as_str());
        kind.filter(|kind| !kind.is_empty())
            .map_or(Ok(()), |kind| add(FacetKind::ErrorKind, kind))?;
    }
    for term in &before.0 {
        if kept_kinds.contains(&term_kind(connection, *term)?) {
            terms.push(*term);
        }
    }
    terms.sort_unstable();
    terms.dedup();
    Ok(TermSet(terms))
}

/// The names of one kind that a span has.
pub(crate) fn names_of(span: &Span, kind: FacetKind) -> Vec<&str> {
    match kind {
        FacetKind::Tool => span.tool_name.as_deref().into_iter().collect(),
        FacetKind::Model => span.model().into_iter().collect(),
        FacetKind::Provider => span.provider.as_deref().into_iter().collect(),
        FacetKind::Tag => span.tags.iter().map(String::as_str).collect(),
        FacetKind::ErrorKind => span.error.iter().map(|error| error.kind.as_str()).collect(),
        FacetKind::Label | FacetKind::Status => Vec::new(),
    }
}

/// Writes the difference between two sets of terms of a trace.
pub(crate) fn write_difference(
    connection: &Connection,
    tno: i64,
    before: (&TermSet, i64),
    after: (&TermSet, i64),
) -> Result<(), StoreError> {
    let (old_terms, old_start) = before;
    let (new_terms, new_start) = after;
    let moved = old_start != new_start;
    for term in old_terms.0.iter().filter(|term| moved || !new_terms.contains(**term)) {
        remove(connection, *term, old_start, tno)?;
    }
    for term in new_terms.0.iter().filter(|term| moved || !old_terms.contains(**term)) {
        add(connection, *term, new_start, tno)?;
    }
    Ok(())
}

/// Says that a trace has a term.
pub(crate) fn add(
    connection: &Connection,
    term: i64,
    start_nanos: i64,
    tno: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO facet (term, start_nanos, tno) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![term, start_nanos, tno])?;
    Ok(())
}

/// Takes it back.
pub(crate) fn remove(
    connection: &Connection,
    term: i64,
    start_nanos: i64,
    tno: i64,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM facet WHERE term = ?1 AND start_nanos = ?2 AND tno = ?3";
    connection.prepare_cached(sql)?.execute(params![term, start_nanos, tno])?;
    Ok(())
}

/// The number of a term, made where it is new.
pub(crate) fn term_number(
    connection: &Connection,
    workspace: WorkspaceId,
    kind: FacetKind,
    text: &str,
) -> Result<i64, StoreError> {
    let find = "SELECT term FROM terms WHERE workspace = ?1 AND kind = ?2 AND text = ?3";
    let found = connection
        .prepare_cached(find)?
        .query_row(params![workspace.0, kind as i64, text], |row| row.get(0))
        .optional()?;
    if let Some(term) = found {
        return Ok(term);
    }
    let make = "INSERT INTO terms (workspace, kind, text) VALUES (?1, ?2, ?3)";
    Ok(connection.prepare_cached(make)?.insert(params![workspace.0, kind as i64, text])?)
}

fn term_kind(connection: &Connection, term: i64) -> Result<FacetKind, StoreError> {
    let sql = "SELECT kind FROM terms WHERE term = ?1";
    let number: i64 = connection.prepare_cached(sql)?.query_row([term], |row| row.get(0))?;
    kind_from_number(number)
        .ok_or_else(|| StoreError::Corrupt(format!("term {term} has kind {number}")))
}

fn kind_from_number(number: i64) -> Option<FacetKind> {
    use FacetKind::{ErrorKind, Label, Model, Provider, Status, Tag, Tool};
    [Tool, Model, Provider, Tag, Label, Status, ErrorKind]
        .into_iter()
        .find(|kind| *kind as i64 == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_set_is_packed_as_differences() {
        let terms = TermSet(vec![3, 4, 300]);
        assert_eq!(terms.pack(), [3, 1, 0xa8, 0x02]);
        assert_eq!(TermSet::unpack(&terms.pack()).unwrap(), terms);
        assert_eq!(TermSet::unpack(&[]).unwrap(), TermSet::default());
        assert!(TermSet::unpack(&[0x80]).is_err());
    }
}
