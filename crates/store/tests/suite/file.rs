//! The file and the folder: damage, limits, copies, privacy.

use std::path::Path;

use clew_store::{FollowerCursor, SinceCursor, Store, StoreError, StoreOptions, TombstoneQuery};
use rusqlite::Connection;

use crate::world::{WS, World, call, full_span, span, trace_id, words};

/// Changes the file behind the store's back.
fn edit(world: World, sql: &str) -> Result<World, StoreError> {
    world.store.close().unwrap();
    let folder = world.folder;
    drop(world.store);
    let connection = Connection::open(folder.path().join("clew.db")).unwrap();
    connection.execute_batch(sql).unwrap();
    drop(connection);
    World::in_folder(folder, |_| ())
}

#[test]
fn damage_to_a_chunk_is_found_and_stays_with_its_trace() {
    let world = World::new();
    world.put(&[full_span(1, 0), full_span(2, 0)]);
    world.store.flush().unwrap();
    let sql = "UPDATE chunk SET body = substr(body, 1, 40) || x'00' || substr(body, 42) \
               WHERE key >> 20 = 1";
    let world = edit(world, sql).unwrap();
    let damaged = world.store.sources(WS, &trace_id(1), None);
    assert!(matches!(damaged, Err(StoreError::Corrupt(_))), "{damaged:?}");
    assert_eq!(world.store.trace_spans(WS, &trace_id(1)).unwrap().len(), 1, "the head is whole");
    assert_eq!(world.sources(2), [full_span(2, 0)]);
    let problems = world.store.check().unwrap().problems;
    assert!(problems.iter().any(|problem| problem.code == "checksum"), "{problems:?}");
    assert!(world.store.purge_trace(WS, trace_id(1), true).unwrap(), "it can be deleted");
    let problems = world.store.check().unwrap().problems;
    assert!(problems.iter().all(|problem| problem.code == "shared_count"), "{problems:?}");
}

#[test]
fn damage_to_a_log_row_costs_only_what_it_held() {
    let world = World::new();
    world.put(&[call(1, 0, Some("s"), 1)]);
    world.put(&[call(1, 1, Some("s"), 2)]);
    world.put(&[call(2, 0, Some("s"), 3)]);
    let crashed = world.crashed_after(|path| {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch("UPDATE log SET block = x'ff' WHERE seq = 2").unwrap();
    });
    let report = crashed.store.check().unwrap();
    assert!(report.problems.iter().any(|problem| problem.code == "count"), "{report:?}");
    let again = crashed.put(&[call(1, 0, Some("s"), 1), call(1, 1, Some("s"), 2)]);
    assert_eq!((again.duplicate_spans, again.new_spans), (1, 1));
    assert_eq!(crashed.sources(1), [call(1, 0, Some("s"), 1), call(1, 1, Some("s"), 2)]);
}

#[test]
fn a_file_of_a_later_version_is_refused_untouched() {
    let world = World::new();
    world.put(&[span(1, 0)]);
    let refused = edit(world, "PRAGMA user_version = 999").err();
    assert!(matches!(refused, Some(StoreError::Newer { found: 999, .. })), "{refused:?}");
}

/// Takes away what the fifth version brought.
const WITHOUT_FIFTH: &str = "DROP TABLE trace_notes; DROP TABLE attachments; DROP TABLE contents; \
    DROP TABLE content_pieces; DROP TABLE sender_projects; PRAGMA user_version = 4;";

#[test]
fn a_file_without_notes_is_brought_up() {
    let world = World::new();
    world.put(&[span(1, 0), call(1, 1, Some("s"), 2)]);
    let world = edit(world, WITHOUT_FIFTH).unwrap();
    assert_eq!(world.store.trace_note(WS, &trace_id(1)).unwrap(), None);
    assert_eq!(world.sources(1), [span(1, 0), call(1, 1, Some("s"), 2)]);
    assert_eq!(world.store.check().unwrap().problems, []);
}

#[test]
fn a_file_of_the_first_version_is_brought_up() {
    let world = World::new();
    world.put(&[span(1, 0), span(2, 0)]);
    assert!(world.store.purge_trace(WS, trace_id(1), true).unwrap());
    let first = "ALTER TABLE tombstones DROP COLUMN agent_no; PRAGMA user_version = 1";
    let world = edit(world, &format!("{WITHOUT_FIFTH} {first}")).unwrap();
    let asked = TombstoneQuery {
        workspace: WS,
        agent: None,
        trace_id: Some(trace_id(1)),
        before: None,
        limit: 10,
    };
    let told = world.store.tombstones(&asked).unwrap();
    assert_eq!(told.iter().map(|stone| stone.trace_id).collect::<Vec<_>>(), [trace_id(1)]);
    assert_eq!(world.sources(2), [span(2, 0)]);
}

#[test]
fn a_full_store_refuses_spans_and_still_reads_and_deletes() {
    let world = World::with(|options| {
        options.max_bytes = 2 << 20;
        options.reserve_bytes = 1 << 20;
    });
    let filler = |number: u64| {
        let mut filler = span(number, 0);
        filler.attributes.push(("text".to_owned(), words(number, 100_000).into()));
        filler
    };
    let mut kept = 0;
    let full = loop {
        match world.put_in(WS, &[filler(kept)]) {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(full.is_full(), "{full}");
    assert!(kept > 5, "{kept}");
    for number in 0..kept {
        assert_eq!(world.sources(number), [filler(number)]);
    }
    for number in 0..kept / 2 {
        assert!(world.store.purge_trace(WS, trace_id(number), false).unwrap());
    }
    assert_eq!(world.put(&[filler(900)]).new_spans, 1);
    assert_eq!(world.sources(900), [filler(900)]);
    assert_eq!(world.sources(kept - 1), [filler(kept - 1)]);
}

#[test]
fn a_folder_that_can_t_be_made_is_a_clear_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Store::open(&file.path().join("data"), StoreOptions::default()).err();
    assert!(error.is_some());
    let missing = Store::open(Path::new("/proc/clew"), StoreOptions::default()).err();
    assert!(missing.is_some());
}

#[test]
fn a_backup_is_a_whole_store_of_one_moment() {
    let world = World::new();
    world.put(&[full_span(1, 0)]);
    world.store.flush().unwrap();
    world.put(&[full_span(2, 0)]);
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("clew.db");
    world.store.backup(&file).unwrap();
    world.put(&[full_span(3, 0)]);
    assert!(matches!(world.store.backup(&file), Err(StoreError::Conflict(_))));
    let copy = World::in_folder(folder, |_| ()).unwrap();
    assert_eq!(copy.sources(1), [full_span(1, 0)]);
    assert_eq!(copy.sources(2), [full_span(2, 0)]);
    assert!(copy.store.trace_row(WS, &trace_id(3)).unwrap().is_none());
    assert_eq!(copy.store.check().unwrap().problems, []);
}

fn found_in_files(world: &World, needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for needle in needles {
            if memchr::memmem::find(&bytes, needle.as_bytes()).is_some() {
                found.push(format!("{needle} in {}", path.display()));
            }
        }
    }
    found
}

/// Ruling 28: plant a canary, purge, search every file.
#[test]
fn a_purge_leaves_no_byte_in_any_file() {
    // Short and unlike anything else, so that compression leaves them as they are.
    let canaries = ["Zq7#Xw9", "Kp2@Lv5", "Hy8~Gd3", "Bn4^Tj6"];
    let planted = |number: u64, session: Option<&str>| {
        let mut span = call(1, number, session, 1);
        span.name = Some(format!("{} name", canaries[0]));
        span.attributes.push(("short".to_owned(), canaries[1].into()));
        span.attributes.push((format!("key.{}", canaries[2]), true.into()));
        span.attributes
            .push(("long".to_owned(), format!("{}{}", canaries[3], words(4, 90)).into()));
        span
    };
    for (session, flush, merge) in [
        (None, false, false),
        (Some("s"), true, false),
        (Some("s"), true, true),
        (None, true, true),
    ] {
        let world = World::new();
        let neighbour = call(2, 0, session, 2);
        world.put(&[planted(0, session), neighbour.clone()]);
        if flush {
            world.store.flush().unwrap();
        }
        world.put(&[planted(1, session)]);
        if merge {
            world.store.flush().unwrap();
            world.pass(120_000_000_000);
            world.store.merge().unwrap();
        }
        assert_ne!(found_in_files(&world, &canaries), Vec::<String>::new(), "it was there");
        assert!(world.store.purge_trace(WS, trace_id(1), true).unwrap());
        assert_eq!(found_in_files(&world, &canaries), Vec::<String>::new());
        assert_eq!(world.sources(2), std::slice::from_ref(&neighbour));
        let refused = world.put(&[planted(0, session), call(2, 1, session, 3)]);
        assert_eq!((refused.refused_deleted, refused.new_spans), (1, 1));
        assert!(world.store.trace_row(WS, &trace_id(1)).unwrap().is_none());
        assert_eq!(world.sources(2), [neighbour, call(2, 1, session, 3)]);
        assert_eq!(world.store.check().unwrap().problems, []);
        let world = world.reopened();
        assert_eq!(found_in_files(&world, &canaries), Vec::<String>::new());
        // After the named time the id may be used again.
        world.pass(31 * 86_400_000_000_000);
        assert_eq!(world.put(&[span(1, 0)]).new_spans, 1);
        assert_eq!(world.sources(1), [span(1, 0)]);
    }
}

#[test]
fn followers_read_the_log_and_what_has_left_it() {
    let world = World::with(|options| options.log_max_bytes = 2_000);
    let cursor = FollowerCursor { name: "export".to_owned(), seq: 0, behind: false };
    world.store.set_follower(cursor).unwrap();
    world.put(&[span(1, 0), span(2, 0)]);
    world.put(&[span(1, 1)]);
    world.store.flush().unwrap();
    let read = world.store.read_log(1, usize::MAX).unwrap();
    let seen: Vec<_> = read
        .records
        .iter()
        .flat_map(|record| {
            record.traces.iter().map(move |t| (record.seq, t.trace_id, t.spans.len()))
        })
        .collect();
    assert_eq!(seen, [(1, trace_id(1), 1), (1, trace_id(2), 1), (2, trace_id(1), 1)]);
    assert_eq!(read.next_seq, 3);
    assert_eq!(world.store.read_log(1, 1).unwrap().records.len(), 1, "bounded");
    world
        .store
        .set_follower(FollowerCursor { name: "export".into(), seq: 2, behind: false })
        .unwrap();
    // It stops; the log goes on without it once it would hold too much.
    for number in 0..20 {
        world.put(&[full_span(3, number)]);
        world.store.flush().unwrap();
    }
    let follower = world.store.follower("export").unwrap().unwrap();
    assert!(follower.behind);
    assert!(matches!(world.store.read_log(3, 1_000), Err(StoreError::NotFound(_))));
    let since = world.store.traces_since(SinceCursor::after(follower.seq), 100).unwrap();
    assert!(since.traces.iter().all(|found| *found == (WS, trace_id(3))), "{since:?}");
    assert_eq!((since.traces.len(), since.next), (20, None));
    let page = world.store.traces_since(SinceCursor::after(0), 5).unwrap();
    let rest = world.store.traces_since(page.next.unwrap(), 100).unwrap();
    assert_eq!((page.traces.len(), rest.traces.len()), (5, 17));
    let (first, last) = world.store.log_range().unwrap().unwrap();
    assert_eq!((first, last), (22, 22));
    world.store.remove_follower("export").unwrap();
    assert_eq!(world.store.followers().unwrap(), []);
    world.store.purge_trace(WS, trace_id(3), false).unwrap();
    let read = world.store.read_log(23, usize::MAX).unwrap();
    assert_eq!(read.records[0].deleted, [(WS, trace_id(3))]);
}

#[test]
fn subscribers_hear_of_every_commit() {
    let world = World::new();
    let mut commits = world.store.subscribe();
    world.put(&[span(1, 0), span(2, 0)]);
    world.put(&[span(1, 1)]);
    world.store.purge_trace(WS, trace_id(2), false).unwrap();
    let mut heard = Vec::new();
    while let Ok(commit) = commits.try_recv() {
        heard.extend(commit.traces.iter().map(|t| (commit.seq, t.trace_id, t.new, t.deleted)));
    }
    let (one, two) = (trace_id(1), trace_id(2));
    let want = [
        (1, one, true, false),
        (1, two, true, false),
        (2, one, false, false),
        (3, two, false, true),
    ];
    assert_eq!(heard, want);
}

#[test]
fn the_file_gives_its_room_back() {
    let world = World::new();
    for number in 0..40 {
        let mut large = span(number, 0);
        large.attributes.push(("text".to_owned(), words(number, 60_000).into()));
        world.put(&[large]);
    }
    world.store.flush().unwrap();
    let before = world.store.sizes().unwrap();
    for number in 0..39 {
        assert!(world.store.purge_trace(WS, trace_id(number), number == 38).unwrap());
    }
    let after = world.store.sizes().unwrap();
    assert_eq!((after.free_bytes, after.wal_bytes), (0, 0));
    assert!(after.file_bytes < before.file_bytes / 4, "{before:?} {after:?}");
}

/// The log is long because a follower lags: recovery begins where chunks end.
#[test]
fn recovery_skips_what_only_followers_need() {
    let world = World::new();
    let cursor = FollowerCursor { name: "slow".to_owned(), seq: 0, behind: false };
    world.store.set_follower(cursor).unwrap();
    for number in 0..40 {
        world.put(&[call(number % 3, number, Some("s"), 2)]);
    }
    world.store.flush().unwrap();
    world.put(&[span(7, 0)]);
    // A row that recovery does not need may be damaged without being missed.
    let crashed = world.crashed_after(|path| {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch("UPDATE log SET block = x'ff' WHERE seq = 5").unwrap();
    });
    assert_eq!(crashed.store.log_range().unwrap(), Some((1, 41)));
    assert_eq!(crashed.sources(7), [span(7, 0)]);
    for trace in 0..3 {
        assert_eq!(crashed.sources(trace).len(), world.sources(trace).len());
    }
    assert_eq!(crashed.put(&[span(7, 1)]).commit_seq, 42);
    let read = crashed.store.read_log(4, usize::MAX).unwrap();
    assert_eq!((read.damaged, read.next_seq), (vec![5], 43));
}

#[test]
fn a_closed_store_says_so() {
    let world = World::new();
    world.put(&[span(1, 0)]);
    world.store.close().unwrap();
    assert!(matches!(world.put_in(WS, &[span(1, 1)]), Err(StoreError::Closed)));
    assert!(matches!(world.store.sources(WS, &trace_id(1), None), Err(StoreError::Closed)));
    world.store.close().unwrap();
}
