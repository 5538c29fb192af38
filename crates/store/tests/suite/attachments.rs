//! Attachments, projects of senders, and whose a span is.

use clew_model::source::SourceSpan;
use clew_store::{
    Append, AttachmentContent, AttachmentLimits, Change, NewAttachment, PutAttachment, StoreError,
    WorkspaceId,
};

use crate::world::{NOW, WS, World, append, call, span, span_id, trace_id, words};

/// SHA-256 of `hello`.
const HELLO: [u8; 32] = [
    0x2c, 0xf2, 0x4d, 0xba, 0x5f, 0xb0, 0xa3, 0x0e, 0x26, 0xe8, 0x3b, 0x2a, 0xc5, 0xb9, 0xe2, 0x9e,
    0x1b, 0x16, 0x1e, 0x5c, 0x1f, 0xa7, 0x42, 0x5e, 0x73, 0x04, 0x33, 0x62, 0x93, 0x8b, 0x98, 0x24,
];

fn file(trace: u64, name: &str, bytes: &[u8]) -> NewAttachment {
    NewAttachment {
        trace_id: trace_id(trace),
        span_id: None,
        sender_id: None,
        name: name.to_owned(),
        content_type: "text/plain".to_owned(),
        content: AttachmentContent::Bytes(bytes.to_vec()),
    }
}

fn put_in(world: &World, workspace: WorkspaceId, new: NewAttachment) -> PutAttachment {
    world.store.put_attachment(workspace, None, new, AttachmentLimits::default()).unwrap()
}

fn put(world: &World, new: NewAttachment) -> i64 {
    match put_in(world, WS, new) {
        PutAttachment::Kept(attachment) | PutAttachment::Known(attachment) => attachment.id,
        other => panic!("{other:?}"),
    }
}

fn names(world: &World, trace: u64) -> Vec<String> {
    let found = world.store.attachments(WS, &trace_id(trace)).unwrap();
    found.into_iter().map(|attachment| attachment.name).collect()
}

fn sound(world: &World) {
    assert_eq!(world.store.check().unwrap().problems, []);
}

#[test]
fn an_attachment_is_kept_once_by_span_name_and_content() {
    let world = World::new();
    let first = put(&world, file(1, "a.txt", b"hello"));
    let attachment = world.store.attachment(WS, first).unwrap().unwrap();
    assert_eq!((attachment.trace_id, attachment.span_id), (trace_id(1), None));
    assert_eq!((&*attachment.name, &*attachment.content_type), ("a.txt", "text/plain"));
    assert_eq!((attachment.size, attachment.sha256), (5, HELLO));
    assert_eq!(attachment.created_nanos, NOW);
    let row = world.store.trace_row(WS, &trace_id(1)).unwrap().unwrap();
    assert_eq!(row.summary.span_count, 0, "its run has a row");

    let before = row.commit_seq;
    let again = put_in(&world, WS, file(1, "a.txt", b"hello"));
    let row = world.store.trace_row(WS, &trace_id(1)).unwrap().unwrap();
    assert!(row.commit_seq > before, "who watches the run is told");
    assert_eq!(row.last_arrival_nanos, row.arrived_nanos);
    assert_eq!(again, PutAttachment::Known(attachment));
    for (span, name, bytes) in
        [(None, "b.txt", "hello"), (Some(span_id(3)), "a.txt", "hello"), (None, "a.txt", "bye")]
    {
        let new = NewAttachment { span_id: span, ..file(1, name, bytes.as_bytes()) };
        assert!(matches!(put_in(&world, WS, new), PutAttachment::Kept(_)), "{name} {bytes}");
    }
    let world = world.crashed();
    assert_eq!(names(&world, 1), ["a.txt", "b.txt", "a.txt", "a.txt"]);
    assert_eq!(world.store.attachment_bytes(WS, first, 0, 100).unwrap(), b"hello");
    assert_eq!(world.store.attachment_bytes(WS, first, 1, 3).unwrap(), b"ell");
    assert_eq!(world.store.attachment_bytes(WS, first, 5, 3).unwrap(), b"");
    assert_eq!(world.store.attachment_bytes(WS, first, u64::MAX, usize::MAX).unwrap(), b"");
    sound(&world);
}

#[test]
fn a_large_one_is_read_in_pieces() {
    let world = World::new();
    let text = words(1, (3 << 20) + 17).into_bytes();
    let id = put(&world, file(1, "large", &text));
    let world = world.reopened();
    let read = |offset: u64, length| world.store.attachment_bytes(WS, id, offset, length).unwrap();
    assert_eq!(read(0, usize::MAX), text);
    for (from, length) in [(1 << 20, 1), ((1 << 20) - 1, 2), (1_000_000, 2_000_000)] {
        assert_eq!(read(from as u64, length), text[from..from + length], "{from}");
    }
    assert_eq!(read((3 << 20) + 10, 100), text[(3 << 20) + 10..]);
    let sizes = world.store.sizes().unwrap();
    assert!(sizes.attachment_bytes > 1 << 20);
    let copy = tempfile::TempDir::new().unwrap();
    world.store.backup(&copy.path().join("clew.db")).unwrap();
    let copied = clew_store::Store::open(copy.path(), clew_store::StoreOptions::default()).unwrap();
    assert_eq!(copied.attachment_bytes(WS, id, 0, usize::MAX).unwrap(), text);
    copied.close().unwrap();
    sound(&world);
}

#[test]
fn bytes_are_stored_once_and_go_with_the_last_run() {
    let world = World::new();
    let canary = format!("canary-in-a-file {}", words(2, 500_000));
    let known = AttachmentContent::Stored(HELLO);
    let absent = NewAttachment { content: known.clone(), ..file(2, "x", b"") };
    let refused = world.store.put_attachment(WS, None, absent, AttachmentLimits::default());
    assert!(matches!(refused, Err(StoreError::NotFound("content"))), "{refused:?}");
    assert_eq!(world.store.content_size(WS, &HELLO).unwrap(), None);

    put(&world, file(1, "a", canary.as_bytes()));
    let once = world.store.sizes().unwrap().attachment_bytes;
    put(&world, file(2, "b", canary.as_bytes()));
    put(&world, file(1, "hello", b"hello"));
    assert_eq!(world.store.content_size(WS, &HELLO).unwrap(), Some(5));
    let reference =
        NewAttachment { content: known, span_id: Some(span_id(1)), ..file(2, "x", b"") };
    put(&world, reference);
    assert!(world.store.sizes().unwrap().attachment_bytes < once + 100);

    assert!(world.store.purge_trace(WS, trace_id(1), true).unwrap());
    assert_eq!(names(&world, 1), [""; 0]);
    assert_eq!(names(&world, 2), ["b", "x"]);
    sound(&world);
    let found = world.store.attachments(WS, &trace_id(2)).unwrap();
    let whole = world.store.attachment_bytes(WS, found[0].id, 0, usize::MAX).unwrap();
    assert_eq!(whole, canary.as_bytes());
    assert!(world.store.purge_trace(WS, trace_id(2), true).unwrap());
    assert_eq!(world.store.content_size(WS, &HELLO).unwrap(), None);
    assert_eq!(world.store.sizes().unwrap().attachment_bytes, 0);
    sound(&world);
}

#[test]
fn no_byte_of_a_deleted_attachment_is_left() {
    let world = World::new();
    // Short, so that it is not compressed beyond recognition.
    put(
        &world,
        NewAttachment {
            sender_id: Some("canary-id".to_owned()),
            ..file(1, "canary-name", b"canary-content")
        },
    );
    let holds = |needle: &[u8]| {
        std::fs::read_dir(world.folder.path()).unwrap().any(|entry| {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle)
        })
    };
    assert!(holds(b"canary-content") && holds(b"canary-name") && holds(b"canary-id"));
    assert!(world.store.purge_trace(WS, trace_id(1), true).unwrap());
    assert!(!holds(b"canary-"));
    assert_eq!(put_in(&world, WS, file(1, "late", b"x")), PutAttachment::Deleted);
}

#[test]
fn limits_are_told_and_cost_nothing_else() {
    let world = World::new();
    let limits = AttachmentLimits { bytes: 10, per_trace: 2 };
    let large = world.store.put_attachment(WS, None, file(1, "a", &[1; 11]), limits);
    let Err(StoreError::Invalid(why)) = large else { panic!("{large:?}") };
    assert!(why.contains("ingest.max_attachment_bytes"), "{why}");
    let attachments = vec![
        file(1, "large", &[1; 11]),
        file(1, "a", b"a"),
        file(1, "b", b"b"),
        file(1, "c", b"c"),
        file(1, "a", b"a"),
    ];
    let along = Append { attachments, attachment_limits: limits, ..append(WS, &[span(1, 0)]) };
    let appended = world.store.append_blocking(along).unwrap();
    assert_eq!((appended.new_spans, appended.new_attachments), (1, 2));
    assert_eq!(appended.refused_attachments, 2);
    assert_eq!(names(&world, 1), ["a", "b"]);
    let more = world.store.put_attachment(WS, None, file(1, "d", b"d"), limits).unwrap();
    assert_eq!(more, PutAttachment::TooMany);
    sound(&world);
}

#[test]
fn attachments_of_two_workspaces_do_not_meet() {
    let world = World::new();
    let change = Change { workspace: WS, by: "ada".to_owned(), at_nanos: NOW };
    let made = world.store.create_workspace("team", &change).unwrap();
    let team = made.id;
    let called = |bytes| NewAttachment { sender_id: Some("m1".to_owned()), ..file(1, "a", bytes) };
    let ours = put(&world, called(b"hello"));
    assert_eq!(world.store.content_size(team, &HELLO).unwrap(), None);
    assert_eq!(world.store.attachment(team, ours).unwrap(), None);
    assert!(world.store.attachment_bytes(team, ours, 0, 5).unwrap_err().is_not_found());
    assert_eq!(world.store.attachment_of_sender(team, "m1").unwrap(), None);
    put_in(&world, team, called(b"hello"));
    let found = world.store.attachment_of_sender(WS, "m1").unwrap().unwrap();
    assert_eq!(found.id, ours);
    assert!(world.store.purge_trace(WS, trace_id(1), true).unwrap());
    assert_eq!(world.store.content_size(team, &HELLO).unwrap(), Some(5));
    world.store.delete_workspace(&made, &change).unwrap();
    assert_eq!(world.store.sizes().unwrap().attachment_bytes, 0);
    sound(&world);
}

#[test]
fn damage_to_an_attachment_is_found() {
    let world = World::new();
    put(&world, file(1, "a", &words(1, 2 << 20).into_bytes()));
    put(&world, file(1, "b", b"hello"));
    put(&world, file(2, "c", b"bye"));
    let world = world.crashed_after(|path| {
        let file = rusqlite::Connection::open(path).unwrap();
        let harm = "DELETE FROM content_pieces WHERE content_no = 1 AND piece = 0; \
                    UPDATE contents SET bytes = 6 WHERE content_no = 2; \
                    UPDATE attachments SET content_no = 77 WHERE content_no = 3;";
        file.execute_batch(harm).unwrap();
    });
    let problems = world.store.check().unwrap().problems;
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(
        codes,
        ["missing_content", "checksum", "checksum", "orphan_content"],
        "{problems:?}"
    );
}

#[test]
fn projects_are_known_by_name_and_id() {
    let world = World::new();
    let store = &world.store;
    store.put_sender_project(WS, "braintrust", "p1", "shop").unwrap();
    world.pass(1);
    store.put_sender_project(WS, "braintrust", "p2", "shop").unwrap();
    store.put_sender_project(WS, "langsmith", "p1", "other").unwrap();
    let id = |product, name| store.sender_project_id(WS, product, name).unwrap();
    assert_eq!(id("braintrust", "shop").as_deref(), Some("p1"), "the oldest");
    store.put_sender_project(WS, "braintrust", "p1", "renamed").unwrap();
    assert_eq!(id("braintrust", "shop").as_deref(), Some("p2"));
    assert_eq!(id("langsmith", "shop"), None);
    let name = store.sender_project_name(WS, "braintrust", "p1").unwrap();
    assert_eq!(name.as_deref(), Some("renamed"));
    let all = store.sender_projects(WS, "braintrust").unwrap();
    let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    assert_eq!(all, [pair("p1", "renamed"), pair("p2", "shop")]);
    assert_eq!(store.sender_projects(WorkspaceId(9), "braintrust").unwrap(), []);
}

#[test]
fn a_span_is_found_by_its_id_alone() {
    let world = World::new();
    let called = |trace, number, name: &str| SourceSpan {
        sender_span_id: Some(name.to_owned()),
        ..call(trace, number, None, 1)
    };
    let row = "6f1c7f3a-2b1d-4b0e-9f43-1d2e3f405162";
    world.put(&[span(1, 0), called(1, 7, row), span(2, 0), called(2, 8, "other-row")]);
    let trace = |number| world.store.trace_of_span(WS, span_id(number)).unwrap();
    let of_sender = |name: &str| world.store.span_of_sender(WS, name).unwrap();
    for _ in ["staged", "flushed"] {
        assert_eq!(trace(7), Some(trace_id(1)));
        assert_eq!(trace(0), Some(trace_id(2)), "the newest");
        assert_eq!(trace(99), None);
        assert_eq!(of_sender(row), Some((trace_id(1), span_id(7))));
        assert_eq!(of_sender("row"), None);
        assert_eq!(world.store.trace_of_span(WorkspaceId(9), span_id(7)).unwrap(), None);
        assert_eq!(world.store.span_of_sender(WorkspaceId(9), row).unwrap(), None);
        world.store.flush().unwrap();
    }
}

#[test]
fn a_span_is_found_among_many_chunks() {
    let world = World::new();
    for trace in 0..600 {
        world.put(&[span(trace, 1_000 + trace)]);
    }
    world.store.flush().unwrap();
    for trace in [0, 255, 256, 599] {
        let found = world.store.trace_of_span(WS, span_id(1_000 + trace)).unwrap();
        assert_eq!(found, Some(trace_id(trace)));
    }
}
