//! What protobuf and JSON share about spans.

use std::sync::{Arc, LazyLock};

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{
    Dropped, Resource, Scope, Sender, SourceSpan, SourceStatus, SpanKind, StatusCode,
};

use crate::fault::{Fault, Parsed};

static NO_RESOURCE: LazyLock<Arc<Resource>> = LazyLock::new(Arc::default);
static NO_SCOPE: LazyLock<Arc<Scope>> = LazyLock::new(Arc::default);

/// As [`SourceSpan::part`], with the empty resource and scope shared: most spans get
/// theirs later, and two allocations a span would be wasted on the way.
pub(crate) fn empty_part(trace_id: TraceId, span_id: SpanId, sender: Sender) -> SourceSpan {
    SourceSpan {
        trace_id,
        span_id,
        parent_span_id: None,
        sender_span_id: None,
        sender_trace_id: None,
        name: None,
        kind: SpanKind::Unspecified,
        start_nanos: None,
        end_nanos: None,
        status: SourceStatus::default(),
        attributes: Vec::new(),
        events: Vec::new(),
        links: Vec::new(),
        trace_state: String::new(),
        flags: 0,
        dropped: Dropped::default(),
        resource: Arc::clone(&NO_RESOURCE),
        scope: Arc::clone(&NO_SCOPE),
        sender,
        version: None,
        sequence: None,
        older: Vec::new(),
    }
}

/// Nanoseconds since 1970 as the model holds them.
pub(crate) fn nanos(value: u64) -> Parsed<i64> {
    i64::try_from(value)
        .map_err(|_| Fault::content(format!("time {value} lies beyond the year 2262")))
}

/// OTLP spells "not given" as zero.
pub(crate) fn given_nanos(value: u64) -> Parsed<Option<i64>> {
    if value == 0 { Ok(None) } else { nanos(value).map(Some) }
}

/// A kind by its number; one that this version does not know is unspecified.
pub(crate) fn kind(number: i64) -> SpanKind {
    match number {
        1 => SpanKind::Internal,
        2 => SpanKind::Server,
        3 => SpanKind::Client,
        4 => SpanKind::Producer,
        5 => SpanKind::Consumer,
        _ => SpanKind::Unspecified,
    }
}

/// A status code by its number; one that this version does not know is unset.
pub(crate) fn status_code(number: i64) -> StatusCode {
    match number {
        1 => StatusCode::Ok,
        2 => StatusCode::Error,
        _ => StatusCode::Unset,
    }
}
