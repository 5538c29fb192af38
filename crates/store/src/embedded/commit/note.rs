//! What came about a run itself, combined with what is kept of it.

use clew_model::ids::TraceId;
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use rusqlite::Connection;

use crate::embedded::active::ActiveTrace;
use crate::embedded::codec::frame::Frame;
use crate::embedded::writer::Writer;
use crate::embedded::{meaning, notes};
use crate::{Incoming, StoreError};

/// A note that says something new.
pub(super) struct FoldedNote {
    pub(super) facts: Span,
    pub(super) packed: Frame,
}

impl Writer {
    /// Takes notes into the state of their trace; `None` where they say nothing new.
    pub(super) fn fold_notes(
        &self,
        connection: &Connection,
        active: &mut ActiveTrace,
        trace_id: TraceId,
        arrived: Vec<(usize, Vec<Incoming>)>,
    ) -> Result<Option<FoldedNote>, StoreError> {
        let notes = arrived.into_iter().flat_map(|(_, notes)| notes).map(|note| note.source);
        let Some(arrived) = combined_notes(notes.collect()) else { return Ok(None) };
        let stored = match &active.memo {
            Some(memo) => notes::readable(connection, memo.tno, trace_id)?,
            None => None,
        };
        let combined = match &stored {
            Some(stored) => meaning::fold(stored, &arrived),
            None => arrived,
        };
        if stored.is_some_and(|stored| stored == combined) {
            return Ok(None);
        }
        let facts = (self.options.normalise)(&combined);
        active.state.set_note(&facts);
        Ok(Some(FoldedNote { packed: notes::pack(&combined, &facts)?, facts }))
    }
}

/// Combines many notes of one trace in pairs: one after the other would walk over all that
/// was said before for each of them.
fn combined_notes(mut notes: Vec<SourceSpan>) -> Option<SourceSpan> {
    while notes.len() > 1 {
        let pairs = notes.chunks(2).map(|pair| match pair {
            [one, other] => meaning::fold(one, other),
            alone => alone[0].clone(),
        });
        notes = pairs.collect();
    }
    notes.pop()
}
