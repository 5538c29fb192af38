//! What belongs to a trace and is no span.

use clew_model::ids::TraceId;

use super::Check;
use crate::StoreError;
use crate::embedded::notes;

impl Check<'_> {
    /// Every note can be read and has a trace.
    pub(super) fn notes(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT n.tno, n.workspace, t.workspace, t.trace_id FROM trace_notes n \
                   LEFT JOIN traces t ON t.tno = n.tno ORDER BY n.tno";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (tno, workspace): (i64, i64) = (row.get(0)?, row.get(1)?);
            let of_trace: Option<i64> = row.get(2)?;
            let id: Option<[u8; 16]> = row.get(3)?;
            let Some(trace_id) = id.and_then(|id| TraceId::from_bytes(&id).ok()) else {
                self.problem("orphan_note", format!("trace number {tno} has a note and no row"));
                continue;
            };
            if of_trace != Some(workspace) {
                let message = format!("the note of trace {trace_id} is of another workspace");
                self.problem("workspace", message);
            }
            let note = notes::of_tno(self.connection, tno, trace_id);
            self.note(note)?;
        }
        Ok(())
    }
}
