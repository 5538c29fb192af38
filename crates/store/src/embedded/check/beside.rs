//! What belongs to a trace and is no span.

use clew_model::ids::TraceId;

use super::Check;
use crate::StoreError;
use crate::embedded::attachments::contents;
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

    /// Every attachment has a trace and a content, and every content an attachment and the
    /// bytes by which it is found.
    pub(super) fn attachments(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT a.attachment_no, t.workspace IS NOT a.workspace, \
                   c.workspace IS NOT a.workspace FROM attachments a \
                   LEFT JOIN traces t ON t.tno = a.tno \
                   LEFT JOIN contents c ON c.content_no = a.content_no \
                   ORDER BY a.attachment_no";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, no_trace, no_content): (i64, bool, bool) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            if no_trace {
                let message = format!("attachment {id} has no trace in its workspace");
                self.problem("orphan_attachment", message);
            }
            if no_content {
                let message = format!("attachment {id} has no content in its workspace");
                self.problem("missing_content", message);
            }
        }
        self.contents()
    }

    fn contents(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT content_no, sha256, bytes, EXISTS (SELECT 1 FROM attachments a \
                   WHERE a.content_no = c.content_no) FROM contents c ORDER BY content_no";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, sha256, size): (i64, [u8; 32], i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if !row.get::<_, bool>(3)? {
                self.problem("orphan_content", format!("content {id} has no attachment"));
            }
            let stored = contents::digest(self.connection, id);
            let Some(stored) = self.note(stored)? else { continue };
            if stored != (sha256, size.max(0) as u64) {
                self.problem("checksum", format!("content {id} is not the one it is said to be"));
            }
        }
        Ok(())
    }
}
