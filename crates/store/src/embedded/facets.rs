//! Facets: which traces have a span with this tool, model, provider, tag, ..., and which failed.
//! They make such filters a walk along an index (ruling 29), and their terms are the values that
//! completion offers.
//!
//! Every trace row carries its whole set of terms, so that a scan answers "has a span with" from
//! the row; the kinds that people filter by most stand in the table `facet` as well. Terms are
//! only ever added while spans come. Two flags of the row say where that is not the whole truth:
//! [`flag::STALE_TERMS`], a merge took a name away from a span, so a term that is there must be
//! looked up in the spans; [`flag::MORE_TERMS`], there were too many, so one that is not there must
//! be looked up as well.

use clew_model::span::{Span, Status};
use clew_model::summary::TraceSummary;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::columns::{flag, status_from};
use super::rows::numbers::Remembered;
use super::rows::pack::{Packer, Unpacker};
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// What a facet is about. Stored by number; numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum FacetKind {
    /// Name of a tool that was called.
    Tool = 1,
    /// Model that was asked or answered.
    Model = 2,
    /// Provider.
    Provider = 3,
    /// Tag.
    Tag = 4,
    /// Name of a label on the trace or one of its spans.
    Label = 5,
    /// What holds of the whole trace: [`STATUS_ERROR`], [`STATUS_FAILED`], [`MANY_TERMS`].
    Status = 6,
    /// Class or code of a span's error.
    ErrorKind = 7,
    /// Deployment environment of a span.
    Environment = 8,
    /// Service that sent a span.
    Service = 9,
    /// Version of that service.
    Release = 10,
    /// Why a model stopped.
    Finish = 11,
    /// The sender's word for what a span is.
    Kind = 12,
    /// Ours.
    Category = 13,
}

impl FacetKind {
    const ALL: [FacetKind; 13] = [
        FacetKind::Tool,
        FacetKind::Model,
        FacetKind::Provider,
        FacetKind::Tag,
        FacetKind::Label,
        FacetKind::Status,
        FacetKind::ErrorKind,
        FacetKind::Environment,
        FacetKind::Service,
        FacetKind::Release,
        FacetKind::Finish,
        FacetKind::Kind,
        FacetKind::Category,
    ];

    /// Whether traces are found by it in the table `facet`. The others hold for most traces or
    /// for few filters, and each row of the table costs at ingest.
    pub(crate) fn is_indexed(self) -> bool {
        use FacetKind::{Label, Model, Provider, Status, Tag, Tool};
        matches!(self, Tool | Model | Provider | Tag | Label | Status)
    }

    fn from_number(number: i64) -> Option<FacetKind> {
        Self::ALL.into_iter().find(|kind| *kind as i64 == number)
    }
}

/// Text of the facet of traces with status error.
pub(crate) const STATUS_ERROR: &str = "error";
/// Text of the facet of traces whose root failed.
pub(crate) const STATUS_FAILED: &str = "failed";
/// Text of the facet of traces with [`flag::MORE_TERMS`]: every search by facets takes them along.
pub(crate) const MANY_TERMS: &str = "many";

/// Terms kept of one trace.
const TERMS_MAX: usize = 1_024;
/// Senders choose the names; one beyond this is no term.
const TEXT_MAX_BYTES: usize = 512;

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

    /// Takes the terms of another set in.
    pub(crate) fn join(&mut self, other: &TermSet) {
        other.0.iter().for_each(|term| self.insert(*term));
    }

    /// Those that stand in the table `facet`: their numbers are odd.
    pub(crate) fn indexed(&self) -> impl Iterator<Item = i64> {
        self.0.iter().copied().filter(|term| term & 1 == 1)
    }

    fn insert(&mut self, term: i64) {
        if let Err(place) = self.0.binary_search(&term) {
            self.0.insert(place, term);
        }
    }

    fn remove(&mut self, term: i64) {
        if let Ok(place) = self.0.binary_search(&term) {
            self.0.remove(place);
        }
    }
}

/// The terms that a trace has now, and the flags about them. `before` is what it had, `spans`
/// and `note` what came in this commit, `stale` that a name of an earlier span went away.
pub(crate) fn terms_of(
    connection: &Connection,
    remembered: &mut RememberedTerms,
    workspace: WorkspaceId,
    summary: &TraceSummary,
    (spans, note): (&[&Span], Option<&Span>),
    before: (&TermSet, i64),
) -> Result<(TermSet, i64), StoreError> {
    let mut terms = before.0.clone();
    let mut flags = before.1 & (flag::STALE_TERMS | flag::MORE_TERMS);
    let mut number = |kind, text: &str| {
        let find = || term_number(connection, workspace, kind, text);
        remembered.number((workspace, kind), text, find)
    };
    let mut visit = |kind, text: &str| {
        if text.len() > TEXT_MAX_BYTES {
            flags |= flag::MORE_TERMS;
            return Ok(());
        }
        let term = number(kind, text)?;
        if terms.0.len() < TERMS_MAX {
            terms.insert(term);
        } else if !terms.contains(term) {
            flags |= flag::MORE_TERMS;
        }
        Ok(())
    };
    spans.iter().try_for_each(|span| each_name(span, &mut visit))?;
    note.map_or(Ok(()), |note| each_name_of_run(note, &mut visit))?;
    let failed_before = |bits: i64| status_from(bits) == Status::Error;
    let root_bits = before.1 >> flag::ROOT_STATUS_SHIFT;
    for (held, holds, text) in [
        (failed_before(before.1), summary.status == Status::Error, STATUS_ERROR),
        (failed_before(root_bits), summary.root_status == Status::Error, STATUS_FAILED),
        (before.1 & flag::MORE_TERMS != 0, flags & flag::MORE_TERMS != 0, MANY_TERMS),
    ] {
        if holds != held {
            let term = number(FacetKind::Status, text)?;
            if holds { terms.insert(term) } else { terms.remove(term) }
        }
    }
    Ok((terms, flags))
}

/// Calls `visit` with each name of a span that is a term.
pub(crate) fn each_name(
    span: &Span,
    visit: &mut dyn FnMut(FacetKind, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut said = |kind, text: Option<&str>| match text {
        Some(text) if !text.is_empty() => visit(kind, text),
        _ => Ok(()),
    };
    said(FacetKind::Category, Some(span.category.as_str()))?;
    said(FacetKind::Tool, span.tool_name.as_deref())?;
    said(FacetKind::Model, span.request_model.as_deref())?;
    if span.response_model != span.request_model {
        said(FacetKind::Model, span.response_model.as_deref())?;
    }
    said(FacetKind::Provider, span.provider.as_deref())?;
    said(FacetKind::Environment, span.environment.as_deref())?;
    said(FacetKind::Service, span.agent.service.as_deref())?;
    said(FacetKind::Release, span.release.as_deref())?;
    said(FacetKind::Finish, span.finish_reason.as_deref())?;
    said(FacetKind::Kind, span.kind.as_deref())?;
    said(FacetKind::ErrorKind, span.error.as_ref().map(|error| error.kind.as_str()))?;
    span.tags.iter().try_for_each(|tag| said(FacetKind::Tag, Some(tag)))
}

/// The same for a note: what it says holds of every span of the run.
fn each_name_of_run(
    note: &Span,
    visit: &mut dyn FnMut(FacetKind, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let texts = [(FacetKind::Environment, &note.environment), (FacetKind::Release, &note.release)];
    for (kind, text) in texts {
        if let Some(text) = text.as_deref().filter(|text| !text.is_empty()) {
            visit(kind, text)?;
        }
    }
    note.tags.iter().filter(|tag| !tag.is_empty()).try_for_each(|tag| visit(FacetKind::Tag, tag))
}

/// Whether a span that was combined with another part has lost a name that it had: then
/// [`super::rows::Arrival::stale`] must be said.
pub(crate) fn loses_names(before: &Span, after: &Span) -> bool {
    let names = |span: &Span| {
        let mut names = Vec::new();
        // The visitor keeps everything, so it cannot fail.
        let _ = each_name(span, &mut |kind, text| {
            names.push((kind, text.to_owned()));
            Ok(())
        });
        names
    };
    let after = names(after);
    names(before).iter().any(|name| !after.contains(name))
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
    for term in old_terms.indexed().filter(|term| moved || !new_terms.contains(*term)) {
        remove(connection, term, old_start, tno)?;
    }
    for term in new_terms.indexed().filter(|term| moved || !old_terms.contains(*term)) {
        add(connection, term, new_start, tno)?;
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
    // Odd numbers are indexed kinds: a row's set of terms tells by itself what stands in `facet`.
    let make = "INSERT INTO terms (term, workspace, kind, text) \
                VALUES ((SELECT coalesce(max(term), 0) FROM terms) / 2 * 2 + 2 + ?4, ?1, ?2, ?3)";
    let row = params![workspace.0, kind as i64, text, kind.is_indexed()];
    Ok(connection.prepare_cached(make)?.insert(row)?)
}

/// Removes those of `candidates` that no trace has any more: a name may be private.
pub(crate) fn collect(
    connection: &Connection,
    workspace: WorkspaceId,
    candidates: &TermSet,
) -> Result<(), StoreError> {
    let mut gone: Vec<i64> = Vec::new();
    for term in candidates.indexed() {
        let sql = "SELECT EXISTS (SELECT 1 FROM facet WHERE term = ?1)";
        let is_used: bool = connection.prepare_cached(sql)?.query_row([term], |row| row.get(0))?;
        if !is_used {
            gone.push(term);
        }
    }
    // The other kinds stand in rows only; one walk settles all of them.
    let mut unseen: Vec<i64> = candidates.0.iter().copied().filter(|term| term & 1 == 0).collect();
    if !unseen.is_empty() {
        let sql = "SELECT terms FROM traces WHERE workspace = ?1 ORDER BY tno DESC";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([workspace.0])?;
        while let Some(row) = rows.next()? {
            let terms = TermSet::unpack(row.get_ref(0)?.as_blob().unwrap_or_default())?;
            unseen.retain(|term| !terms.contains(*term));
            if unseen.is_empty() {
                break;
            }
        }
    }
    for term in gone.iter().chain(&unseen) {
        connection.prepare_cached("DELETE FROM terms WHERE term = ?1")?.execute([term])?;
    }
    Ok(())
}

/// A term as filters see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) kind: FacetKind,
    pub(crate) text: Box<str>,
}

/// What a term says.
pub(crate) fn term(connection: &Connection, term: i64) -> Result<Term, StoreError> {
    let sql = "SELECT kind, text FROM terms WHERE term = ?1";
    let (number, text): (i64, String) =
        connection.prepare_cached(sql)?.query_row([term], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let kind = FacetKind::from_number(number)
        .ok_or_else(|| StoreError::Corrupt(format!("term {term} has kind {number}")))?;
    Ok(Term { kind, text: text.into() })
}

/// Numbers and texts of a workspace's terms of one kind.
pub(crate) fn terms(
    connection: &Connection,
    workspace: WorkspaceId,
    kind: FacetKind,
) -> Result<Vec<(i64, String)>, StoreError> {
    let sql = "SELECT term, text FROM terms WHERE workspace = ?1 AND kind = ?2 ORDER BY text";
    let mut statement = connection.prepare_cached(sql)?;
    let rows =
        statement.query_map([workspace.0, kind as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
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
