//! Spans made by hand: conventions without a recording, token rules, message shapes, and
//! bounds under hostile attributes. Expectations are literal.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod agentos;
mod bounds;
mod conventions;
mod frameworks;
mod langsmith;
mod messages;
mod openai_agents;
mod shapes;
mod usage;

use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::source::{Scope, Sender, SourceEvent, SourceSpan};
use clew_model::span::Span;
use clew_model::value::{Attributes, Value};

/// Attributes from pairs.
fn attributes(pairs: &[(&str, Value)]) -> Attributes {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
}

/// A span of one second by name, scope and attributes.
fn source(name: &str, scope: &str, pairs: &[(&str, Value)]) -> SourceSpan {
    let trace_id = TraceId::from_hex("0af7651916cd43dd8448eb211c80319c").unwrap();
    let span_id = SpanId::from_hex("b7ad6b7169203331").unwrap();
    SourceSpan {
        name: Some(name.to_owned()),
        start_nanos: Some(1_795_154_502_000_000_000),
        end_nanos: Some(1_795_154_503_000_000_000),
        attributes: attributes(pairs),
        scope: Arc::new(Scope { name: scope.to_owned(), ..Scope::default() }),
        ..SourceSpan::part(trace_id, span_id, Sender::Otlp)
    }
}

fn event(name: &str, pairs: &[(&str, Value)]) -> SourceEvent {
    SourceEvent {
        time_nanos: 1_795_154_502_500_000_000,
        name: name.to_owned(),
        attributes: attributes(pairs),
        dropped_attributes_count: 0,
        from_log: None,
    }
}

fn facts(source: &SourceSpan) -> Span {
    normalise(source, &PriceTable::shipped())
}

/// Facts of a span by name, scope and attributes.
fn facts_of(name: &str, scope: &str, pairs: &[(&str, Value)]) -> Span {
    facts(&source(name, scope, pairs))
}
