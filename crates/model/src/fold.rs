//! Combining the parts and versions of one span (ruling 14).
//!
//! [`fold`] is commutative, associative and idempotent: however often the parts come and
//! in whatever order and grouping they are combined, the result is the same. Field by
//! field the newest part that says something wins, see [`PartAge`]; between equally new
//! ones the larger value by a total order. So that a third part meets the right
//! opponent, a combined span remembers which of its fields are older than the rest
//! ([`SourceSpan::older`]).
//!
//! Attributes are joined by key and objects (OTLP kvlists) deeply; a JSON object inside a
//! string is a string. A combined span lists attributes, events and links sorted, and an
//! object that only one part says as that part says it.

mod order;
mod tree;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::ids::SpanId;
use crate::source::{Dropped, OlderFields, PartAge, Resource, Scope, Sender, SourceSpan, SpanKind};
use crate::value::{Attributes, Value, attribute};
use tree::Tree;

/// The first step of an attribute's path in [`OlderFields`].
const ATTRIBUTES: &str = "attributes";
const SPAN_TYPE: &str = "logfire.span_type";
const PENDING_SPAN: &str = "pending_span";
const PENDING_PARENT: &str = "logfire.pending_parent_id";

/// Combines two parts or versions of one span.
pub fn fold(a: &SourceSpan, b: &SourceSpan) -> SourceSpan {
    debug_assert_eq!((a.trace_id, a.span_id), (b.trace_id, b.span_id));
    if order::spans(a, b) == Ordering::Equal {
        return a.clone();
    }
    let mut joined = Join::new(a, b);
    let (end_nanos, version) = (a.end_nanos, a.version).max((b.end_nanos, b.version));
    let mut span = SourceSpan {
        trace_id: a.trace_id.max(b.trace_id),
        span_id: a.span_id.max(b.span_id),
        parent_span_id: joined.option("parent_span_id", |span| &span.parent_span_id),
        sender_span_id: joined.text("sender_span_id", |span| &span.sender_span_id),
        sender_trace_id: joined.text("sender_trace_id", |span| &span.sender_trace_id),
        name: joined.text("name", |span| &span.name),
        kind: joined
            .field(
                "kind",
                |span| Some(&span.kind).filter(|kind| **kind != SpanKind::Unspecified),
                SpanKind::cmp,
            )
            .unwrap_or_default(),
        start_nanos: joined.option("start_nanos", |span| &span.start_nanos),
        end_nanos,
        status: order::larger(&a.status, &b.status, order::statuses).clone(),
        attributes: joined.attributes(),
        events: order::union(&a.events, &b.events, order::events),
        links: order::union(&a.links, &b.links, order::links),
        trace_state: joined
            .field(
                "trace_state",
                |span| Some(&span.trace_state).filter(|text| !text.is_empty()),
                |x, y| order::texts(x, y),
            )
            .unwrap_or_default(),
        flags: a.flags | b.flags,
        dropped: Dropped {
            attributes: a.dropped.attributes.max(b.dropped.attributes),
            events: a.dropped.events.max(b.dropped.events),
            links: a.dropped.links.max(b.dropped.links),
        },
        resource: joined
            .field(
                "resource",
                |span| Some(&span.resource).filter(|resource| ***resource != Resource::default()),
                |x, y| order::resources(x, y),
            )
            .unwrap_or_default(),
        scope: joined
            .field(
                "scope",
                |span| Some(&span.scope).filter(|scope| ***scope != Scope::default()),
                |x, y| order::scopes(x, y),
            )
            .unwrap_or_default(),
        sender: joined.field("sender", |span| Some(&span.sender), Sender::cmp).unwrap_or(a.sender),
        version,
        sequence: joined.option("sequence", |span| &span.sequence),
        older: Vec::new(),
    };
    joined.dated.remove(&age(&span));
    let older = joined.dated.into_iter().map(|(age, mut paths)| {
        paths.sort();
        OlderFields { age, paths }
    });
    span.older = older.collect();
    span
}

/// Turns the notice that Logfire sends when a span starts, a span with an id of its own
/// below the real one, into an open part of the real span. Anything else, also a notice
/// that was turned before, stays as it is.
pub fn resolve_pending(part: SourceSpan) -> SourceSpan {
    let Some(real) = part.parent_span_id.filter(|_| part.end_nanos.is_some() && is_pending(&part))
    else {
        return part;
    };
    let parent = attribute(&part.attributes, PENDING_PARENT).and_then(Value::as_str);
    SourceSpan {
        span_id: real,
        parent_span_id: parent.and_then(|hex| SpanId::from_hex(hex).ok()),
        end_nanos: None,
        ..part
    }
}

fn is_pending(span: &SourceSpan) -> bool {
    attribute(&span.attributes, SPAN_TYPE).and_then(Value::as_str) == Some(PENDING_SPAN)
}

/// The age of every field that [`SourceSpan::older`] does not list.
fn age(span: &SourceSpan) -> PartAge {
    PartAge {
        settled: !is_pending(span),
        end_nanos: span.end_nanos,
        version: span.version,
        speaks: span.name.is_some() || span.start_nanos.is_some() || span.end_nanos.is_some(),
    }
}

/// The ages of a span's fields.
struct Ages<'a> {
    newest: PartAge,
    older: BTreeMap<Vec<&'a str>, PartAge>,
}

impl<'a> Ages<'a> {
    fn of(span: &'a SourceSpan) -> Ages<'a> {
        let older = span.older.iter().flat_map(|fields| {
            fields.paths.iter().map(|path| (path.iter().map(String::as_str).collect(), fields.age))
        });
        Ages { newest: age(span), older: older.collect() }
    }

    fn at(&self, path: &[&str]) -> PartAge {
        self.older.get(path).copied().unwrap_or(self.newest)
    }
}

/// Two spans being combined, and the paths of what has been taken so far by age.
struct Join<'a> {
    a: (&'a SourceSpan, Ages<'a>),
    b: (&'a SourceSpan, Ages<'a>),
    dated: BTreeMap<PartAge, Vec<Vec<String>>>,
}

impl<'a> Join<'a> {
    fn new(a: &'a SourceSpan, b: &'a SourceSpan) -> Join<'a> {
        Join { a: (a, Ages::of(a)), b: (b, Ages::of(b)), dated: BTreeMap::new() }
    }

    /// The newer of the two values that are there, and notes its age.
    fn field<T: Clone + 'a>(
        &mut self,
        name: &str,
        get: impl Fn(&'a SourceSpan) -> Option<&'a T>,
        compare: impl Fn(&T, &T) -> Ordering,
    ) -> Option<T> {
        let left = get(self.a.0).map(|value| (self.a.1.at(&[name]), value));
        let right = get(self.b.0).map(|value| (self.b.1.at(&[name]), value));
        let (age, value) = match (left, right) {
            (Some(left), Some(right)) => {
                let order = left.0.cmp(&right.0).then_with(|| compare(left.1, right.1));
                if order == Ordering::Less { right } else { left }
            }
            (left, right) => left.or(right)?,
        };
        self.dated.entry(age).or_default().push(vec![name.to_owned()]);
        Some(value.clone())
    }

    fn option<T: Clone + Ord + 'a>(
        &mut self,
        name: &str,
        get: impl Fn(&'a SourceSpan) -> &'a Option<T>,
    ) -> Option<T> {
        self.field(name, |span| get(span).as_ref(), T::cmp)
    }

    fn text(
        &mut self,
        name: &str,
        get: impl Fn(&'a SourceSpan) -> &'a Option<String>,
    ) -> Option<String> {
        self.field(name, |span| get(span).as_ref(), |x, y| order::texts(x, y))
    }

    fn attributes(&mut self) -> Attributes {
        let tree = |(span, ages): &(&'a SourceSpan, Ages<'a>)| {
            Tree::of(&span.attributes, &mut vec![ATTRIBUTES], &|path| ages.at(path))
        };
        let mut joined = tree(&self.a).join(tree(&self.b));
        // What only the notice of a start says is over once the span itself is there.
        if joined.text(SPAN_TYPE).is_some_and(|kind| kind != PENDING_SPAN) {
            joined.remove(PENDING_PARENT);
        }
        let mut dated = |age, path: Vec<String>| self.dated.entry(age).or_default().push(path);
        joined.into_attributes(&mut vec![ATTRIBUTES.to_owned()], &mut dated)
    }
}

#[cfg(test)]
mod tests;
