//! Flush, merge, epochs, crashes in between, deletes.

use clew_store::{FaultPoint, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::world::{WS, World, call, full_span, span, trace_id, words};

const MINUTE: i64 = 60_000_000_000;

fn sound(world: &World) {
    assert_eq!(world.store.check().unwrap().problems, []);
}

#[test]
fn a_trace_at_rest_becomes_one_chunk() {
    let world = World::new();
    let mut want = Vec::new();
    for number in 0..6 {
        let spans = [full_span(1, number * 2), call(1, number * 2 + 1, None, number)];
        world.put(&spans);
        world.store.flush().unwrap();
        want.extend(spans);
    }
    let before = world.store.sizes().unwrap();
    assert_eq!(world.store.check().unwrap().chunks, 6);
    world.store.merge().unwrap();
    assert_eq!(world.store.check().unwrap().chunks, 6, "it has not come to rest");
    world.pass(2 * MINUTE);
    world.store.merge().unwrap();
    let report = world.store.check().unwrap();
    assert_eq!((report.chunks, report.spans, report.problems), (1, 12, vec![]));
    assert_eq!(world.sources(1), want);
    let after = world.store.sizes().unwrap();
    assert!(after.chunk_bytes + after.block_bytes < before.chunk_bytes + before.block_bytes);
    // It grows again: only what is new is merged to it, and recovery still knows its place.
    world.put(&[span(1, 50)]);
    let crashed = world.crashed();
    want.push(span(1, 50));
    assert_eq!(crashed.sources(1), want);
    crashed.pass(2 * MINUTE);
    crashed.store.merge().unwrap();
    assert_eq!(crashed.sources(1), want);
    assert_eq!(crashed.crashed().sources(1), want);
    sound(&crashed);
}

#[test]
fn a_merge_drops_older_versions() {
    let world = World::new();
    let mut open = span(1, 0);
    open.end_nanos = None;
    world.put(&[open.clone(), span(1, 1)]);
    world.store.flush().unwrap();
    world.put(&[span(1, 0)]);
    world.store.flush().unwrap();
    world.pass(2 * MINUTE);
    world.store.merge().unwrap();
    let whole = clew_model::fold::fold(&open, &span(1, 0));
    let mut found = world.sources(1);
    found.sort_by_key(|span| span.span_id);
    assert_eq!(found, [whole, span(1, 1)]);
    sound(&world);
}

#[test]
fn a_conversation_of_many_traces_keeps_its_history_once() {
    let world = World::new();
    for turn in 0..20 {
        world.put(&[call(turn, 0, Some("conversation"), turn + 1)]);
        if turn % 3 == 0 {
            world.store.flush().unwrap();
        }
    }
    let check = |world: &World| {
        for turn in 0..20 {
            assert_eq!(world.sources(turn), [call(turn, 0, Some("conversation"), turn + 1)]);
        }
    };
    check(&world);
    check(&world.crashed());
    world.store.flush().unwrap();
    check(&world);
    world.pass(2 * MINUTE);
    world.store.merge().unwrap();
    check(&world);
    sound(&world);
    // 20 turns of 700 bytes and a system prompt of 2,000, once each, and not compressible
    // by more than half; resent they are 167,000.
    let sizes = world.store.sizes().unwrap();
    let texts = sizes.block_bytes + sizes.shared_bytes;
    assert!(texts < 14_000, "{texts}");
    assert!(sizes.shared_bytes > 500, "the system prompt is shared");
}

#[test]
fn a_session_that_never_ends_begins_new_epochs() {
    let world = World::with(|options| {
        options.owner_max_bytes = 4_000;
        options.owner_max_nanos = 10 * MINUTE;
    });
    for turn in 0..12 {
        world.put(&[call(turn, 0, Some("user-7"), turn + 1)]);
        world.pass(2 * MINUTE);
    }
    world.store.flush().unwrap();
    for turn in 0..12 {
        assert_eq!(world.sources(turn), [call(turn, 0, Some("user-7"), turn + 1)]);
    }
    sound(&world);
    let world = world.reopened();
    world.put(&[call(30, 0, Some("user-7"), 2)]);
    assert_eq!(world.sources(30), [call(30, 0, Some("user-7"), 2)]);
    sound(&world);
}

#[test]
fn a_session_learnt_late_moves_the_trace_to_another_owner() {
    let world = World::new();
    world.put(&[call(1, 1, None, 2)]);
    world.put(&[call(1, 0, Some("late"), 2), call(2, 0, Some("late"), 3)]);
    world.put(&[call(1, 2, None, 2)]);
    let want = [call(1, 1, None, 2), call(1, 0, Some("late"), 2), call(1, 2, None, 2)];
    assert_eq!(world.sources(1), want);
    assert_eq!(world.crashed().sources(1), want);
    world.store.flush().unwrap();
    assert_eq!(world.sources(1), want);
    sound(&world);
}

/// Ruling 25: messages of one session come by way of two traces, and their chunks are
/// written at different times.
#[test]
fn interleaved_traces_of_a_session_survive_a_crash_at_every_step() {
    let world = World::with(|options| options.flush_spans = 4);
    let mut want: [Vec<_>; 2] = [Vec::new(), Vec::new()];
    for step in 0..24_u64 {
        let trace = step % 5 % 2;
        let span = call(trace, step, Some("both"), step / 2 + 1);
        world.put(std::slice::from_ref(&span));
        want[trace as usize].push(span);
        let crashed = world.crashed();
        for (trace, want) in (0..).zip(&want) {
            if !want.is_empty() {
                assert_eq!(&crashed.sources(trace), want, "step {step}");
            }
        }
        sound(&crashed);
    }
}

#[test]
fn texts_shared_by_a_workspace_are_counted_by_trace() {
    let world = World::new();
    world.put(&[call(1, 0, None, 1), call(1, 1, None, 1), call(2, 0, None, 1)]);
    world.store.flush().unwrap();
    sound(&world);
    let world = world.reopened();
    world.put(&[call(1, 2, None, 2), call(3, 0, None, 1)]);
    sound(&world);
}

#[test]
fn a_commit_that_fails_leaves_nothing_behind() {
    static FAILS: AtomicU64 = AtomicU64::new(0);
    let world = World::with(|options| {
        options.fault = Some(Arc::new(|point| {
            let fails = point == FaultPoint::BeforeCommit && FAILS.load(Ordering::SeqCst) > 0;
            if fails { Err(StoreError::Full("as told".to_owned())) } else { Ok(()) }
        }));
    });
    world.put(&[call(1, 0, Some("s"), 2)]);
    let row = world.store.trace_row(WS, &trace_id(1)).unwrap();
    FAILS.store(1, Ordering::SeqCst);
    let failed = world.put_in(WS, &[call(1, 1, Some("s"), 3), call(2, 0, Some("new"), 1)]);
    assert!(failed.unwrap_err().is_full());
    FAILS.store(0, Ordering::SeqCst);
    assert_eq!(world.store.trace_row(WS, &trace_id(1)).unwrap(), row);
    assert!(world.store.trace_row(WS, &trace_id(2)).unwrap().is_none());
    assert_eq!(world.sources(1), [call(1, 0, Some("s"), 2)]);
    // The same again is new, not a duplicate, and has its texts.
    let again = world.put(&[call(1, 1, Some("s"), 3), call(2, 0, Some("new"), 1)]);
    assert_eq!((again.new_spans, again.duplicate_spans, again.commit_seq), (2, 0, 2));
    let want = [call(1, 0, Some("s"), 2), call(1, 1, Some("s"), 3)];
    assert_eq!(world.sources(1), want);
    assert_eq!(world.crashed().sources(1), want);
    sound(&world);
}

#[test]
fn chunks_that_can_t_be_written_are_tried_again() {
    static FAILS: AtomicU64 = AtomicU64::new(0);
    let world = World::with(|options| {
        options.fault = Some(Arc::new(|point| {
            let fails = point == FaultPoint::BeforeFlushCommit && FAILS.load(Ordering::SeqCst) > 0;
            if fails { Err(StoreError::Full("as told".to_owned())) } else { Ok(()) }
        }));
    });
    world.put(&[call(1, 0, None, 2)]);
    FAILS.store(1, Ordering::SeqCst);
    assert!(world.store.flush().is_err());
    assert_eq!(world.sources(1), [call(1, 0, None, 2)]);
    world.put(&[call(1, 1, None, 2)]);
    FAILS.store(0, Ordering::SeqCst);
    world.store.flush().unwrap();
    assert_eq!(world.sources(1), [call(1, 0, None, 2), call(1, 1, None, 2)]);
    assert_eq!(world.store.metrics().staging_bytes, 0);
    sound(&world);
}

#[test]
fn too_much_at_once_is_turned_away_and_one_large_request_let_in() {
    let world = World::with(|options| options.in_flight_max_bytes = 10_000);
    let mut large = span(1, 0);
    large.attributes.push(("text".to_owned(), words(1, 100_000).into()));
    world.put(&[large.clone()]);
    assert_eq!(world.sources(1), [large]);
    let release = world.hold_writer();
    let first = world.store.append(crate::world::append(WS, &[span(2, 0)]));
    let refused = world.put_in(WS, &[full_span(3, 0)]);
    assert!(refused.unwrap_err().is_overloaded());
    assert_eq!(world.store.metrics().refused_overloaded, 1);
    release();
    assert_eq!(World::wait(first).unwrap().new_spans, 1);
    assert_eq!(world.put(&[full_span(3, 0)]).new_spans, 1);
}

#[test]
fn traces_flushed_by_cap_age_and_quietness_do_not_hold_the_log() {
    let world = World::with(|options| options.staging_max_bytes = 64 << 10);
    for number in 0..400 {
        world.put(&[call(number % 40, number, None, 1)]);
    }
    let metrics = world.store.metrics();
    assert!(metrics.staging_bytes <= 96 << 10, "{}", metrics.staging_bytes);
    assert!(metrics.chunks > 0);
    assert!(world.store.sizes().unwrap().log_bytes < 200 << 10);
    for trace in 0..40 {
        assert_eq!(world.sources(trace).len(), 10);
    }
    sound(&world);
}

#[test]
fn a_dictionary_of_what_many_traces_share_makes_small_chunks_smaller() {
    let fill = |change: fn(&mut clew_store::StoreOptions)| {
        let world = World::with(change);
        for number in 0..60 {
            world.put(&[full_span(number, 0), span(number, 1)]);
            world.store.flush().unwrap();
        }
        world
    };
    let without = fill(|options| options.dictionary_samples = 0);
    let with = fill(|options| options.dictionary_samples = 20);
    let (plain, trained) = (without.store.sizes().unwrap(), with.store.sizes().unwrap());
    assert_eq!(plain.dictionary_bytes, 0);
    assert!(trained.dictionary_bytes > 1_000, "{trained:?}");
    assert!(trained.chunk_bytes < plain.chunk_bytes * 9 / 10, "{trained:?} {plain:?}");
    let check = |world: &World| {
        for number in 0..60 {
            assert_eq!(world.sources(number), [full_span(number, 0), span(number, 1)]);
        }
        sound(world);
    };
    check(&with);
    check(&with.crashed());
    let with = with.reopened();
    with.put(&[span(0, 2)]);
    with.store.flush().unwrap();
    with.pass(2 * MINUTE);
    with.store.merge().unwrap();
    assert_eq!(with.sources(0).len(), 3);
    sound(&with);
}

#[test]
fn facts_are_derived_anew_and_payload_stays() {
    static NEW: AtomicU64 = AtomicU64::new(0);
    let world = World::with(|options| {
        let normalise = Arc::clone(&options.normalise);
        options.normalise = Arc::new(move |source| {
            let mut facts = normalise(source);
            if NEW.load(Ordering::SeqCst) > 0 {
                facts.release = Some("second".to_owned());
                facts.end_nanos = facts.end_nanos.map(|end| end + 7);
                facts.start_nanos += 3;
            }
            facts
        });
    });
    let want = |trace: u64| [full_span(trace, 0), call(trace, 1, Some("s"), 3)];
    for trace in 0..5 {
        world.put(&want(trace));
        if trace % 2 == 0 {
            world.store.flush().unwrap();
        }
    }
    let same = world.store.reprice(WS, None, 10).unwrap();
    assert_eq!((same.traces, same.changed, same.next_cursor), (5, 0, None));
    NEW.store(1, Ordering::SeqCst);
    let first = world.store.reprice(WS, None, 3).unwrap();
    assert_eq!((first.traces, first.changed), (3, 3));
    let rest = world.store.reprice(WS, first.next_cursor.as_deref(), 3).unwrap();
    assert_eq!((rest.traces, rest.changed, rest.next_cursor), (2, 2, None));
    assert!(matches!(world.store.reprice(WS, Some("x"), 1), Err(StoreError::BadCursor)));
    let check = |world: &World| {
        for trace in 0..5 {
            assert_eq!(world.sources(trace), want(trace));
            let row = world.store.trace_row(WS, &trace_id(trace)).unwrap().unwrap();
            assert_eq!(row.summary.release.as_deref(), Some("second"));
            for span in world.store.trace_spans(WS, &trace_id(trace)).unwrap() {
                assert_eq!(span.release.as_deref(), Some("second"));
            }
        }
        sound(world);
    };
    check(&world);
    check(&world.crashed());
    world.put(&[span(0, 9)]);
    let row = world.store.trace_row(WS, &trace_id(0)).unwrap().unwrap();
    assert_eq!(row.summary.span_count, 3);
    sound(&world);
}

/// Pitfall 1: with more active traces than there is memory for, each comes back after it
/// was forgotten.
#[test]
fn forgotten_traces_and_sessions_are_known_again() {
    let world = World::with(|options| {
        options.active_max_bytes = 32 << 10;
        options.flush_spans = 3;
    });
    for round in 0..6 {
        for trace in 0..60 {
            let session = ["even", "odd"][trace as usize % 2];
            let span = call(trace, round, Some(session), round + 1);
            assert_eq!(world.put(std::slice::from_ref(&span)).new_spans, 1);
        }
    }
    assert!(world.store.metrics().active_traces < 60, "some were forgotten");
    for trace in 0..60 {
        let session = ["even", "odd"][trace as usize % 2];
        let again: Vec<_> =
            (0..6).map(|round| call(trace, round, Some(session), round + 1)).collect();
        let appended = world.put(&again);
        assert_eq!((appended.new_spans, appended.duplicate_spans), (0, 6));
        assert_eq!(world.sources(trace), again);
    }
    sound(&world);
}

/// A reader meets commits and flushes at every moment: it sees each span once, and all
/// that was acked before it began.
#[test]
fn readers_see_each_span_once_while_it_moves() {
    let world = World::with(|options| options.flush_spans = 3);
    world.put(&[call(1, 0, Some("s"), 1)]);
    let acked = AtomicU64::new(1);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..250 {
                world.put(&[call(1, number, Some("s"), number % 9), span(2, number)]);
                acked.store(number + 1, Ordering::SeqCst);
            }
        });
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let before = acked.load(Ordering::SeqCst);
                    let row = world.store.trace_row(WS, &trace_id(1)).unwrap().unwrap();
                    let sources = world.sources(1);
                    let mut ids: Vec<_> = sources.iter().map(|span| span.span_id).collect();
                    ids.sort();
                    ids.dedup();
                    assert_eq!(ids.len(), sources.len(), "twice");
                    let least = before.max(row.summary.span_count) as usize;
                    assert!(sources.len() >= least, "{} of {least}", sources.len());
                    let spans = world.store.trace_spans(WS, &trace_id(1)).unwrap();
                    assert!(spans.len() >= sources.len());
                    if before == 250 {
                        break;
                    }
                }
            });
        }
    });
    sound(&world);
}
