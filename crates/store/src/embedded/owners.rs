//! Who owns texts: a session where the trace has one, else the trace.
//!
//! Chat agents make a trace of every turn and send the whole history with each; only by
//! session is that history kept once. The table of hashes is a cache: a hash that was
//! forgotten stores a text twice, which is right and merely larger.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, params};

use super::disk::blocks;
use super::disk::dictionaries::Dictionaries;
use super::hash::ByHash;
use super::staging::Staging;
use crate::{StoreError, WorkspaceId};

/// Texts of one owner, as far as they are known by hash.
pub(super) struct ActiveOwner {
    numbers: HashMap<u128, u64, ByHash>,
    next: u64,
    /// Unique bytes since the epoch or the table began.
    bytes: u64,
    /// When its epoch began; 0 for a trace.
    created_nanos: i64,
    touched: u64,
    /// What it adds to the sum of memory.
    counted: usize,
}

/// The owners that may still grow. The writer's.
#[derive(Default)]
pub(super) struct Owners {
    active: HashMap<i64, ActiveOwner, ByHash>,
    /// The current epoch of each session, as owner.
    sessions: HashMap<(WorkspaceId, Box<str>), i64>,
    by_touch: BTreeSet<(u64, i64)>,
    bytes: usize,
}

/// When a session begins a new epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct EpochRules {
    pub(super) max_bytes: u64,
    pub(super) max_nanos: i64,
}

/// An owner's share of a commit is written by this: which number does a text have?
impl ActiveOwner {
    /// The number of a text that is known.
    pub(super) fn number(&self, hash: u128) -> Option<u64> {
        self.numbers.get(&hash).copied()
    }

    /// Gives a new text its number.
    pub(super) fn add(&mut self, hash: u128, length: u64) -> u64 {
        let number = self.next;
        self.next += 1;
        self.bytes += length;
        self.numbers.insert(hash, number);
        number
    }

    /// The number that the next new text gets.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.numbers.capacity() * 26
    }
}

/// The owner number of a trace's own texts.
pub(super) fn of_trace(tno: i64) -> i64 {
    tno * 2
}

fn of_session(id: i64) -> i64 {
    id * 2 + 1
}

/// It is a session's.
pub(super) fn is_session(owner: i64) -> bool {
    owner % 2 == 1
}

impl Owners {
    /// The owner of new texts of a trace, which may be new itself. May begin a session's next epoch.
    pub(super) fn current(
        &mut self,
        place: &Place<'_>,
        (tno, is_new): (i64, bool),
        session: Option<&str>,
        rules: &EpochRules,
    ) -> Result<i64, StoreError> {
        let Some(session) = session else {
            let owner = of_trace(tno);
            if is_new {
                self.load_new(owner, 0);
            } else {
                self.load(place, owner, 0)?;
            }
            if let Some(active) = self.active.get_mut(&owner).filter(|a| a.bytes >= rules.max_bytes)
            {
                // A long trace forgets its oldest texts instead: its numbers go on.
                active.numbers = HashMap::default();
                active.bytes = 0;
            }
            return Ok(owner);
        };
        let key = (place.workspace, Box::from(session));
        let known = self.sessions.get(&key).copied();
        let owner = match known {
            Some(owner) if self.active.contains_key(&owner) => owner,
            _ => {
                let (owner, created) = find_session(place, session)?;
                self.load(place, owner, created)?;
                owner
            }
        };
        let is_over = self.active.get(&owner).is_some_and(|active| {
            active.bytes >= rules.max_bytes
                || place.now.saturating_sub(active.created_nanos) >= rules.max_nanos
        });
        let owner = if is_over {
            let owner = insert_session(place, session, next_epoch(place, session)?)?;
            self.load_new(owner, place.now);
            owner
        } else {
            owner
        };
        if known != Some(owner) {
            self.sessions.insert(key, owner);
        }
        Ok(owner)
    }

    pub(super) fn get_mut(&mut self, owner: i64) -> Option<&mut ActiveOwner> {
        self.active.get_mut(&owner)
    }

    /// An owner that has no texts yet.
    fn load_new(&mut self, owner: i64, created: i64) {
        self.insert(owner, ActiveOwner::new(created));
    }

    /// Makes an owner's texts known, from its blocks and what is staged.
    fn load(&mut self, place: &Place<'_>, owner: i64, created: i64) -> Result<(), StoreError> {
        if self.active.contains_key(&owner) {
            return Ok(());
        }
        let mut active = ActiveOwner::new(created);
        for block in blocks::places(place.connection, owner)? {
            active.next = active.next.max(block.end());
            match blocks::texts(place.connection, place.dictionaries, block.key) {
                Ok((first, texts)) => active.learn(first, &texts),
                // Its texts are merely not known again; `check` reports it.
                Err(StoreError::Corrupt(why)) => {
                    tracing::warn!(block = block.key, %why, "a damaged block is left out");
                }
                Err(error) => return Err(error),
            }
        }
        if let Some((first, texts)) = place.staging.texts(owner) {
            active.next = active.next.max(first + texts.len() as u64);
            active.learn(first, &texts);
        }
        self.insert(owner, active);
        Ok(())
    }

    fn insert(&mut self, owner: i64, mut active: ActiveOwner) {
        active.counted = active.memory_bytes();
        self.bytes += active.counted;
        self.by_touch.insert((0, owner));
        self.active.insert(owner, active);
    }

    /// Notes that an owner was used, for eviction.
    pub(super) fn touch(&mut self, owner: i64, seq: u64) {
        let Some(active) = self.active.get_mut(&owner) else { return };
        self.by_touch.remove(&(active.touched, owner));
        active.touched = seq;
        self.by_touch.insert((seq, owner));
        let counted = active.memory_bytes();
        self.bytes = self.bytes - active.counted + counted;
        active.counted = counted;
    }

    /// Memory of all.
    pub(super) fn memory_bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets what a rolled back commit may have numbered, or what was purged.
    pub(super) fn forget(&mut self, owner: i64) {
        if let Some(active) = self.active.remove(&owner) {
            self.bytes -= active.counted;
            self.by_touch.remove(&(active.touched, owner));
        }
        if is_session(owner) {
            self.sessions.retain(|_, known| *known != owner);
        }
    }

    /// Drops the owners that were not used for longest.
    pub(super) fn evict(&mut self, max_bytes: usize) {
        while self.bytes > max_bytes {
            let Some((_, owner)) = self.by_touch.pop_first() else { break };
            if let Some(active) = self.active.remove(&owner) {
                self.bytes -= active.counted;
            }
        }
        // Names of sessions whose table is gone lead nowhere.
        if self.sessions.len() > self.active.len() * 2 + 64 {
            self.sessions.retain(|_, owner| self.active.contains_key(owner));
        }
    }
}

impl ActiveOwner {
    fn new(created_nanos: i64) -> Self {
        Self {
            numbers: HashMap::default(),
            next: 0,
            bytes: 0,
            created_nanos,
            touched: 0,
            counted: 0,
        }
    }

    fn learn(&mut self, first: u64, texts: &[super::codec::text::Text]) {
        for (number, text) in (first..).zip(texts) {
            if let Some(hash) = text.hash() {
                self.numbers.insert(hash, number);
                self.bytes += text.length;
            }
        }
    }
}

/// What is needed to look owners up.
pub(super) struct Place<'a> {
    pub(super) connection: &'a Connection,
    pub(super) dictionaries: &'a Dictionaries,
    pub(super) staging: &'a Staging,
    pub(super) workspace: WorkspaceId,
    pub(super) now: i64,
}

fn find_session(place: &Place<'_>, session: &str) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT id, created_nanos FROM session_owner \
               WHERE workspace = ?1 AND session = ?2 ORDER BY epoch DESC LIMIT 1";
    let found: Option<(i64, i64)> = place
        .connection
        .prepare_cached(sql)?
        .query_row(params![place.workspace.0, session], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match found {
        Some((id, created)) => Ok((of_session(id), created)),
        None => Ok((insert_session(place, session, 0)?, place.now)),
    }
}

fn insert_session(place: &Place<'_>, session: &str, epoch: i64) -> Result<i64, StoreError> {
    let sql = "INSERT INTO session_owner (workspace, session, epoch, created_nanos) \
               VALUES (?1, ?2, ?3, ?4)";
    let id = place.connection.prepare_cached(sql)?.insert(params![
        place.workspace.0,
        session,
        epoch,
        place.now
    ])?;
    Ok(of_session(id))
}

fn next_epoch(place: &Place<'_>, session: &str) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(epoch) + 1, 0) FROM session_owner \
               WHERE workspace = ?1 AND session = ?2";
    let mut statement = place.connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![place.workspace.0, session], |row| row.get(0))?)
}
