//! Reading a request's body within its limits of size, time and memory.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::time::Instant;

use crate::error::{ApiError, ErrorCode};
use crate::ingest::admission::{Admission, Reservation};

/// Bounds of one kind of body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    /// Most bytes on the wire.
    pub(crate) max_bytes: usize,
    /// Name of that limit in messages.
    pub(crate) name: &'static str,
    /// Most time from the first to the last byte, and a second more for every
    /// [`SLOWEST_BYTES`] that have come.
    pub(crate) timeout: Duration,
}

/// A sender that is at least so fast is never cut off, in bytes a second.
const SLOWEST_BYTES: u64 = 128 * 1024;

/// Silence after which a sender is given up: others wait for the room that it holds.
const STALLED: Duration = Duration::from_secs(15);

/// How long the next piece of a body may take.
struct Patience {
    limits: BodyLimits,
    started: Instant,
    received: u64,
}

impl Patience {
    fn new(limits: BodyLimits) -> Self {
        Self { limits, started: Instant::now(), received: 0 }
    }

    /// The next piece of the body; `None` at its end.
    async fn next(&mut self, body: &mut Body) -> Result<Option<Bytes>, ApiError> {
        loop {
            let granted = Duration::from_secs(self.received / SLOWEST_BYTES);
            let last = self.started + self.limits.timeout + granted;
            let until = last.min(Instant::now() + STALLED);
            match tokio::time::timeout_at(until, body.frame()).await {
                Err(_) => return Err(too_slow()),
                Ok(None) => return Ok(None),
                Ok(Some(Err(error))) => return Err(broken(&error)),
                Ok(Some(Ok(frame))) => {
                    let Ok(data) = frame.into_data() else { continue };
                    self.received += data.len() as u64;
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// Reserved before anything is known of a body without a length.
const FIRST_RESERVATION_BYTES: usize = 64 * 1024;

/// Most bytes read and thrown away so that a sender in the middle of a body that is
/// refused can still read the answer.
const DISCARD_MAX_BYTES: usize = 256 * 1024 * 1024;
const DISCARD_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the whole body into memory that `admission` grants.
pub(crate) async fn read_admitted(
    headers: &HeaderMap,
    mut body: Body,
    limits: BodyLimits,
    admission: &Admission,
) -> Result<(Vec<u8>, Reservation), ApiError> {
    let declared = declared_length(headers);
    if declared.is_some_and(|length| length > limits.max_bytes) {
        return refuse(headers, body, too_large(limits)).await;
    }
    let first = declared.unwrap_or(FIRST_RESERVATION_BYTES);
    let mut room = match admission.enter(first).await {
        Ok(room) => room,
        Err(error) => return refuse(headers, body, error).await,
    };
    let mut bytes = Vec::with_capacity(declared.unwrap_or(0));
    let mut patience = Patience::new(limits);
    while let Some(data) = patience.next(&mut body).await? {
        if bytes.len() + data.len() > limits.max_bytes {
            return refuse(headers, body, too_large(limits)).await;
        }
        if let Err(error) = room.grow_to(bytes.len() + data.len()).await {
            return refuse(headers, body, error).await;
        }
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, room))
}

/// Reads a small body, such as one sent to the API.
pub(crate) async fn read_small(
    headers: &HeaderMap,
    mut body: Body,
    limits: BodyLimits,
) -> Result<Vec<u8>, ApiError> {
    if declared_length(headers).is_some_and(|length| length > limits.max_bytes) {
        return refuse(headers, body, too_large(limits)).await;
    }
    let mut patience = Patience::new(limits);
    let mut bytes = Vec::new();
    while let Some(data) = patience.next(&mut body).await? {
        if bytes.len() + data.len() > limits.max_bytes {
            return refuse(headers, body, too_large(limits)).await;
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Reads on and throws away, within limits: answering while the sender still writes
/// makes it see a broken connection instead of the answer. A sender that asked first
/// (`Expect: 100-continue`) has not begun to write.
pub(crate) async fn discard(headers: &HeaderMap, mut body: Body) {
    if headers.contains_key(header::EXPECT)
        || declared_length(headers).is_some_and(|length| length > DISCARD_MAX_BYTES)
    {
        return;
    }
    let reading = async {
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, Bytes::len);
            if seen > DISCARD_MAX_BYTES {
                break;
            }
        }
    };
    // A sender that takes longer gets its answer in the middle; nothing is lost by that.
    let _elapsed = tokio::time::timeout(DISCARD_TIMEOUT, reading).await;
}

async fn refuse<T>(headers: &HeaderMap, body: Body, error: ApiError) -> Result<T, ApiError> {
    discard(headers, body).await;
    Err(error)
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limits: BodyLimits) -> ApiError {
    ApiError::new(
        ErrorCode::TooLarge,
        format!("the body is larger than {} ({})", size_words(limits.max_bytes), limits.name),
    )
}

fn too_slow() -> ApiError {
    let message = "the body came too slowly or stopped coming (server.body_timeout)";
    ApiError::new(ErrorCode::Timeout, message)
}

fn broken(error: &axum::Error) -> ApiError {
    ApiError::new(ErrorCode::Undecodable, format!("the body ended early: {error}"))
}

/// A limit as people write it.
pub(crate) fn size_words(bytes: usize) -> String {
    const UNITS: [(usize, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    UNITS
        .iter()
        .find(|(size, _)| bytes >= *size && bytes.is_multiple_of(*size))
        .map_or_else(|| format!("{bytes} bytes"), |(size, unit)| format!("{} {unit}", bytes / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: BodyLimits = BodyLimits {
        max_bytes: 10,
        name: "ingest.max_body_bytes",
        timeout: Duration::from_secs(5),
    };

    fn admission() -> Admission {
        Admission::new(1 << 20, Duration::from_secs(1))
    }

    #[tokio::test]
    async fn a_body_within_the_limit_is_read() {
        let body = Body::from("0123456789");
        let (bytes, _room) =
            read_admitted(&HeaderMap::new(), body, LIMITS, &admission()).await.unwrap();
        assert_eq!(bytes, b"0123456789");
    }

    #[tokio::test]
    async fn one_byte_more_is_413_and_names_the_limit() {
        let body = Body::from("0123456789a");
        let error = read_admitted(&HeaderMap::new(), body, LIMITS, &admission()).await.unwrap_err();
        assert_eq!(error.code.http_status(), 413);
        assert_eq!(error.message, "the body is larger than 10 bytes (ingest.max_body_bytes)");
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_that_stops_is_408() {
        let body =
            Body::from_stream(futures_util::stream::pending::<Result<String, axum::Error>>());
        let error = read_admitted(&HeaderMap::new(), body, LIMITS, &admission()).await.unwrap_err();
        assert_eq!(error.code.http_status(), 408);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_sender_that_goes_on_is_waited_for() {
        let timeout = Duration::from_secs(10);
        let limits = BodyLimits { max_bytes: 100 << 20, timeout, ..LIMITS };
        // A megabyte every six seconds, for two minutes: faster than the slowest.
        let pieces = futures_util::stream::unfold(20, |left: u32| async move {
            tokio::time::sleep(Duration::from_secs(6)).await;
            let piece = Ok::<_, axum::Error>(vec![0_u8; 1 << 20]);
            left.checked_sub(1).map(|left| (piece, left))
        });
        let roomy = Admission::new(100 << 20, Duration::from_secs(1));
        let body = Body::from_stream(pieces);
        let read = read_admitted(&HeaderMap::new(), body, limits, &roomy).await;
        assert_eq!(read.unwrap().0.len(), 20 << 20);
    }

    #[test]
    fn sizes_are_said_in_the_largest_whole_unit() {
        assert_eq!(size_words(64 << 20), "64 MB");
        assert_eq!(size_words(1500), "1500 bytes");
    }
}
