//! Passes for one upload: a sender that asks where to put something puts it there without its
//! key, with the headers that it was told. It is told a ticket in the key's place, so that no
//! answer ever holds a key.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clew_store::Scope;

use crate::auth::caller::Caller;

/// How every ticket begins.
pub(crate) const TICKET_START: &str = "clew_upload_";
/// Tickets that are good at once; beyond that the one that ends first is forgotten.
const TICKETS_MAX: usize = 1_000;
/// How long a ticket is good: an upload follows its question at once, and a second try may.
const GOOD_NANOS: i64 = 15 * 60 * 1_000_000_000;

/// The tickets of a server.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    good: Mutex<HashMap<String, (i64, Caller)>>,
}

impl Tickets {
    /// Makes a ticket with which the caller may send, and nothing else.
    pub(crate) fn give(&self, caller: &Caller, now: i64) -> Result<String, getrandom::Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let ticket = format!("{TICKET_START}{:032x}", u128::from_le_bytes(random));
        let caller =
            Caller { scopes: vec![Scope::Ingest].into(), operator: false, ..caller.clone() };
        let mut good = self.lock();
        if good.len() >= TICKETS_MAX {
            good.retain(|_, (until, _)| *until > now);
        }
        if good.len() >= TICKETS_MAX {
            let first = good.iter().min_by_key(|(_, (until, _))| *until);
            let first = first.map(|(ticket, _)| ticket.clone());
            first.map(|ticket| good.remove(&ticket));
        }
        good.insert(ticket.clone(), (now.saturating_add(GOOD_NANOS), caller));
        Ok(ticket)
    }

    /// Whose ticket it is, while it is good.
    pub(crate) fn caller(&self, ticket: &str, now: i64) -> Option<Caller> {
        let good = self.lock();
        good.get(ticket).filter(|(until, _)| *until > now).map(|(_, caller)| caller.clone())
    }

    /// Ends all of them: a key is worthless at once when it is revoked, and so is what was
    /// given for it.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (i64, Caller)>> {
        self.good.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
