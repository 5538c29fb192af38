//! Browsers that signed in with a key. A session lives in memory: a restart signs out.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How long a session lives.
const LIFETIME_NANOS: i64 = 30 * 24 * 3600 * 1_000_000_000;
/// Sessions kept; the oldest goes.
const SESSIONS_MAX: usize = 1000;

/// All sessions. Only a hash of each token is kept.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_token: Mutex<HashMap<[u8; 32], Session>>,
}

#[derive(Debug, Clone, Copy)]
struct Session {
    key_no: i64,
    expires_nanos: i64,
}

impl Sessions {
    /// Starts a session of a key: the token for the cookie.
    pub(crate) fn start(&self, key_no: i64, now: i64) -> Result<String, getrandom::Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let token = URL_SAFE_NO_PAD.encode(random);
        let mut sessions = self.lock();
        sessions.retain(|_, session| session.expires_nanos > now);
        if sessions.len() >= SESSIONS_MAX
            && let Some(oldest) =
                sessions.iter().min_by_key(|(_, session)| session.expires_nanos).map(|(t, _)| *t)
        {
            sessions.remove(&oldest);
        }
        let session = Session { key_no, expires_nanos: now.saturating_add(LIFETIME_NANOS) };
        sessions.insert(hash(&token), session);
        Ok(token)
    }

    /// The key of a session.
    pub(crate) fn key_no(&self, token: &str, now: i64) -> Option<i64> {
        let session = self.lock().get(&hash(token)).copied()?;
        (session.expires_nanos > now).then_some(session.key_no)
    }

    /// Ends one session.
    pub(crate) fn end(&self, token: &str) {
        self.lock().remove(&hash(token));
    }

    /// Ends all sessions of a key. Those of a revoked key stay, so that their pages are told why.
    pub(crate) fn end_all(&self, key_no: i64) {
        self.lock().retain(|_, session| session.key_no != key_no);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.by_token.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// The lifetime in seconds, for the cookie.
pub(crate) const fn lifetime_seconds() -> i64 {
    LIFETIME_NANOS / 1_000_000_000
}

fn hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_time_by_hand_or_with_its_key() {
        let sessions = Sessions::default();
        let (first, second) = (sessions.start(7, 0).unwrap(), sessions.start(7, 0).unwrap());
        let other = sessions.start(8, 0).unwrap();
        assert_ne!(first, second);
        assert_eq!(sessions.key_no(&first, LIFETIME_NANOS - 1), Some(7));
        assert_eq!(sessions.key_no(&first, LIFETIME_NANOS), None);
        sessions.end(&first);
        assert_eq!(sessions.key_no(&first, 1), None);
        assert_eq!(sessions.key_no(&second, 1), Some(7));
        sessions.end_all(7);
        assert_eq!(sessions.key_no(&second, 1), None);
        assert_eq!(sessions.key_no(&other, 1), Some(8));
    }

    #[test]
    fn sessions_do_not_grow_without_bound() {
        let sessions = Sessions::default();
        let first = sessions.start(1, 0).unwrap();
        for now in 1..=SESSIONS_MAX as i64 {
            sessions.start(2, now).unwrap();
        }
        assert_eq!(sessions.key_no(&first, 5), None);
        assert_eq!(sessions.lock().len(), SESSIONS_MAX);
    }
}
