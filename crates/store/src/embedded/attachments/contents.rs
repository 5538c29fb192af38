//! The bytes of attachments: once for a workspace, by their SHA-256, in pieces.

use clew_model::attachment::AttachmentContent;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::contract::StoreError;
use crate::embedded::codec::frame::{self, Frame};
use crate::embedded::prepare::{PIECE_BYTES, pack_pieces};
use crate::ids::WorkspaceId;

/// Bytes, hashed and compressed; without pieces where they should be there already.
pub(crate) struct PreparedContent {
    pub(crate) sha256: [u8; 32],
    size: usize,
    pieces: Option<Vec<Frame>>,
}

impl PreparedContent {
    pub(super) fn of(content: AttachmentContent) -> Result<PreparedContent, StoreError> {
        let pieces = match &content {
            AttachmentContent::Stored(_) => None,
            AttachmentContent::Bytes(bytes) => Some(pack_pieces(bytes)?),
        };
        Ok(PreparedContent { sha256: sha256(&content), size: content.byte_count(), pieces })
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.pieces.iter().flatten().map(|piece| piece.data.capacity()).sum()
    }
}

/// By which a content is found.
pub(crate) fn sha256(content: &AttachmentContent) -> [u8; 32] {
    match content {
        AttachmentContent::Stored(sha256) => *sha256,
        AttachmentContent::Bytes(bytes) => Sha256::digest(bytes).into(),
    }
}

/// A content's number and its size.
pub(crate) fn find(
    connection: &Connection,
    workspace: WorkspaceId,
    sha256: &[u8; 32],
) -> Result<Option<(i64, u64)>, StoreError> {
    let sql = "SELECT content_no, bytes FROM contents WHERE workspace = ?1 AND sha256 = ?2";
    let found = connection
        .prepare_cached(sql)?
        .query_row(params![workspace.0, sha256], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.max(0) as u64))
        })
        .optional()?;
    Ok(found)
}

/// Keeps a content that is not there; `None` where its bytes did not come.
pub(super) fn insert(
    connection: &Connection,
    workspace: WorkspaceId,
    content: &PreparedContent,
) -> Result<Option<i64>, StoreError> {
    let Some(pieces) = &content.pieces else { return Ok(None) };
    let sql = "INSERT INTO contents (workspace, sha256, bytes) VALUES (?1, ?2, ?3)";
    let row = params![workspace.0, content.sha256, content.size as i64];
    let content_no = connection.prepare_cached(sql)?.insert(row)?;
    let sql = "INSERT INTO content_pieces (content_no, piece, raw_bytes, checksum, data) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut statement = connection.prepare_cached(sql)?;
    for (piece, frame) in pieces.iter().enumerate() {
        let Frame { raw_bytes, checksum, data } = frame;
        statement.execute(params![content_no, piece as i64, raw_bytes, checksum, data])?;
    }
    Ok(Some(content_no))
}

/// At most `length` bytes from `offset` on; fewer only at the end.
pub(crate) fn bytes(
    connection: &Connection,
    content_no: i64,
    offset: u64,
    length: usize,
) -> Result<Vec<u8>, StoreError> {
    let end = offset.saturating_add(length as u64);
    let (first, last) = (offset / PIECE_BYTES as u64, end.div_ceil(PIECE_BYTES as u64));
    let sql = "SELECT piece, raw_bytes, checksum, data FROM content_pieces \
               WHERE content_no = ?1 AND piece >= ?2 AND piece < ?3 ORDER BY piece";
    let mut statement = connection.prepare_cached(sql)?;
    let bound = |piece: u64| i64::try_from(piece).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![content_no, bound(first), bound(last)])?;
    let mut found = Vec::new();
    let mut next = bound(first);
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        if number != next {
            let why = format!("piece {next} of content {content_no} is missing");
            return Err(StoreError::Corrupt(why));
        }
        next += 1;
        let data = row.get_ref(3)?.as_bytes().map_err(rusqlite::Error::from)?;
        let piece = frame::unpack(data, row.get(1)?, row.get(2)?, None)
            .map_err(|damage| damage.at(format_args!("piece {number} of content {content_no}")))?;
        let start = number as u64 * PIECE_BYTES as u64;
        let from = offset.saturating_sub(start).min(piece.len() as u64) as usize;
        let to = end.saturating_sub(start).min(piece.len() as u64) as usize;
        found.extend_from_slice(&piece[from..to]);
    }
    Ok(found)
}

/// SHA-256 of what is stored, read piece by piece, and how much it is.
pub(crate) fn digest(
    connection: &Connection,
    content_no: i64,
) -> Result<([u8; 32], u64), StoreError> {
    let mut hasher = Sha256::new();
    let mut size = 0;
    loop {
        let piece = bytes(connection, content_no, size, PIECE_BYTES)?;
        if piece.is_empty() {
            return Ok((hasher.finalize().into(), size));
        }
        hasher.update(&piece);
        size += piece.len() as u64;
    }
}

/// Removes a content that no attachment has any more.
pub(super) fn release(connection: &Connection, content_no: i64) -> Result<(), StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM attachments WHERE content_no = ?1)";
    if connection.prepare_cached(sql)?.query_row([content_no], |row| row.get(0))? {
        return Ok(());
    }
    for table in ["content_pieces", "contents"] {
        let sql = format!("DELETE FROM {table} WHERE content_no = ?1");
        connection.prepare_cached(&sql)?.execute([content_no])?;
    }
    Ok(())
}
