//! What was acked is there, as it came, once.

use clew_model::source::SourceSpan;
use clew_store::{StoreError, WorkspaceId};

use crate::world::{NOW, WS, World, call, full_span, span, span_id, trace_id, words};

#[test]
fn every_field_comes_back_from_staging_chunks_and_after_a_crash() {
    let world = World::new();
    let spans = [full_span(1, 0), span(1, 1), call(1, 2, None, 4)];
    let appended = world.put(&spans);
    assert_eq!((appended.new_spans, appended.commit_seq), (3, 1));
    assert_eq!(world.sources(1), spans, "staged");
    assert_eq!(world.crashed().sources(1), spans, "staged, after a crash");
    world.store.flush().unwrap();
    assert_eq!(world.store.metrics().staging_bytes, 0);
    assert_eq!(world.sources(1), spans, "in a chunk");
    assert_eq!(world.crashed().sources(1), spans, "in a chunk, after a crash");
    assert_eq!(world.reopened().sources(1), spans, "after a clean end");
}

#[test]
fn half_in_chunks_and_half_staged_is_one_trace() {
    let world = World::new();
    world.put(&[span(1, 0), span(1, 1)]);
    world.store.flush().unwrap();
    world.put(&[span(1, 2)]);
    let want = [span(1, 0), span(1, 1), span(1, 2)];
    assert_eq!(world.sources(1), want);
    assert_eq!(world.crashed().sources(1), want);
    let one = world.store.sources(WS, &trace_id(1), Some(&[span_id(2)])).unwrap();
    assert_eq!(one, [span(1, 2)]);
    let row = world.store.trace_row(WS, &trace_id(1)).unwrap().unwrap();
    assert_eq!((row.summary.span_count, row.summary.start_nanos), (3, NOW));
    assert_eq!(world.store.trace_spans(WS, &trace_id(1)).unwrap().len(), 3);
}

#[test]
fn the_same_span_again_is_counted_and_not_stored() {
    let world = World::new();
    world.put(&[span(1, 0), full_span(1, 1)]);
    let again = world.put(&[full_span(1, 1)]);
    assert_eq!((again.new_spans, again.merged_spans, again.duplicate_spans), (0, 0, 1));
    world.store.flush().unwrap();
    let flushed = world.put(&[full_span(1, 1)]);
    assert_eq!((flushed.new_spans, flushed.merged_spans, flushed.duplicate_spans), (0, 0, 1));
    // After a reopen its hash is no longer known and has to be worked out.
    let world = world.reopened();
    let reopened = world.put(&[full_span(1, 1), full_span(1, 1), span(1, 2)]);
    assert_eq!((reopened.new_spans, reopened.merged_spans, reopened.duplicate_spans), (1, 0, 2));
    let row = world.store.trace_row(WS, &trace_id(1)).unwrap().unwrap();
    assert_eq!((row.summary.span_count, row.summary.receipt.duplicates), (3, 4));
    assert_eq!(world.sources(1), [span(1, 0), full_span(1, 1), span(1, 2)]);
}

/// The start of a span, and its end, as an SDK sends them apart.
fn halves() -> (SourceSpan, SourceSpan) {
    let (mut start, mut end) = (span(1, 0), span(1, 0));
    start.end_nanos = None;
    start.attributes = vec![("input.value".to_owned(), words(1, 300).into())];
    end.start_nanos = None;
    end.name = None;
    end.attributes = vec![("output.value".to_owned(), words(2, 300).into())];
    (start, end)
}

#[test]
fn parts_are_combined_in_any_order_and_place() {
    let (start, end) = halves();
    let whole = clew_model::fold::fold(&start, &end);
    type Place = fn(&World);
    let places: [(&str, Place); 2] =
        [("staged", |_| ()), ("in a chunk", |world| world.store.flush().unwrap())];
    for (first, second) in [(&start, &end), (&end, &start)] {
        for (name, between) in places {
            let world = World::new();
            world.put(std::slice::from_ref(first));
            between(&world);
            let merged = world.put(std::slice::from_ref(second));
            assert_eq!((merged.new_spans, merged.merged_spans), (0, 1), "{name}");
            assert_eq!(world.sources(1), std::slice::from_ref(&whole), "{name}");
            assert_eq!(
                world.crashed().sources(1),
                std::slice::from_ref(&whole),
                "{name}, after a crash"
            );
            world.store.flush().unwrap();
            assert_eq!(world.sources(1), std::slice::from_ref(&whole), "{name}, then flushed");
            let again = world.put(&[start.clone(), end.clone()]);
            assert_eq!((again.merged_spans, again.duplicate_spans), (0, 2), "{name}");
            let row = world.store.trace_row(WS, &trace_id(1)).unwrap().unwrap();
            assert_eq!(row.summary.span_count, 1);
        }
    }
}

#[test]
fn parts_of_one_request_are_combined_at_once() {
    let world = World::new();
    let (start, end) = halves();
    let appended = world.put(&[start.clone(), end.clone(), start.clone()]);
    assert_eq!((appended.new_spans, appended.merged_spans, appended.duplicate_spans), (1, 1, 1));
    assert_eq!(world.sources(1), [clew_model::fold::fold(&start, &end)]);
}

#[test]
fn workspaces_with_the_same_ids_do_not_meet() {
    let world = World::new();
    let other = WorkspaceId(7);
    let mine = call(1, 0, Some("chat"), 2);
    let mut theirs = call(1, 0, Some("chat"), 2);
    theirs.attributes.push(("secret".to_owned(), words(5, 2_000).into()));
    world.put(std::slice::from_ref(&mine));
    let appended = world.put_in(other, std::slice::from_ref(&theirs)).unwrap();
    assert_eq!((appended.new_spans, appended.merged_spans), (1, 0));
    for _ in 0..2 {
        assert_eq!(world.sources(1), std::slice::from_ref(&mine));
        let found = world.store.sources(other, &trace_id(1), None).unwrap();
        assert_eq!(found, std::slice::from_ref(&theirs));
        world.store.flush().unwrap();
    }
    let nowhere = world.store.sources(WorkspaceId(8), &trace_id(1), None);
    assert!(matches!(nowhere, Err(StoreError::NotFound(_))));
}

#[test]
fn a_text_too_large_for_a_block_is_kept_in_pieces_and_once() {
    let world = World::new();
    let image = words(21, 3 << 20);
    let mut spans = Vec::new();
    for number in 0..3 {
        let mut span = span(1, number);
        span.attributes.push(("image".to_owned(), image.as_str().into()));
        spans.push(span);
    }
    world.put(&spans[..1]);
    world.put(&spans[1..2]);
    world.store.flush().unwrap();
    let world = world.reopened();
    world.put(&spans[2..]);
    assert_eq!(world.sources(1), spans);
    assert!(world.store.sizes().unwrap().blob_bytes < 4 << 20, "stored once");
}

#[test]
fn one_folder_has_one_owner() {
    let world = World::new();
    let second = clew_store::Store::open(world.folder.path(), Default::default());
    assert!(matches!(second, Err(StoreError::Locked(_))));
}
