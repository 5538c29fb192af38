//! What a note says about a run, and what spans keep saying.

#![allow(clippy::unwrap_used, reason = "test code")]

#[allow(dead_code, reason = "shared with the laws, which use the other half")]
#[path = "trace/spans.rs"]
mod spans;

use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::source::{Sender, SourceSpan, SourceStatus, StatusCode};
use clew_model::span::{Span, Status};
use clew_model::trace::TraceState;
use spans::{plain, saying, trace_id};

fn note(attributes: &[(&str, &str)]) -> SourceSpan {
    let mut note = SourceSpan::note(trace_id(), Sender::Langfuse);
    let pairs = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).into()));
    note.attributes = pairs.collect();
    note
}

fn facts(note: &SourceSpan) -> Span {
    normalise(note, &PriceTable::shipped())
}

/// A root with a session, a user and a tag.
fn root() -> Span {
    saying(plain(1, 0), |words| {
        words.session_id = Some("of the root".to_owned());
        words.user_id = Some("grace".to_owned());
        words.tags = vec!["b".to_owned(), "c".to_owned()];
    })
}

#[test]
fn a_note_speaks_before_spans_and_counts_as_none() {
    let said = note(&[
        ("langfuse.trace.name", "demo-trace"),
        ("langfuse.session.id", "sess-123"),
        ("langfuse.environment", "production"),
        ("langfuse.release", "v9"),
        ("langfuse.trace.tags", "[\"a\", \"b\"]"),
    ]);
    let mut late = TraceState::new(trace_id());
    late.upsert(&root());
    let bare = late.summary();
    late.set_note(&facts(&said));
    let summary = late.summary();
    assert_eq!(summary.name, "demo-trace");
    assert_eq!(summary.session_id.as_deref(), Some("sess-123"));
    assert_eq!(summary.user_id.as_deref(), Some("grace"), "the note names no user");
    assert_eq!(summary.environment.as_deref(), Some("production"));
    assert_eq!(summary.release.as_deref(), Some("v9"));
    assert_eq!(summary.tags, ["a", "b", "c"]);
    assert_eq!((summary.span_count, summary.root_count), (1, 1));
    assert_eq!((summary.status, summary.root_status), (bare.status, bare.root_status));
    assert_eq!((summary.start_nanos, summary.ended), (bare.start_nanos, bare.ended));

    let mut early = TraceState::new(trace_id());
    early.set_note(&facts(&said));
    early.upsert(&root());
    assert_eq!(early.summary(), summary);
}

#[test]
fn a_note_may_be_all_there_is() {
    let mut said = note(&[("langfuse.user.id", "ada")]);
    said.name = Some("own name".to_owned());
    said.start_nanos = Some(1_795_132_800_000_000_000);
    let mut state = TraceState::new(trace_id());
    state.set_note(&facts(&said));
    let summary = state.summary();
    assert_eq!((summary.name.as_str(), summary.span_count), ("own name", 0));
    assert_eq!(summary.user_id.as_deref(), Some("ada"));
    assert_eq!(summary.start_nanos, 1_795_132_800_000_000_000);
    assert_eq!((summary.status, summary.root_status), (Status::Unset, Status::Unset));
    assert!(!summary.ended && !summary.receipt.missing_root);
}

#[test]
fn a_failed_note_fails_the_run_and_no_span() {
    let mut said = note(&[]);
    said.status = SourceStatus { code: StatusCode::Error, message: "out of money".to_owned() };
    let mut state = TraceState::new(trace_id());
    state.upsert(&root());
    state.set_note(&facts(&said));
    let summary = state.summary();
    assert_eq!((summary.status, summary.root_status), (Status::Ok, Status::Error));
    assert_eq!(summary.error_count, 0);
    assert_eq!(summary.error.map(|error| error.message).as_deref(), Some("out of money"));
}
