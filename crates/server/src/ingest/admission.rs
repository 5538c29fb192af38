//! Room in memory for bodies: a budget of bytes over all requests. A request waits a
//! little for room, in order of arrival; after that it is told to come again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{ApiError, ErrorCode};

/// The budget. One permit is a kibibyte.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    room: Arc<Semaphore>,
    total_kib: u32,
    wait: Duration,
}

/// Room held by one request; given back when dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    admission: Admission,
    permit: OwnedSemaphorePermit,
}

impl Admission {
    /// A budget of `total_bytes`, for which a request waits at most `wait`.
    pub(crate) fn new(total_bytes: usize, wait: Duration) -> Self {
        let total_kib = kib(total_bytes).max(1);
        Self { room: Arc::new(Semaphore::new(total_kib as usize)), total_kib, wait }
    }

    /// Waits for room. What is larger than the whole budget gets all of it and is alone.
    pub(crate) async fn enter(&self, bytes: usize) -> Result<Reservation, ApiError> {
        let permit = self.acquire(kib(bytes).min(self.total_kib)).await?;
        Ok(Reservation { admission: self.clone(), permit })
    }

    /// Bytes reserved at this moment.
    pub(crate) fn used_bytes(&self) -> usize {
        (self.total_kib as usize).saturating_sub(self.room.available_permits()) * 1024
    }

    async fn acquire(&self, permits: u32) -> Result<OwnedSemaphorePermit, ApiError> {
        let waiting = Arc::clone(&self.room).acquire_many_owned(permits);
        match tokio::time::timeout(self.wait, waiting).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(full()),
        }
    }
}

impl Reservation {
    /// Waits until the room held is at least `bytes`.
    pub(crate) async fn grow_to(&mut self, bytes: usize) -> Result<(), ApiError> {
        if let Some(more) = self.missing(bytes) {
            self.permit.merge(self.admission.acquire(more).await?);
        }
        Ok(())
    }

    /// The same without waiting, for threads that must not.
    pub(crate) fn try_grow_to(&mut self, bytes: usize) -> Result<(), ApiError> {
        if let Some(more) = self.missing(bytes) {
            let room = Arc::clone(&self.admission.room);
            self.permit.merge(room.try_acquire_many_owned(more).map_err(|_| full())?);
        }
        Ok(())
    }

    fn missing(&self, bytes: usize) -> Option<u32> {
        let wanted = kib(bytes).min(self.admission.total_kib);
        let held = u32::try_from(self.permit.num_permits()).unwrap_or(u32::MAX);
        wanted.checked_sub(held).filter(|more| *more > 0)
    }
}

fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)
}

fn full() -> ApiError {
    ApiError::later(
        ErrorCode::TooManyRequests,
        "too much is under way (ingest.max_inflight_bytes); send again later",
        Duration::from_secs(1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: usize = 1024;

    #[tokio::test(start_paused = true)]
    async fn room_is_given_back_and_waited_for() {
        let admission = Admission::new(10 * KIB, Duration::from_secs(1));
        let first = admission.enter(6 * KIB).await.unwrap();
        assert_eq!(admission.used_bytes(), 6 * KIB);
        let refused = admission.enter(5 * KIB).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::TooManyRequests);
        assert_eq!(refused.retry_after_seconds(), Some(1));
        let waiting = tokio::spawn({
            let admission = admission.clone();
            async move { admission.enter(5 * KIB).await.map(drop) }
        });
        drop(first);
        assert_eq!(waiting.await.unwrap(), Ok(()));
        assert_eq!(admission.used_bytes(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn one_oversize_request_is_admitted_alone() {
        let admission = Admission::new(10 * KIB, Duration::from_secs(1));
        let mut large = admission.enter(30 * KIB).await.unwrap();
        assert!(large.try_grow_to(50 * KIB).is_ok());
        assert!(admission.enter(KIB).await.is_err());
        drop(large);
        assert!(admission.enter(KIB).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn growing_stops_at_what_others_hold() {
        let admission = Admission::new(10 * KIB, Duration::from_secs(1));
        let _other = admission.enter(4 * KIB).await.unwrap();
        let mut mine = admission.enter(2 * KIB).await.unwrap();
        assert!(mine.try_grow_to(6 * KIB).is_ok());
        assert!(mine.try_grow_to(7 * KIB).is_err());
        assert!(mine.grow_to(7 * KIB).await.is_err());
        assert_eq!(admission.used_bytes(), 10 * KIB);
    }
}
