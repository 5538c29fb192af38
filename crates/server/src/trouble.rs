//! Faults of ours: what happened goes into the log, its id to whoever asked.

use std::fmt::Display;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clew_store::StoreError;

use crate::error::{ApiError, ErrorCode};

/// Counts on from the clock, so that ids of two runs do not meet in one log file.
static IDS: LazyLock<AtomicU64> = LazyLock::new(|| {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    AtomicU64::new(u64::try_from(since.as_millis()).unwrap_or(0) << 12)
});

/// A name for one request or one fault.
pub(crate) fn next_id() -> String {
    format!("{:x}", IDS.fetch_add(1, Ordering::Relaxed))
}

/// Logs a fault and makes the answer that names it.
pub(crate) fn fault(what: impl Display) -> ApiError {
    let id = next_id();
    tracing::error!(id, "{what}");
    ApiError::internal(&id)
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::NotFound(what) => ApiError::not_found(what),
            StoreError::BadCursor => ApiError::new(ErrorCode::BadCursor, text),
            StoreError::Conflict(_) => ApiError::new(ErrorCode::Conflict, text),
            StoreError::Invalid(_) => ApiError::bad_request(text),
            _ if error.is_overloaded() => {
                ApiError::later(ErrorCode::Unavailable, text, Duration::from_secs(1))
            }
            _ if error.is_full() => {
                ApiError::later(ErrorCode::StorageFull, text, Duration::from_secs(30))
            }
            _ if error.is_unavailable() => {
                ApiError::later(ErrorCode::Unavailable, text, Duration::from_secs(5))
            }
            _ => fault(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_store_error_has_its_answer() {
        let overloaded = StoreError::Overloaded { in_flight_bytes: 2, max_bytes: 1 };
        for (error, status) in [
            (overloaded, 503),
            (StoreError::Full("no space".to_owned()), 507),
            (StoreError::Closed, 503),
            (StoreError::ReadOnly("ro".to_owned()), 503),
            (StoreError::NotFound("trace"), 404),
            (StoreError::BadCursor, 400),
            (StoreError::Conflict("there is one".to_owned()), 409),
            (StoreError::Invalid("no".to_owned()), 400),
            (StoreError::Corrupt("checksum".to_owned()), 500),
        ] {
            let answer = ApiError::from(error.clone());
            assert_eq!(answer.code.http_status().as_u16(), status, "{error}");
        }
        let answer = ApiError::from(StoreError::Corrupt("secret page".to_owned()));
        assert!(!answer.message.contains("secret"), "{}", answer.message);
    }
}
