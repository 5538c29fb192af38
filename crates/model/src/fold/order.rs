//! A total order over everything in a source span, and unions by it.
//!
//! The order of texts and lists puts the longer one last: of two states of a growing
//! answer the longer one is the later one. Floating point numbers are ordered by their
//! bits' total order, so that NaN equals itself.

use std::cmp::Ordering;

use crate::source::{
    LogOrigin, Resource, Scope, SourceEvent, SourceLink, SourceSpan, SourceStatus,
};
use crate::value::Value;

/// Compares every field; `Equal` means the same record.
pub(super) fn spans(a: &SourceSpan, b: &SourceSpan) -> Ordering {
    (a.trace_id, a.span_id, a.parent_span_id, a.start_nanos, a.end_nanos, a.kind, a.flags)
        .cmp(&(
            b.trace_id,
            b.span_id,
            b.parent_span_id,
            b.start_nanos,
            b.end_nanos,
            b.kind,
            b.flags,
        ))
        .then_with(|| (a.version, a.sequence, a.sender).cmp(&(b.version, b.sequence, b.sender)))
        .then_with(|| a.name.cmp(&b.name))
        .then_with(|| a.sender_span_id.cmp(&b.sender_span_id))
        .then_with(|| a.sender_trace_id.cmp(&b.sender_trace_id))
        .then_with(|| a.trace_state.cmp(&b.trace_state))
        .then_with(|| statuses(&a.status, &b.status))
        .then_with(|| attributes(&a.attributes, &b.attributes))
        .then_with(|| lists(&a.events, &b.events, events))
        .then_with(|| lists(&a.links, &b.links, links))
        .then_with(|| {
            let dropped = |span: &SourceSpan| {
                (span.dropped.attributes, span.dropped.events, span.dropped.links)
            };
            dropped(a).cmp(&dropped(b))
        })
        .then_with(|| resources(&a.resource, &b.resource))
        .then_with(|| scopes(&a.scope, &b.scope))
        .then_with(|| {
            let older = |span: &'_ SourceSpan| -> Vec<_> {
                span.older.iter().map(|fields| (fields.age, fields.paths.clone())).collect()
            };
            older(a).cmp(&older(b))
        })
}

/// The larger of two, the first of equal ones.
pub(super) fn larger<'a, T>(a: &'a T, b: &'a T, compare: impl Fn(&T, &T) -> Ordering) -> &'a T {
    if compare(a, b) == Ordering::Less { b } else { a }
}

/// Sorted; each element as often as in the one that has it more often, so that neither a
/// record sent again counts twice nor one that really stands twice is lost.
pub(super) fn union<T: Clone>(a: &[T], b: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let sorted = |list: &[T]| {
        let mut list = list.to_vec();
        list.sort_by(&compare);
        list
    };
    let (mut left, mut right) =
        (sorted(a).into_iter().peekable(), sorted(b).into_iter().peekable());
    let mut joined = Vec::new();
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(ours), Some(theirs)) => compare(ours, theirs),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return joined,
        };
        match order {
            Ordering::Less => joined.extend(left.next()),
            Ordering::Greater => joined.extend(right.next()),
            Ordering::Equal => {
                joined.extend(left.next());
                right.next();
            }
        }
    }
}

pub(super) fn texts(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

pub(super) fn statuses(a: &SourceStatus, b: &SourceStatus) -> Ordering {
    a.code.cmp(&b.code).then_with(|| texts(&a.message, &b.message))
}

pub(super) fn resources(a: &Resource, b: &Resource) -> Ordering {
    attributes(&a.attributes, &b.attributes)
        .then_with(|| a.schema_url.cmp(&b.schema_url))
        .then_with(|| a.dropped_attributes_count.cmp(&b.dropped_attributes_count))
}

pub(super) fn scopes(a: &Scope, b: &Scope) -> Ordering {
    (&a.name, &a.version, &a.schema_url, a.dropped_attributes_count)
        .cmp(&(&b.name, &b.version, &b.schema_url, b.dropped_attributes_count))
        .then_with(|| attributes(&a.attributes, &b.attributes))
}

/// Events in order of time.
pub(super) fn events(a: &SourceEvent, b: &SourceEvent) -> Ordering {
    (a.time_nanos, &a.name, a.dropped_attributes_count)
        .cmp(&(b.time_nanos, &b.name, b.dropped_attributes_count))
        .then_with(|| attributes(&a.attributes, &b.attributes))
        .then_with(|| origin(&a.from_log).cmp(&origin(&b.from_log)))
}

fn origin(log: &Option<LogOrigin>) -> Option<(i32, &str, &str, i64)> {
    log.as_ref()
        .map(|log| (log.severity_number, &*log.severity_text, &*log.scope_name, log.observed_nanos))
}

pub(super) fn links(a: &SourceLink, b: &SourceLink) -> Ordering {
    (a.trace_id, a.span_id, &a.trace_state, a.dropped_attributes_count, a.flags)
        .cmp(&(b.trace_id, b.span_id, &b.trace_state, b.dropped_attributes_count, b.flags))
        .then_with(|| attributes(&a.attributes, &b.attributes))
}

fn attributes(a: &[(String, Value)], b: &[(String, Value)]) -> Ordering {
    lists(a, b, |(a_key, a_value), (b_key, b_value)| {
        a_key.cmp(b_key).then_with(|| values(a_value, b_value))
    })
}

fn lists<T>(a: &[T], b: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
    let pairs = || a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne());
    a.len().cmp(&b.len()).then_with(|| pairs().unwrap_or(Ordering::Equal))
}

pub(super) fn values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => a.total_cmp(b),
        (Value::String(a), Value::String(b)) => texts(a, b),
        (Value::Bytes(a), Value::Bytes(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (Value::Array(a), Value::Array(b)) => lists(a, b, values),
        (Value::Map(a), Value::Map(b)) => attributes(a, b),
        _ => kind(a).cmp(&kind(b)),
    }
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Empty => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 2,
        Value::Double(_) => 3,
        Value::String(_) => 4,
        Value::Bytes(_) => 5,
        Value::Array(_) => 6,
        Value::Map(_) => 7,
    }
}
