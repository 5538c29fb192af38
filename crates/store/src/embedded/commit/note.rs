//! What came about a run itself, combined with what is kept of it.

use clew_model::ids::TraceId;
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
        let mut arrived = arrived.into_iter().flat_map(|(_, notes)| notes);
        let Some(first) = arrived.next() else { return Ok(None) };
        let stored = match &active.memo {
            Some(memo) => notes::readable(connection, memo.tno, trace_id)?,
            None => None,
        };
        let mut combined = match &stored {
            Some(stored) => meaning::fold(stored, &first.source),
            None => first.source,
        };
        for note in arrived {
            combined = meaning::fold(&combined, &note.source);
        }
        if stored.is_some_and(|stored| stored == combined) {
            return Ok(None);
        }
        let facts = (self.options.normalise)(&combined);
        active.state.set_note(&facts);
        Ok(Some(FoldedNote { packed: notes::pack(&combined, &facts)?, facts }))
    }
}
