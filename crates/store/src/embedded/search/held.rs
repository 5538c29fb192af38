//! Whether a trace may hold some tokens, by the blooms of its chunks and blocks.

use std::cell::RefCell;
use std::collections::HashMap;

use clew_query::each_token;
use rusqlite::Connection;

use super::blooms::TokenHash;
use super::text::each_text;
use crate::contract::StoreError;
use crate::embedded::disk::{keys, shared};
use crate::embedded::owners::of_trace;

/// Tokens that stand in shared texts of a workspace, looked up once in each search. Shared texts
/// are few, and which trace refers to which is known to its chunks only.
#[derive(Default)]
pub(crate) struct SharedTokens(RefCell<HashMap<String, bool>>);

/// Whether each of the tokens may stand in the text of a trace. What is staged is not in any
/// bloom: then, and where a bloom is missing, the text has to be read.
pub(crate) fn may_hold(
    connection: &Connection,
    in_shared: &SharedTokens,
    tno: i64,
    tokens: &[String],
) -> Result<bool, StoreError> {
    let Some(filters) = filters(connection, tno)? else { return Ok(true) };
    for token in tokens {
        let hash = TokenHash::new(token);
        if !filters.iter().any(|filter| hash.may_be_in(filter))
            && !in_shared.has(connection, tno, token)?
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Every bloom of a trace; `None` where they do not cover all of it.
fn filters(connection: &Connection, tno: i64) -> Result<Option<Vec<Vec<u8>>>, StoreError> {
    let mut filters = Vec::new();
    let (from, to) = keys(tno);
    let sql = "SELECT last_seq, bloom FROM chunk WHERE key BETWEEN ?1 AND ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([from, to])?;
    let mut last_seq = 0;
    while let Some(row) = rows.next()? {
        last_seq = last_seq.max(row.get::<_, i64>(0)?);
        let Some(filter) = row.get(1)? else { return Ok(None) };
        filters.push(filter);
    }
    let sql = "SELECT span_seq FROM traces WHERE tno = ?1";
    let span_seq: i64 = connection.prepare_cached(sql)?.query_row([tno], |row| row.get(0))?;
    if span_seq > last_seq {
        return Ok(None);
    }
    let sql = "SELECT owner FROM owner_trace WHERE tno = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let owners: Vec<i64> =
        statement.query_map([tno], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for owner in owners.into_iter().chain([of_trace(tno)]) {
        let (from, to) = keys(owner);
        let sql = "SELECT bloom FROM block WHERE key BETWEEN ?1 AND ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([from, to])?;
        while let Some(row) = rows.next()? {
            let Some(filter) = row.get(0)? else { return Ok(None) };
            filters.push(filter);
        }
    }
    Ok(Some(filters))
}

impl SharedTokens {
    fn has(&self, connection: &Connection, tno: i64, token: &str) -> Result<bool, StoreError> {
        if let Some(has) = self.0.borrow().get(token) {
            return Ok(*has);
        }
        let sql = "SELECT s.id FROM shared s \
                   JOIN traces t ON t.workspace = s.workspace WHERE t.tno = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let ids: Vec<i64> =
            statement.query_map([tno], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut has = false;
        for id in ids {
            let Some(text) = shared::text(connection, id as u64)? else { continue };
            let text = String::from_utf8_lossy(&text.bytes);
            each_text(&text, &mut |piece| each_token(piece, |found| has |= found == token));
            if has {
                break;
            }
        }
        self.0.borrow_mut().insert(token.to_owned(), has);
        Ok(has)
    }
}
