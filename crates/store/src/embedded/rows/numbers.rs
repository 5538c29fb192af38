//! Numbers for texts that many rows share: terms, sessions, users, agents. The tables are the
//! truth, a bounded map in the writer saves the look-up.

use std::collections::HashMap;
use std::hash::Hash;

use clew_query::Wildcard;
use rusqlite::{Connection, OptionalExtension, params};

use crate::contract::StoreError;

/// Texts remembered per kind of number; beyond it the map starts anew.
const REMEMBERED_MAX: usize = 65_536;

/// A bounded memory of (scope, text) to number.
#[derive(Debug)]
pub(crate) struct Remembered<Scope> {
    by_scope: HashMap<Scope, HashMap<Box<str>, i64>>,
    count: usize,
}

impl<Scope> Default for Remembered<Scope> {
    fn default() -> Self {
        Remembered { by_scope: HashMap::new(), count: 0 }
    }
}

impl<Scope: Eq + Hash + Copy> Remembered<Scope> {
    /// The number of `text`, from memory or else by `find`.
    pub(crate) fn number(
        &mut self,
        scope: Scope,
        text: &str,
        find: impl FnOnce() -> Result<i64, StoreError>,
    ) -> Result<i64, StoreError> {
        if let Some(number) = self.by_scope.get(&scope).and_then(|texts| texts.get(text)) {
            return Ok(*number);
        }
        let number = find()?;
        if self.count >= REMEMBERED_MAX {
            self.clear();
        }
        self.by_scope.entry(scope).or_default().insert(text.into(), number);
        self.count += 1;
        Ok(number)
    }

    /// Forgets everything: after a rollback numbers may be remembered that were never kept, and
    /// after a deletion numbers that are gone.
    pub(crate) fn clear(&mut self) {
        self.by_scope.clear();
        self.count = 0;
    }
}

/// Number of a session, made where it is new.
pub(crate) fn session(
    connection: &Connection,
    workspace: i64,
    session_id: &str,
) -> Result<i64, StoreError> {
    let find = "SELECT session_no FROM sessions WHERE workspace = ?1 AND session_id = ?2";
    let make = "INSERT INTO sessions (workspace, session_id, folded, last_start_nanos) \
                VALUES (?1, ?2, ?3, 0)";
    find_or_make(connection, find, make, workspace, session_id)
}

/// Number of a user, made where it is new.
pub(crate) fn user(
    connection: &Connection,
    workspace: i64,
    user_id: &str,
) -> Result<i64, StoreError> {
    let find = "SELECT user_no FROM users WHERE workspace = ?1 AND user_id = ?2";
    let make =
        "INSERT INTO users (workspace, user_id, folded, last_start_nanos) VALUES (?1, ?2, ?3, 0)";
    find_or_make(connection, find, make, workspace, user_id)
}

fn find_or_make(
    connection: &Connection,
    find: &str,
    make: &str,
    workspace: i64,
    text: &str,
) -> Result<i64, StoreError> {
    let found = connection
        .prepare_cached(find)?
        .query_row(params![workspace, text], |row| row.get(0))
        .optional()?;
    match found {
        Some(number) => Ok(number),
        None => {
            let row = params![workspace, text, folded(text)];
            Ok(connection.prepare_cached(make)?.insert(row)?)
        }
    }
}

/// The text without regard to case, as filters compare it.
pub(crate) fn folded(text: &str) -> String {
    let wildcard = Wildcard::new(&[text.to_owned()]);
    wildcard.folded_parts().first().cloned().unwrap_or_default()
}
