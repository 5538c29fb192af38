//! Random lives of a store against a model of a few lines.

use std::collections::BTreeMap;

use clew_model::fold::fold;
use clew_model::ids::SpanId;
use clew_model::source::{Sender, SourceEvent, SourceSpan};
use clew_model::value::attribute;
use clew_store::{AttachmentContent, AttachmentLimits, NewAttachment, PutAttachment, StoreError};
use proptest::prelude::*;

use crate::world::{NOW, WS, World, call, span, trace_id, words};

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<(u64, u64, Part)>),
    Note(u64, u64),
    Attach(u64, u64),
    Flush,
    Merge,
    Reopen,
    Crash,
    Delete(u64),
}

/// What of a span comes.
#[derive(Debug, Clone, Copy)]
enum Part {
    Whole,
    Start,
    End,
    Changed,
    Log,
}

const TRACES: u64 = 4;

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        4 => Just(Part::Whole),
        1 => Just(Part::Start),
        1 => Just(Part::End),
        1 => Just(Part::Changed),
        1 => Just(Part::Log),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let spans = prop::collection::vec((0..TRACES, 0..12_u64, part()), 1..12);
    prop_oneof![
        8 => spans.prop_map(Step::Append),
        2 => (0..TRACES, 0..6_u64).prop_map(|(trace, number)| Step::Note(trace, number)),
        2 => (0..TRACES, 0..4_u64).prop_map(|(trace, number)| Step::Attach(trace, number)),
        2 => Just(Step::Flush),
        1 => Just(Step::Merge),
        1 => Just(Step::Reopen),
        2 => Just(Step::Crash),
        1 => (0..TRACES).prop_map(Step::Delete),
    ]
}

/// Traces 0 and 1 are turns of one conversation, 2 has none, 3 learns of its late.
fn source(trace: u64, number: u64, part: Part) -> SourceSpan {
    let session = match trace {
        0 | 1 => Some("conversation"),
        3 if number == 7 => Some("conversation"),
        _ => None,
    };
    let mut source = call(trace, number, session, number % 5);
    match part {
        Part::Whole => {}
        Part::Start => {
            source.end_nanos = None;
            source.attributes.truncate(3);
        }
        Part::End => {
            source.start_nanos = None;
            source.name = None;
            source.attributes = vec![("output.value".to_owned(), words(number, 200).into())];
        }
        Part::Changed => source.attributes.push(("more".to_owned(), words(number, 90).into())),
        Part::Log => {
            let bare = span(trace, number);
            source = SourceSpan::part(bare.trace_id, bare.span_id, bare.sender);
            source.events = vec![SourceEvent {
                time_nanos: NOW,
                name: "log".to_owned(),
                attributes: vec![("body".to_owned(), words(number, 120).into())],
                dropped_attributes_count: 0,
                from_log: None,
            }];
        }
    }
    source
}

/// Some say who the user is, some for which session, newer ones win.
fn note(trace: u64, number: u64) -> SourceSpan {
    let mut note = SourceSpan::note(trace_id(trace), Sender::Langfuse);
    note.version = Some(number as i64 / 2);
    note.attributes = vec![("about".to_owned(), words(number, 80).into())];
    if number.is_multiple_of(2) {
        note.attributes.push(("langfuse.user.id".to_owned(), format!("user {number}").into()));
    }
    if number == 3 {
        note.attributes.push(("langfuse.session.id".to_owned(), "conversation".into()));
    }
    note
}

fn said_user(note: Option<&SourceSpan>) -> Option<&str> {
    attribute(&note?.attributes, "langfuse.user.id")?.as_str()
}

#[derive(Default)]
struct Model {
    traces: BTreeMap<u64, Trace>,
    deleted: Vec<u64>,
}

#[derive(Default)]
struct Trace {
    spans: BTreeMap<SpanId, SourceSpan>,
    note: Option<SourceSpan>,
    /// Names and the seeds of their contents.
    files: Vec<(String, u64)>,
    duplicates: u64,
}

impl Model {
    /// New, merged, duplicate, refused.
    fn append(&mut self, sources: &[(u64, SourceSpan)]) -> [u64; 4] {
        let mut counts = [0; 4];
        for (trace, source) in sources {
            if self.deleted.contains(trace) {
                counts[3] += 1;
                continue;
            }
            let known = self.traces.entry(*trace).or_default();
            match known.spans.get_mut(&source.span_id) {
                None => {
                    known.spans.insert(source.span_id, source.clone());
                    counts[0] += 1;
                }
                Some(stored) => {
                    known.duplicates += 1;
                    let combined =
                        if stored == source { source.clone() } else { fold(stored, source) };
                    counts[if combined == *stored { 2 } else { 1 }] += 1;
                    *stored = combined;
                }
            }
        }
        counts
    }

    /// Whether it was refused.
    fn note(&mut self, trace: u64, note: &SourceSpan) -> bool {
        if self.deleted.contains(&trace) {
            return true;
        }
        let known = &mut self.traces.entry(trace).or_default().note;
        *known = Some(known.as_ref().map_or_else(|| note.clone(), |known| fold(known, note)));
        false
    }

    /// Whether it was refused.
    fn attach(&mut self, trace: u64, number: u64) -> bool {
        if self.deleted.contains(&trace) {
            return true;
        }
        let file = (format!("file {number}"), number / 2);
        let files = &mut self.traces.entry(trace).or_default().files;
        if !files.contains(&file) {
            files.push(file);
        }
        false
    }

    fn compare(&self, world: &World) {
        for trace in 0..TRACES {
            let found = world.store.sources(WS, &trace_id(trace), None);
            let Some(known) = self.traces.get(&trace) else {
                assert!(matches!(found, Err(StoreError::NotFound(_))), "trace {trace}");
                continue;
            };
            let mut found = found.unwrap();
            found.sort_by_key(|span| span.span_id);
            let want: Vec<_> = known.spans.values().cloned().collect();
            assert_eq!(found, want, "trace {trace}");
            let row = world.store.trace_row(WS, &trace_id(trace)).unwrap().unwrap();
            assert_eq!(row.summary.span_count, want.len() as u64);
            assert_eq!(row.summary.receipt.duplicates, known.duplicates, "trace {trace}");
            let files = world.store.attachments(WS, &trace_id(trace)).unwrap();
            let names: Vec<&str> = files.iter().map(|file| &*file.name).collect();
            let wanted: Vec<&str> = known.files.iter().map(|(name, _)| &**name).collect();
            assert_eq!(names, wanted, "trace {trace}");
            for (file, (_, seed)) in files.iter().zip(&known.files) {
                let bytes = world.store.attachment_bytes(WS, file.id, 0, usize::MAX).unwrap();
                assert_eq!(bytes, words(*seed, 900).as_bytes(), "trace {trace}");
            }
            let note = world.store.trace_note(WS, &trace_id(trace)).unwrap();
            assert_eq!(note, known.note, "trace {trace}");
            if let Some(user) = said_user(known.note.as_ref()) {
                assert_eq!(row.summary.user_id.as_deref(), Some(user), "trace {trace}");
            }
        }
    }
}

fn live(steps: Vec<Step>) {
    let mut world = World::with(|options| {
        options.flush_spans = 6;
        options.owner_max_bytes = 6_000;
    });
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Append(spans) => {
                let sources: Vec<_> = spans
                    .into_iter()
                    .map(|(trace, number, part)| (trace, source(trace, number, part)))
                    .collect();
                let all: Vec<_> = sources.iter().map(|(_, source)| source.clone()).collect();
                let appended = world.put(&all);
                let found = [
                    appended.new_spans,
                    appended.merged_spans,
                    appended.duplicate_spans,
                    appended.refused_deleted,
                ];
                assert_eq!(found, model.append(&sources));
            }
            Step::Note(trace, number) => {
                let said = note(trace, number);
                let appended = world.put_notes(&[], std::slice::from_ref(&said));
                let refused = model.note(trace, &said);
                assert_eq!(appended.refused_deleted, u64::from(refused));
            }
            Step::Attach(trace, number) => {
                let new = NewAttachment {
                    trace_id: trace_id(trace),
                    span_id: None,
                    sender_id: None,
                    name: format!("file {number}"),
                    content_type: "text/plain".to_owned(),
                    content: AttachmentContent::Bytes(words(number / 2, 900).into_bytes()),
                };
                let limits = AttachmentLimits::default();
                let put = world.store.put_attachment(WS, None, new, limits).unwrap();
                assert_eq!(put == PutAttachment::Deleted, model.attach(trace, number));
            }
            Step::Flush => world.store.flush().unwrap(),
            Step::Merge => {
                world.pass(120_000_000_000);
                world.store.merge().unwrap();
            }
            Step::Reopen => world = world.reopened(),
            Step::Crash => world = world.crashed(),
            Step::Delete(trace) => {
                let there = model.traces.remove(&trace).is_some();
                let wiped = world.store.purge_trace(WS, trace_id(trace), true).unwrap();
                assert_eq!(wiped, there);
                if there {
                    model.deleted.push(trace);
                }
            }
        }
        model.compare(&world);
    }
    assert_eq!(world.store.check().unwrap().problems, []);
    model.compare(&world.reopened());
}

proptest! {
    // Each case is a life of up to 24 steps, every one of them on disk.
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_what_was_acked_is_there_once(steps in prop::collection::vec(step(), 1..24)) {
        live(steps);
    }
}
