//! MLflow's tracking calls about traces. Its spans come as OpenTelemetry, and once more as a
//! file when the run is over; what it says about the run as a whole becomes a note.
//!
//! [`info`] reads what is said about runs, [`artifact`] the file of spans, [`assessment`]
//! feedback and expectations.

pub mod artifact;
pub mod assessment;
pub mod info;

use clew_model::ids::TraceId;
use clew_model::source::{Sender, SourceSpan};

use crate::fault::Parsed;
use crate::limits::Limits;
use crate::parts::{checked_trace_id, differing};

/// What a call needs from outside.
pub struct Context<'a> {
    /// Nanoseconds since 1970: the time of what the sender does not date itself.
    pub now_nanos: i64,
    /// Bounds on the body.
    pub limits: &'a Limits,
}

/// The run of MLflow's own id of it: `tr-` and the trace id, in old versions any text.
fn trace_of(request_id: &str) -> Parsed<TraceId> {
    // trace:/LOCATION/ID is how later versions write ids that name their place.
    let bare = match request_id.strip_prefix("trace:/") {
        Some(rest) => rest.rsplit('/').next().unwrap_or(rest),
        None => request_id,
    };
    checked_trace_id(bare)
}

/// A note about the run of an id.
fn note(request_id: &str, version: i64) -> Parsed<SourceSpan> {
    let trace_id = trace_of(request_id)?;
    let mut note = SourceSpan::note(trace_id, Sender::Mlflow);
    note.sender_trace_id = differing(&trace_id.to_string(), request_id);
    note.version = Some(version);
    Ok(note)
}

/// The id of an experiment, made from its name: a whole number, as MLflow's servers give.
pub fn experiment_id(name: &str) -> String {
    if name == "Default" {
        return "0".to_owned();
    }
    let hash = blake3::hash(name.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    // Room is left at the top: clients in other languages hold ids in signed numbers.
    (u64::from_be_bytes(first) >> 1).max(1).to_string()
}

/// A moment as MLflow's clients read it: RFC 3339 in UTC.
pub fn moment(nanos: i64) -> String {
    let at = jiff::Timestamp::from_nanosecond(i128::from(nanos));
    at.map(|at| at.to_string()).unwrap_or_default()
}
