//! API keys. Only a hash is kept; the key itself is shown once, when it is made.

use std::fmt;

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::{Change, audit};
use crate::contract::{Random, StoreError};
use crate::embedded::agents;
use crate::ids::{AgentId, WorkspaceId};

const AGENT_PREFIX: &str = "aos_agent_";
const WORKSPACE_PREFIX: &str = "aos_ws_";
const SECRET_BYTES: usize = 32;
/// Digits of base 62 that hold 32 bytes.
const SECRET_DIGITS: usize = 43;
/// Digits of the secret that stay visible, so that people can tell keys apart.
const SHOWN_DIGITS: usize = 6;
const NAME_MAX_CHARS: usize = 100;
const MINUTE_NANOS: i64 = 60_000_000_000;

/// One thing that a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Scope {
    /// Send traces.
    Ingest = 1,
    /// Read them.
    Read = 2,
    /// Change settings, keys, labels; delete.
    Admin = 4,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 3] = [Scope::Ingest, Scope::Read, Scope::Admin];

    /// As written.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Ingest => "ingest",
            Scope::Read => "read",
            Scope::Admin => "admin",
        }
    }
}

/// Any of the scopes. None implies another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Scope>", into = "Vec<Scope>")]
pub struct Scopes(u8);

impl Scopes {
    /// Whether `scope` is among them.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & scope as u8 != 0
    }

    /// No scope at all.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl From<Vec<Scope>> for Scopes {
    fn from(scopes: Vec<Scope>) -> Scopes {
        Scopes(scopes.into_iter().fold(0, |bits, scope| bits | scope as u8))
    }
}

impl From<Scopes> for Vec<Scope> {
    fn from(scopes: Scopes) -> Vec<Scope> {
        Scope::ALL.into_iter().filter(|scope| scopes.has(*scope)).collect()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = Vec::from(*self).into_iter().map(Scope::as_str).collect();
        f.write_str(&words.join(", "))
    }
}

/// What a key is to be.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// For people.
    pub name: String,
    /// At least one.
    pub scopes: Scopes,
    /// The agent of an agent key; it must be in the registry. `None`: a key of the workspace.
    pub agent: Option<AgentId>,
}

/// A key as it can be told afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyRecord {
    /// By which it is revoked.
    pub id: i64,
    /// Whose.
    pub workspace: WorkspaceId,
    /// An agent key reads and writes this agent only (ruling 5).
    pub agent: Option<AgentId>,
    /// For people.
    pub name: String,
    /// The beginning of the key.
    pub prefix: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Nanoseconds since 1970 UTC.
    pub created_nanos: i64,
    /// Who made it.
    pub created_by: String,
    /// From when on it is refused.
    pub revoked_nanos: Option<i64>,
    /// Within a minute.
    pub last_used_nanos: Option<i64>,
}

impl KeyRecord {
    /// Whether a use now is worth writing down.
    pub fn use_is_news(&self, now: i64) -> bool {
        self.last_used_nanos.is_none_or(|last| now.saturating_sub(last) >= MINUTE_NANOS)
    }
}

/// Makes a key: the key itself, which is nowhere afterwards, and its record.
pub(crate) fn create(
    connection: &Connection,
    key: &NewKey,
    random: &Random,
    change: &Change,
) -> Result<(String, KeyRecord), StoreError> {
    let start = if key.agent.is_some() { AGENT_PREFIX } else { WORKSPACE_PREFIX };
    let mut secret = [0; SECRET_BYTES];
    random(&mut secret);
    let text = format!("{start}{}", base62(&secret));
    let record = insert(connection, key, &text, change)?;
    Ok((text, record))
}

/// Takes a key that was made elsewhere (`CLEW_ADMIN_KEY`). Seen again, it changes nothing.
pub(crate) fn seed(
    connection: &Connection,
    key: &NewKey,
    text: &str,
    change: &Change,
) -> Result<KeyRecord, StoreError> {
    let start = if key.agent.is_some() { AGENT_PREFIX } else { WORKSPACE_PREFIX };
    let secret = text.strip_prefix(start).unwrap_or_default();
    // Long enough that it cannot be guessed, whatever it was made with.
    if secret.len() < 24 || secret.len() > 128 || !secret.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        return Err(StoreError::Invalid(format!(
            "a key is \"{start}\" and 24 to 128 letters or digits; `clew keys create` makes one"
        )));
    }
    match verify(connection, text)? {
        Some(record) => Ok(record),
        None => insert(connection, key, text, change),
    }
}

fn insert(
    connection: &Connection,
    key: &NewKey,
    text: &str,
    change: &Change,
) -> Result<KeyRecord, StoreError> {
    if key.name.trim().is_empty() || key.name.chars().count() > NAME_MAX_CHARS {
        return Err(StoreError::Invalid(format!(
            "a key's name has 1 to {NAME_MAX_CHARS} characters"
        )));
    }
    if key.scopes.is_empty() {
        return Err(StoreError::Invalid("a key needs a scope: ingest, read or admin".to_owned()));
    }
    let agent_no = match key.agent {
        Some(agent) => Some(
            agents::number(connection, change.workspace, agent)?
                .ok_or(StoreError::NotFound("agent"))?,
        ),
        None => None,
    };
    let prefix = shown_prefix(text);
    let sql = "INSERT INTO keys (workspace, agent_no, name, prefix, hash, scopes, created_nanos, \
               created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let id = connection.prepare_cached(sql)?.insert(params![
        change.workspace.0,
        agent_no,
        key.name,
        prefix,
        hash(text).as_bytes(),
        key.scopes.0,
        change.at_nanos,
        change.by,
    ])?;
    let detail = format!("{}: {}", key.name, key.scopes);
    audit::append(connection, change, "key.create", &prefix, &detail)?;
    get(connection, change.workspace, id)?.ok_or(StoreError::NotFound("key"))
}

/// The record of a key that is good; `None` for one that is unknown or revoked.
///
/// The record of a key, unless it was revoked.
pub(crate) fn verify(connection: &Connection, text: &str) -> Result<Option<KeyRecord>, StoreError> {
    Ok(recognise(connection, text)?.filter(|record| record.revoked_nanos.is_none()))
}

/// The record of a key, also of a revoked one.
///
/// The visible beginning selects, then whole hashes are compared in constant time, all of them,
/// so that how long it takes says nothing about the rest of the key.
pub(crate) fn recognise(
    connection: &Connection,
    text: &str,
) -> Result<Option<KeyRecord>, StoreError> {
    let given = hash(text);
    let sql = format!("SELECT {COLUMNS}, k.hash FROM {TABLES} WHERE k.prefix = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([shown_prefix(text)])?;
    let mut found = None;
    while let Some(row) = rows.next()? {
        let stored: [u8; 32] = row.get(10)?;
        let record = read(row)?;
        // `blake3::Hash` compares in constant time.
        if blake3::Hash::from_bytes(stored) == given {
            found = Some(record);
        }
    }
    Ok(found)
}

/// Writes down that a key was used, at most once a minute.
pub(crate) fn mark_used(connection: &Connection, id: i64, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE keys SET last_used_nanos = ?2 \
               WHERE key_no = ?1 AND coalesce(last_used_nanos, 0) <= ?2 - ?3";
    connection.prepare_cached(sql)?.execute([id, now, MINUTE_NANOS])?;
    Ok(())
}

/// Refuses a key from now on. Doing it twice changes nothing.
pub(crate) fn revoke(
    connection: &Connection,
    id: i64,
    change: &Change,
) -> Result<KeyRecord, StoreError> {
    let record = get(connection, change.workspace, id)?.ok_or(StoreError::NotFound("key"))?;
    if record.revoked_nanos.is_some() {
        return Ok(record);
    }
    let sql = "UPDATE keys SET revoked_nanos = ?2 WHERE key_no = ?1";
    connection.prepare_cached(sql)?.execute([id, change.at_nanos])?;
    audit::append(connection, change, "key.revoke", &record.prefix, &record.name)?;
    Ok(KeyRecord { revoked_nanos: Some(change.at_nanos), ..record })
}

/// Keys of a workspace, revoked ones included, newest first.
pub(crate) fn list(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<KeyRecord>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM {TABLES} WHERE k.workspace = ?1 ORDER BY k.key_no DESC");
    let mut statement = connection.prepare_cached(&sql)?;
    let records = statement.query_map([workspace.0], read)?;
    Ok(records.collect::<Result<_, _>>()?)
}

/// Whether any key in any workspace is good: without one the server listens on loopback only.
pub(crate) fn any_is_good(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM keys WHERE revoked_nanos IS NULL)";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// A key by its number, whatever its workspace.
pub(crate) fn by_number(connection: &Connection, id: i64) -> Result<Option<KeyRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE k.key_no = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut records = statement.query_map([id], read)?;
    Ok(records.next().transpose()?)
}

fn get(
    connection: &Connection,
    workspace: WorkspaceId,
    id: i64,
) -> Result<Option<KeyRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE k.workspace = ?1 AND k.key_no = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut records = statement.query_map([workspace.0, id], read)?;
    Ok(records.next().transpose()?)
}

const COLUMNS: &str = "k.key_no, k.workspace, a.agent_id, k.name, k.prefix, k.scopes, \
    k.created_nanos, k.created_by, k.revoked_nanos, k.last_used_nanos";
const TABLES: &str = "keys k LEFT JOIN agents a ON a.agent_no = k.agent_no";

fn read(row: &Row<'_>) -> rusqlite::Result<KeyRecord> {
    Ok(KeyRecord {
        id: row.get(0)?,
        workspace: WorkspaceId(row.get(1)?),
        agent: row.get::<_, Option<[u8; 16]>>(2)?.map(AgentId),
        name: row.get(3)?,
        prefix: row.get(4)?,
        scopes: Scopes(row.get(5)?),
        created_nanos: row.get(6)?,
        created_by: row.get(7)?,
        revoked_nanos: row.get(8)?,
        last_used_nanos: row.get(9)?,
    })
}

fn hash(text: &str) -> blake3::Hash {
    blake3::hash(text.as_bytes())
}

fn shown_prefix(text: &str) -> String {
    let start = [AGENT_PREFIX, WORKSPACE_PREFIX].into_iter().find(|start| text.starts_with(start));
    let shown = start.map_or(0, str::len) + SHOWN_DIGITS;
    text.chars().take(shown).collect()
}

/// All 32 bytes as one number in base 62, always 43 digits.
fn base62(bytes: &[u8; SECRET_BYTES]) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut number = *bytes;
    let mut digits = [b'0'; SECRET_DIGITS];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0u16;
        for byte in &mut number {
            let value = remainder << 8 | u16::from(*byte);
            *byte = (value / 62) as u8;
            remainder = value % 62;
        }
        *digit = DIGITS[usize::from(remainder)];
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected digits from Python: int.from_bytes(..., "big") divided by 62 by hand.
    #[test]
    fn secrets_are_forty_three_digits() {
        assert_eq!(base62(&[0; 32]), "0".repeat(43));
        let mut one = [0; 32];
        one[31] = 63;
        assert_eq!(base62(&one), format!("{}11", "0".repeat(41)));
        assert_eq!(base62(&[0xff; 32]), "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1");
    }
}
