//! What belongs to a run and is no span: notes and labels that come along.

use clew_model::fold::fold;
use clew_model::ids::TraceId;
use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::source::{Sender, SourceSpan, SourceStatus, StatusCode};
use clew_model::span::Status;
use clew_store::{Append, Appended, Budget, StoreError, TraceQuery, TraceRow};

use crate::world::{NOW, WS, World, append, append_notes, call, span, span_id, trace_id, words};

fn note(trace: u64, attributes: &[(&str, &str)]) -> SourceSpan {
    let mut note = SourceSpan::note(trace_id(trace), Sender::Langfuse);
    let pairs = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).into()));
    note.attributes = pairs.collect();
    note
}

fn put(world: &World, spans: &[SourceSpan], notes: &[SourceSpan]) -> Appended {
    world.put_notes(spans, notes)
}

fn row(world: &World, trace: u64) -> TraceRow {
    world.store.trace_row(WS, &trace_id(trace)).unwrap().unwrap()
}

fn label(target: LabelTarget, name: &str) -> Label {
    Label {
        target,
        name: name.to_owned(),
        score: Some(0.5),
        value: None,
        explanation: None,
        source: LabelSource::Sdk,
        author: "tests".to_owned(),
        created_nanos: NOW,
    }
}

fn found(world: &World, filter: &str) -> Vec<TraceId> {
    let clock = clew_query::Clock { now_nanos: NOW, utc_offset_seconds: 0 };
    let query = TraceQuery {
        workspace: WS,
        filter: clew_query::parse(filter, clew_query::Subject::Trace, &clock).unwrap(),
        sort: Vec::new(),
        limit: 100,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: NOW,
    };
    let page = world.store.traces(&query).unwrap();
    page.rows.iter().map(|row| row.summary.trace_id).collect()
}

#[test]
fn a_note_may_come_first_later_twice_and_in_parts() {
    let named = note(1, &[("langfuse.trace.name", "demo"), ("langfuse.session.id", "talk")]);
    let mut ended = note(1, &[("langfuse.user.id", "ada"), ("langfuse.trace.tags", "[\"x\"]")]);
    ended.version = Some(7);
    let want = fold(&named, &ended);
    for order in [[&named, &ended], [&ended, &named]] {
        let world = World::new();
        put(&world, &[], &[order[0].clone()]);
        assert_eq!(row(&world, 1).summary.span_count, 0);
        put(&world, &[span(1, 0), call(1, 1, None, 2)], &[]);
        put(&world, &[], &[order[1].clone(), order[0].clone()]);
        let first = row(&world, 1).commit_seq;
        put(&world, &[span(1, 2)], &[order[1].clone()]);
        for world in [world.crashed(), world.reopened()] {
            let summary = row(&world, 1).summary;
            assert_eq!((&*summary.name, summary.span_count), ("demo", 3));
            assert_eq!(summary.session_id.as_deref(), Some("talk"));
            assert_eq!(summary.user_id.as_deref(), Some("ada"));
            assert_eq!(summary.tags, ["x"]);
            assert!(row(&world, 1).commit_seq > first);
            let stored = world.store.trace_note(WS, &trace_id(1)).unwrap();
            assert_eq!(stored.as_ref(), Some(&want));
            // The state is built again from what is stored.
            put(&world, &[span(1, 3)], &[]);
            assert_eq!(row(&world, 1).summary.name, "demo");
            assert_eq!(row(&world, 1).summary.span_count, 4);
            assert_eq!(world.store.check().unwrap().problems, []);
        }
    }
}

#[test]
fn a_note_keeps_everything_that_it_says() {
    let world = World::new();
    let mut whole = crate::world::full_span(1, 0);
    whole.span_id = clew_model::ids::SpanId::NOTE;
    whole.parent_span_id = None;
    put(&world, &[], std::slice::from_ref(&whole));
    assert_eq!(world.store.trace_note(WS, &trace_id(1)).unwrap(), Some(whole.clone()));
    whole.parent_span_id = Some(span_id(4));
    whole.span_id = span_id(9);
    whole.trace_id = trace_id(2);
    put(&world, &[], std::slice::from_ref(&whole));
    whole.span_id = clew_model::ids::SpanId::NOTE;
    assert_eq!(world.store.trace_note(WS, &trace_id(2)).unwrap(), Some(whole));
}

#[test]
fn deriving_anew_keeps_what_a_note_says() {
    let world = World::new();
    let said = [("langfuse.trace.name", "demo"), ("langfuse.trace.tags", "[\"x\"]")];
    put(&world, &[span(1, 0), call(1, 1, None, 2)], &[note(1, &said)]);
    put(&world, &[], &[note(2, &said)]);
    world.store.flush().unwrap();
    let before = [row(&world, 1), row(&world, 2)];
    let repriced = world.store.reprice(WS, None, 10).unwrap();
    assert_eq!((repriced.traces, repriced.changed), (2, 0));
    let after = [row(&world, 1), row(&world, 2)];
    assert_eq!(after.map(|row| row.summary), before.map(|row| row.summary));
    assert_eq!(found(&world, "tag:x").len(), 2);
}

#[test]
fn a_failed_note_fails_the_run() {
    let world = World::new();
    let mut failed = note(1, &[]);
    failed.status = SourceStatus { code: StatusCode::Error, message: "no money left".to_owned() };
    put(&world, &[span(1, 0)], &[failed]);
    put(&world, &[span(2, 0)], &[]);
    let summary = row(&world, 1).summary;
    assert_eq!((summary.status, summary.root_status), (Status::Ok, Status::Error));
    assert_eq!(summary.error_count, 0);
    assert_eq!(found(&world, "root_status:error"), [trace_id(1)]);
    assert_eq!(found(&world, "status:error"), []);
}

#[test]
fn runs_are_found_by_what_their_notes_say() {
    let world = World::new();
    let said = note(
        1,
        &[
            ("langfuse.trace.tags", "[\"urgent\"]"),
            ("langfuse.environment", "production"),
            ("langfuse.trace.metadata.plan", "enterprise"),
            ("langfuse.trace.metadata.remark", "the walrus sat on a fence"),
        ],
    );
    put(&world, &[span(1, 0), span(2, 0)], &[said]);
    for filter in ["tag:urgent", "env:production", "meta.plan:enterprise", "text:walrus"] {
        assert_eq!(found(&world, filter), [trace_id(1)], "{filter}");
    }
    let search = clew_store::SearchQuery {
        workspace: WS,
        text: "walrus fence".to_owned(),
        limit: 10,
        cursor: None,
        agent: None,
        budget: Budget::default(),
    };
    let page = world.store.search(&search).unwrap();
    assert_eq!(page.hits.len(), 1);
    assert_eq!((page.hits[0].trace_id, page.hits[0].span_id), (trace_id(1), None));
    assert_eq!(page.hits[0].snippet, "the walrus sat on a fence");
    // A span that loses a name makes the row's terms doubtful.
    let tool = |name: &str| {
        let mut span = span(1, 1);
        span.end_nanos = None;
        span.attributes.push(("gen_ai.tool.name".to_owned(), name.into()));
        span.attributes.push(("gen_ai.operation.name".to_owned(), "execute_tool".into()));
        span
    };
    put(&world, &[tool("a")], &[]);
    put(&world, &[tool("b")], &[]);
    assert_eq!(found(&world, "tag:urgent"), [trace_id(1)]);
}

#[test]
fn a_deleted_run_takes_its_note_along_and_refuses_the_next() {
    let world = World::new();
    let secret = note(1, &[("langfuse.trace.metadata.remark", "canary-in-a-note")]);
    put(&world, &[span(1, 0)], std::slice::from_ref(&secret));
    put(&world, &[], &[note(2, &[("langfuse.user.id", "ada")])]);
    assert!(world.store.purge_trace(WS, trace_id(1), true).unwrap());
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(16).any(|window| window == b"canary-in-a-note"));
    }
    let late = put(&world, &[span(1, 0)], &[secret]);
    assert_eq!((late.new_spans, late.refused_deleted), (0, 2));
    assert_eq!(world.store.trace_note(WS, &trace_id(1)).unwrap(), None);
    assert_eq!(row(&world, 2).summary.user_id.as_deref(), Some("ada"));
}

#[test]
fn notes_of_two_workspaces_do_not_meet() {
    let world = World::new();
    let change = clew_store::Change { workspace: WS, by: "ada".to_owned(), at_nanos: NOW };
    let team = world.store.create_workspace("team", &change).unwrap().id;
    put(&world, &[], &[note(1, &[("langfuse.trace.name", "ours")])]);
    let theirs = append_notes(team, &[], &[note(1, &[("langfuse.trace.name", "theirs")])]);
    world.store.append_blocking(theirs).unwrap();
    let name = |workspace| {
        let row = world.store.trace_row(workspace, &trace_id(1)).unwrap().unwrap();
        row.summary.name
    };
    assert_eq!((&*name(WS), &*name(team)), ("ours", "theirs"));
}

#[test]
fn a_damaged_note_stops_nothing_and_is_told() {
    let world = World::new();
    put(&world, &[span(1, 0)], &[note(1, &[("langfuse.trace.name", "demo")])]);
    let world = world.crashed_after(|file| {
        let file = rusqlite::Connection::open(file).unwrap();
        file.execute("UPDATE trace_notes SET checksum = checksum + 1", []).unwrap();
    });
    put(&world, &[span(1, 1)], &[]);
    assert_eq!(row(&world, 1).summary.name, "step 0");
    let problems = world.store.check().unwrap().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    put(&world, &[], &[note(1, &[("langfuse.trace.name", "again")])]);
    assert_eq!(row(&world, 1).summary.name, "again");
    assert_eq!(world.store.check().unwrap().problems, []);
}

#[test]
fn a_label_makes_the_row_of_a_run_that_is_yet_to_come() {
    let world = World::new();
    let labels = vec![
        label(LabelTarget::Trace { trace_id: trace_id(1) }, "quality"),
        label(LabelTarget::Span { trace_id: trace_id(2), span_id: span_id(3) }, "tone"),
        label(LabelTarget::Session { session_id: "talk".to_owned() }, "mood"),
    ];
    let along = Append { labels: labels.clone(), ..append(WS, &[]) };
    world.store.append_blocking(along.clone()).unwrap();
    world.store.append_blocking(along).unwrap();
    let world = world.crashed();
    assert_eq!(row(&world, 1).summary.span_count, 0);
    assert_eq!(row(&world, 1).labels.len(), 1);
    assert_eq!(found(&world, "label:tone"), [trace_id(2)]);
    let arrived = row(&world, 1).last_arrival_nanos;
    world.pass(5);
    put(&world, &[span(2, 3), call(2, 0, Some("talk"), 1)], &[]);
    assert_eq!(row(&world, 2).labels[0].label, labels[1]);
    assert_eq!(found(&world, "label:tone"), [trace_id(2)]);
    let of_session = world.store.labels(WS, Some("mood"), None, 10).unwrap();
    assert_eq!(of_session.len(), 1);
    assert_eq!(of_session[0].label, labels[2]);
    // A verdict on a run that is there is no news of the run.
    let late = Append { labels: labels[..1].to_vec(), ..append(WS, &[]) };
    world.store.append_blocking(late).unwrap();
    assert_eq!(row(&world, 1).last_arrival_nanos, arrived);
}

#[test]
fn a_label_on_a_deleted_run_is_refused_and_counted() {
    let world = World::new();
    put(&world, &[span(1, 0)], &[]);
    world.store.purge_trace(WS, trace_id(1), true).unwrap();
    let target = LabelTarget::Trace { trace_id: trace_id(1) };
    let labels = vec![
        label(target.clone(), "one"),
        label(target, "two"),
        label(LabelTarget::Trace { trace_id: trace_id(2) }, "three"),
    ];
    let along = Append { labels, ..append(WS, &[]) };
    assert_eq!(world.store.append_blocking(along).unwrap().refused_deleted, 2);
    assert!(world.store.trace_row(WS, &trace_id(1)).unwrap().is_none());
    assert_eq!(row(&world, 2).labels.len(), 1);
    let nameless = vec![label(LabelTarget::Trace { trace_id: trace_id(3) }, "")];
    let refused = world.store.append_blocking(Append { labels: nameless, ..append(WS, &[]) });
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
}

#[test]
fn a_large_note_is_kept_whole() {
    let world = World::new();
    let large = note(1, &[("langfuse.trace.metadata", &words(1, 3 << 20))]);
    put(&world, &[], std::slice::from_ref(&large));
    assert_eq!(world.crashed().store.trace_note(WS, &trace_id(1)).unwrap(), Some(large));
}
