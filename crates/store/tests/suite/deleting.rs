//! Deleting: traces, workspaces, and what retention says.

use std::path::Path;
use std::time::Duration;

use clew_model::source::SourceSpan;
use clew_query::{Clock, Filter, Subject, parse};
use clew_store::{
    Budget, Change, Locked, NewKey, Scope, SessionQuery, Store, StoreError, TombstoneQuery,
    TraceQuery, WorkspaceId,
};
use serde_json::json;

use crate::world::{NOW, WS, World, call, span, trace_id};

const DAY: i64 = 86_400_000_000_000;
const LONG: Duration = Duration::from_secs(60);

fn change(workspace: WorkspaceId, at_nanos: i64) -> Change {
    Change { workspace, by: "ada".to_owned(), at_nanos }
}

fn filter(text: &str, subject: Subject, now: i64) -> Filter {
    parse(text, subject, &Clock { now_nanos: now, utc_offset_seconds: 0 }).unwrap()
}

fn query(workspace: WorkspaceId, text: &str, now: i64) -> TraceQuery {
    TraceQuery {
        workspace,
        filter: filter(text, Subject::Trace, now),
        sort: Vec::new(),
        limit: 1_000,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now,
    }
}

/// Last bytes of the ids of the traces there are, newest first.
fn traces(store: &Store, workspace: WorkspaceId, text: &str) -> Vec<u64> {
    let page = store.traces(&query(workspace, text, store.now())).unwrap();
    let number = |bytes: &[u8; 16]| u64::from(bytes[15]) - 1;
    page.rows.iter().map(|row| number(row.summary.trace_id.as_bytes())).collect()
}

fn holds(folder: &Path, needle: &str) -> bool {
    let needle = needle.as_bytes();
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}

fn secret(trace: u64, session: &str) -> SourceSpan {
    let mut secret = call(trace, 1, Some(session), 2);
    for (key, value) in [
        ("user.id", "canary-user"),
        ("tag.tags", "[\"canary-tag\"]"),
        ("deployment.environment", "canary-env"),
        ("note", "canary-attribute that is long enough to be a text of its own, sixty bytes"),
        ("gen_ai.agent.name", "planner"),
    ] {
        secret.attributes.push((key.to_owned(), value.into()));
    }
    secret
}

#[test]
fn a_deleted_trace_leaves_no_byte_and_does_not_come_back() {
    let world = World::new();
    world.put(&[span(1, 0), secret(1, "canary-session")]);
    world.put(&[span(2, 0), call(2, 1, Some("kept"), 2)]);
    world.store.flush().unwrap();
    world.put(&[secret(3, "canary-session")]);
    let store = &world.store;
    assert_eq!(traces(store, WS, "user:canary-user"), [3, 1]);
    assert!(holds(world.folder.path(), "canary-user"));

    let deleted = store.delete_trace(&trace_id(1), "by hand", &change(WS, NOW + 5)).unwrap();
    assert_eq!((deleted.trace_count, deleted.wiped), (1, true));
    let all = query(WS, "user:canary-user", NOW);
    let deleted = store.delete_matching(&all, "a request", &change(WS, NOW + 6)).unwrap();
    assert_eq!((deleted.trace_count, deleted.wiped), (1, true));
    assert!(!holds(world.folder.path(), "canary-"));
    assert_eq!(traces(store, WS, ""), [2]);
    let sessions = SessionQuery {
        workspace: WS,
        filter: filter("", Subject::Session, NOW),
        sort: Vec::new(),
        limit: 10,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: NOW,
    };
    let ids: Vec<String> =
        store.sessions(&sessions).unwrap().rows.into_iter().map(|row| row.session_id).collect();
    assert_eq!(ids, ["kept"]);

    let late = world.put(&[span(1, 0), secret(1, "again")]);
    assert_eq!((late.new_spans, late.refused_deleted), (0, 2));
    let asked =
        TombstoneQuery { workspace: WS, agent: None, trace_id: None, before: None, limit: 10 };
    let tombstones = store.tombstones(&asked).unwrap();
    let told: Vec<_> = tombstones
        .iter()
        .map(|stone| (stone.trace_id, &*stone.rule, stone.span_count, stone.refused_count))
        .collect();
    assert_eq!(told, [(trace_id(3), "a request", 1, 0), (trace_id(1), "by hand", 2, 2)]);
    let one = TombstoneQuery { trace_id: Some(trace_id(1)), ..asked };
    let found: Vec<_> = store.tombstones(&one).unwrap();
    assert_eq!(found.iter().map(|stone| stone.trace_id).collect::<Vec<_>>(), [trace_id(1)]);
    let audit = store.audit_log(WS, None, 10).unwrap();
    assert_eq!(audit[1].action, "trace.delete");
    assert_eq!((&*audit[1].by, &*audit[1].detail), ("ada", "by hand"));

    let gone = store.delete_trace(&trace_id(1), "twice", &change(WS, NOW));
    assert!(gone.unwrap_err().is_not_found());
    world.pass(30 * DAY + 6);
    assert_eq!(world.put(&[span(1, 0)]).new_spans, 1);
}

#[test]
fn a_workspace_goes_with_everything_in_it() {
    let world = World::new();
    let store = &world.store;
    let team = store.create_workspace("team", &change(WS, NOW)).unwrap();
    let key = NewKey { name: "k".to_owned(), scopes: vec![Scope::Read].into(), agent: None };
    let (text, _) = store.create_key(&key, &change(team.id, NOW)).unwrap();
    world.put_in(team.id, &[secret(1, "canary-session"), secret(2, "canary-session")]).unwrap();
    world.put(&[call(1, 0, Some("same"), 2), call(2, 0, Some("same"), 2)]);
    store.flush().unwrap();
    assert_eq!(store.trace_count(team.id).unwrap(), 2);

    let deleted = store.delete_workspace(&team, &change(WS, NOW)).unwrap();
    assert_eq!((deleted.trace_count, deleted.wiped), (2, true));
    assert_eq!(store.workspaces().unwrap().len(), 1);
    assert_eq!(store.verify_key(&text).unwrap(), None);
    assert!(!holds(world.folder.path(), "canary-"));
    assert_eq!(traces(store, WS, ""), [2, 1]);
    assert_eq!(world.sources(1), [call(1, 0, Some("same"), 2)]);
    let again = store.create_workspace("team", &change(WS, NOW)).unwrap();
    assert_ne!(again.id, team.id);
    assert_eq!(traces(store, again.id, ""), Vec::<u64>::new());
}

fn at(trace: u64, days_ago: i64, now: i64) -> SourceSpan {
    let mut span = span(trace, 0);
    span.start_nanos = Some(now - days_ago * DAY);
    span.end_nanos = Some(now - days_ago * DAY + 5);
    span
}

#[test]
fn retention_goes_by_age_and_by_rule_and_leaves_receipts() {
    let world = World::new();
    let store = &world.store;
    let team = store.create_workspace("team", &change(WS, NOW)).unwrap();
    let mut noisy = at(4, 3, NOW);
    noisy.attributes.push(("deployment.environment".to_owned(), "dev".into()));
    let spans = [at(1, 40, NOW), at(2, 29, NOW), at(3, 31, NOW), noisy, at(5, 3, NOW)];
    world.put(&spans);
    world.put_in(team.id, &spans).unwrap();
    world.pass(3_600_000_000_000);
    let locked = Locked::from([("retention.days".to_owned(), json!(30))]);
    let rules = json!([{"name": "dev", "filter": "env:dev", "days": 2}]);
    store.change_setting(WS, "retention.rules", Some(rules), &locked, &change(WS, NOW)).unwrap();

    let run = store.run_retention(&locked, LONG).unwrap();
    assert!(run.is_done);
    assert_eq!(run.trace_count, 5);
    assert_eq!(traces(store, WS, ""), [5, 2]);
    assert_eq!(traces(store, team.id, ""), [5, 4, 2]);
    let told: Vec<_> = store
        .retention_receipts(WS, 10)
        .unwrap()
        .into_iter()
        .map(|receipt| (receipt.rule, receipt.trace_count, receipt.oldest_nanos))
        .collect();
    assert_eq!(
        told,
        [
            ("older than 30 days".to_owned(), 2, Some(NOW - 40 * DAY)),
            ("dev: older than 2 days, env:dev".to_owned(), 1, Some(NOW - 3 * DAY)),
        ]
    );
    let again = store.run_retention(&locked, LONG).unwrap();
    assert_eq!((again.trace_count, again.receipts.len()), (0, 0));
    // Nothing is refused: what comes again is new, and goes with the next run.
    assert_eq!(world.put(&[at(1, 40, NOW)]).new_spans, 1);
}

#[test]
fn retention_by_size_takes_the_oldest_of_all() {
    let world = World::new();
    let store = &world.store;
    let team = store.create_workspace("team", &change(WS, NOW)).unwrap();
    for trace in 0..60 {
        let mut big = call(trace, 0, None, 20);
        big.start_nanos = Some(NOW + trace as i64);
        let workspace = if trace < 20 { team.id } else { WS };
        world.put_in(workspace, &[big]).unwrap();
    }
    store.flush().unwrap();
    world.pass(3_600_000_000_000);
    let bytes = store.sizes().unwrap().file_bytes;
    let locked = Locked::from([("retention.max_bytes".to_owned(), json!(bytes / 2))]);
    let run = store.run_retention(&locked, LONG).unwrap();
    assert!(run.is_done && run.trace_count >= 20, "{run:?}");
    assert_eq!(traces(store, team.id, ""), Vec::<u64>::new());
    assert!(store.sizes().unwrap().file_bytes <= bytes / 2 + (1 << 20));
    assert_eq!(store.retention_receipts(team.id, 9).unwrap()[0].trace_count, 20);
}

#[test]
fn a_rule_that_cannot_be_read_stops_retention_with_a_reason() {
    let world = World::new();
    for (name, value) in [
        ("retention.days", json!("many")),
        ("retention.days", json!(0)),
        ("retention.rules", json!([{"name": "x", "filter": "durration > 1s", "days": 1}])),
        ("retention.max_bytes", json!(-1)),
    ] {
        let locked = Locked::from([(name.to_owned(), value)]);
        let refused = world.store.run_retention(&locked, LONG);
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{name}: {refused:?}");
    }
}
