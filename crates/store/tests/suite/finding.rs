//! Lists, numbers and search over a real store: what was acked is found at once, by what its spans
//! say, and nothing crosses a workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clew_model::ids::TraceId;
use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::source::SourceSpan;
use clew_model::span::{Span, Status};
use clew_model::value::Value;
use clew_query::{Clock, Filter, Subject, parse};
use clew_store::{
    Budget, Change, Dimension, Page, SearchQuery, SessionQuery, SpanQuery, StatsQuery, Store,
    TotalIs, TraceQuery, TraceRow, UserQuery, WorkspaceId,
};

use crate::recordings;
use crate::world::{NOW, WS, World, call, span, trace_id};

fn filter(text: &str, subject: Subject, now: i64) -> Filter {
    parse(text, subject, &Clock { now_nanos: now, utc_offset_seconds: 0 }).unwrap()
}

fn query(workspace: WorkspaceId, text: &str) -> TraceQuery {
    TraceQuery {
        workspace,
        filter: filter(text, Subject::Trace, NOW),
        sort: Vec::new(),
        limit: 10_000,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: NOW,
    }
}

fn list(store: &Store, workspace: WorkspaceId, text: &str) -> Page<TraceRow> {
    let page = store.traces(&query(workspace, text)).unwrap();
    assert_eq!((page.total, page.total_is), (page.rows.len() as u64, TotalIs::Exact), "{text}");
    page
}

fn ids(store: &Store, workspace: WorkspaceId, text: &str) -> BTreeSet<TraceId> {
    list(store, workspace, text).rows.iter().map(|row| row.summary.trace_id).collect()
}

fn search(store: &Store, workspace: WorkspaceId, text: &str) -> BTreeSet<TraceId> {
    let query = SearchQuery {
        workspace,
        text: text.to_owned(),
        limit: 10_000,
        cursor: None,
        agent: None,
        budget: Budget::default(),
    };
    let page = store.search(&query).unwrap();
    assert_eq!((page.next_cursor, page.scanned), (None, None));
    page.hits.iter().map(|hit| hit.trace_id).collect()
}

/// Every recorded request, as one commit each.
fn recorded() -> World {
    let mut paths = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire");
    recordings::files(&folder, &mut paths);
    paths.sort();
    let world = World::with(|options| options.flush_spans = 10);
    for path in paths {
        let spans = recordings::spans(&path);
        if !spans.is_empty() {
            world.put(&spans);
        }
    }
    world
}

/// What each trace is made of, read back from the store.
fn everything(store: &Store) -> BTreeMap<TraceId, Vec<(SourceSpan, Span)>> {
    let prices = PriceTable::shipped();
    let rows = list(store, WS, "").rows;
    let sources = |id: &TraceId| {
        let sources = store.sources(WS, id, None).unwrap();
        sources.into_iter().map(|source| (source.clone(), normalise(&source, &prices))).collect()
    };
    rows.iter().map(|row| (row.summary.trace_id, sources(&row.summary.trace_id))).collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('*', "\\*"))
}

type NamesOf = fn(&Span) -> Vec<&str>;

const NAMES: [(&str, NamesOf); 10] = [
    ("tool", |span| span.tool_name.as_deref().into_iter().collect()),
    ("model", |span| {
        [&span.request_model, &span.response_model]
            .into_iter()
            .flatten()
            .map(|model| &**model)
            .collect()
    }),
    ("provider", |span| span.provider.as_deref().into_iter().collect()),
    ("tag", |span| span.tags.iter().map(|tag| &**tag).collect()),
    ("env", |span| span.environment.as_deref().into_iter().collect()),
    ("service", |span| span.agent.service.as_deref().into_iter().collect()),
    ("version", |span| span.release.as_deref().into_iter().collect()),
    ("finish", |span| span.finish_reason.as_deref().into_iter().collect()),
    ("kind", |span| span.kind.as_deref().into_iter().collect()),
    ("category", |span| vec![span.category.as_str()]),
];

#[test]
fn recorded_traces_are_found_by_what_their_spans_say() {
    let world = recorded();
    let store = &world.store;
    let all = everything(store);
    assert!(all.len() > 40, "{} traces", all.len());
    let mut asked = 0;
    for (field, names) in NAMES {
        let mut wanted: BTreeMap<&str, BTreeSet<TraceId>> = BTreeMap::new();
        for (id, spans) in &all {
            for name in spans.iter().flat_map(|(_, span)| names(span)) {
                wanted.entry(name).or_default().insert(*id);
            }
        }
        for (name, wanted) in wanted.iter().filter(|(name, _)| !name.is_empty()) {
            let text = match field {
                "category" => format!("category:{name}"),
                _ => format!("{field}={}", quoted(name)),
            };
            assert_eq!(&ids(store, WS, &text), wanted, "{text}");
            assert_eq!(&ids(store, WS, &format!("has span({text})")), wanted, "has span({text})");
            let without = ids(store, WS, &format!("-({text})"));
            assert_eq!(without.len(), all.len() - wanted.len(), "-({text})");
            asked += 1;
        }
    }
    assert!(asked > 50, "{asked} names were asked for");
    let failed = |row: &TraceRow| row.summary.status == Status::Error;
    let rows = list(store, WS, "").rows;
    let wanted = rows.iter().filter(|row| failed(row)).map(|row| row.summary.trace_id).collect();
    assert_eq!(ids(store, WS, "status:error"), wanted);
}

#[test]
fn lists_sessions_users_and_numbers_agree_over_recordings() {
    let world = recorded();
    let store = &world.store;
    let rows = list(store, WS, "").rows;
    let stats = |by: &[Dimension], text: &str| {
        let query = StatsQuery {
            workspace: WS,
            filter: filter(text, Subject::Trace, NOW),
            group_by: by.to_vec(),
            limit: 10_000,
            agent: None,
            utc_offset_seconds: 0,
            budget: Budget::default(),
            now: NOW,
        };
        store.stats(&query).unwrap()
    };
    let cost = |rows: &[TraceRow]| -> i64 {
        rows.iter().filter_map(|row| row.summary.cost).map(|cost| cost.0).sum()
    };
    world.pass(1_000 * 86_400_000_000_000);
    let rolled = store.roll_up(std::time::Duration::from_secs(60)).unwrap();
    let total = stats(&[], "").total;
    assert_eq!(total.trace_count, rows.len() as u64);
    assert_eq!(total.cost.map_or(0, |cost| cost.0), cost(&rows));
    let input: u64 = rows.iter().filter_map(|row| row.summary.usage.input).sum();
    assert_eq!(total.usage.input, Some(input));
    assert!(total.cost.unwrap().0 > 0);
    assert!(rolled > 0);

    let sessions = SessionQuery {
        workspace: WS,
        filter: filter("", Subject::Session, NOW),
        sort: Vec::new(),
        limit: 10_000,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: NOW,
    };
    let sessions = store.sessions(&sessions).unwrap().rows;
    assert!(sessions.len() > 2, "{} sessions", sessions.len());
    for session in &sessions {
        let text = format!("session={}", quoted(&session.session_id));
        let traces = list(store, WS, &text).rows;
        assert_eq!(session.totals.trace_count, traces.len() as u64, "{text}");
        assert_eq!(session.totals.cost.map_or(0, |cost| cost.0), cost(&traces), "{text}");
        let spans: u64 = traces.iter().map(|row| row.summary.span_count).sum();
        assert_eq!(session.totals.span_count, spans, "{text}");
        let numbers = stats(&[], &text).total;
        assert_eq!(numbers.tokens, session.totals.tokens, "{text}");
        let alone = store.session(WS, &session.session_id, None, NOW).unwrap();
        assert_eq!(alone.as_ref(), Some(session));
    }
    let users = UserQuery {
        workspace: WS,
        prefix: String::new(),
        filter: filter("", Subject::Trace, NOW),
        sort: Vec::new(),
        limit: 10_000,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: NOW,
    };
    for user in store.users(&users).unwrap().rows {
        let text = format!("user={}", quoted(&user.user_id));
        assert_eq!(user.totals.trace_count, list(store, WS, &text).total, "{text}");
    }
    let agents = store.agents(WS, None, Budget::default()).unwrap();
    let counted: u64 = agents.rows.iter().map(|row| row.figures.trace_count).sum();
    let named = rows.iter().filter(|row| row.agent.is_some()).count() as u64;
    assert_eq!(counted, named);
    for agent in agents.rows {
        let text = format!("agent={}", quoted(&agent.agent.id.to_string()));
        assert_eq!(agent.figures.trace_count, list(store, WS, &text).total, "{text}");
    }
    let spans = SpanQuery {
        workspace: WS,
        filter: filter("", Subject::Span, NOW),
        limit: 100_000,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: NOW,
    };
    let spans = store.spans(&spans).unwrap();
    let wanted: u64 = rows.iter().map(|row| row.summary.span_count).sum();
    assert_eq!((spans.total, spans.total_is), (wanted, TotalIs::Exact));
}

/// A few words of plain texts anywhere in a span.
fn words(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if !text.trim_start().starts_with(['{', '[', '"', ',']) => {
            let mut tokens = clew_query::tokens(text);
            tokens.retain(|token| token.len() > 3);
            found.extend(tokens.first().cloned());
            found.extend(tokens.last().cloned());
        }
        Value::Array(values) => values.iter().for_each(|value| words(value, found)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| words(value, found)),
        _ => {}
    }
}

#[test]
fn every_word_of_recorded_texts_is_found_staged_flushed_and_merged() {
    let world = recorded();
    let store = &world.store;
    let all = everything(store);
    let mut wanted: BTreeMap<String, BTreeSet<TraceId>> = BTreeMap::new();
    for (id, spans) in &all {
        let mut found = BTreeSet::new();
        for (source, _) in spans {
            source.attributes.iter().for_each(|(_, value)| words(value, &mut found));
            for event in &source.events {
                event.attributes.iter().for_each(|(_, value)| words(value, &mut found));
            }
            found.extend(clew_query::tokens(source.name.as_deref().unwrap_or_default()));
            found.insert(source.span_id.to_string());
        }
        found.into_iter().for_each(|word| {
            wanted.entry(word).or_default().insert(*id);
        });
    }
    assert!(wanted.len() > 500, "{} words", wanted.len());
    let check = |when: &str| {
        // Not all of them: that takes minutes.
        for (word, traces) in wanted.iter().step_by(61) {
            let found = search(store, WS, word);
            let missing: Vec<_> = traces.difference(&found).collect();
            assert!(missing.is_empty(), "{word} is not found in {missing:?}, {when}");
            assert!(found.is_superset(&ids(store, WS, &quoted(word))), "{word}, {when}");
        }
        assert_eq!(search(store, WS, "nowhereatall"), BTreeSet::new());
    };
    check("staged");
    store.flush().unwrap();
    check("flushed");
    world.pass(3_600_000_000_000);
    store.merge().unwrap();
    check("merged");
}

#[test]
fn what_was_acked_is_in_the_list_at_once() {
    let world = World::new();
    for number in 0..20 {
        world.put(&[call(number, 1, Some("s"), 1)]);
        let page = list(&world.store, WS, "model:gpt-5");
        assert_eq!(page.rows.len() as u64, number + 1);
        assert!(page.rows.iter().any(|row| row.summary.trace_id == trace_id(number)));
    }
    // The root comes last, begins earlier and names the agent.
    let mut root = span(3, 0);
    root.attributes.push(("gen_ai.agent.name".to_owned(), "planner".into()));
    root.attributes.push(("gen_ai.operation.name".to_owned(), "invoke_agent".into()));
    world.put(&[root]);
    assert_eq!(ids(&world.store, WS, "agent:planner"), BTreeSet::from([trace_id(3)]));
    let row = world.store.trace_row(WS, &trace_id(3)).unwrap().unwrap();
    assert_eq!((row.summary.start_nanos, row.summary.span_count), (NOW, 2));
}

#[test]
fn pages_never_repeat_or_miss_a_row_while_others_come() {
    let world = World::new();
    for number in 0..60 {
        world.put(&[at(number, number)]);
    }
    let mut query = TraceQuery { limit: 7, ..query(WS, "service:tests") };
    let mut seen = Vec::new();
    let mut next = 1_000;
    loop {
        let page = world.store.traces(&query).unwrap();
        seen.extend(page.rows.iter().map(|row| row.summary.trace_id));
        for place in [80, 45, 59] {
            world.put(&[at(next, place)]);
            next += 1;
        }
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    let mut first: Vec<TraceId> = seen.clone();
    first.retain(|id| (0..60).any(|number| trace_id(number) == *id));
    let wanted: Vec<TraceId> = (0..60).rev().map(trace_id).collect();
    assert_eq!(first, wanted);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len());
}

fn at(number: u64, second: u64) -> SourceSpan {
    let mut span = span(number, 0);
    span.start_nanos = Some(NOW + second as i64 * 1_000_000_000);
    span.end_nanos = span.start_nanos.map(|start| start + 5);
    span
}

#[test]
fn two_workspaces_with_the_same_of_everything_see_nothing_of_each_other() {
    let world = World::new();
    let store = &world.store;
    let change = Change { workspace: WS, by: "ada".to_owned(), at_nanos: NOW };
    let two = store.create_workspace("two", &change).unwrap().id;
    let mut same = call(1, 0, Some("same"), 2);
    same.attributes.push(("user.id".to_owned(), "same".into()));
    same.attributes.push(("gen_ai.agent.name".to_owned(), "same".into()));
    let mut other = same.clone();
    other.attributes.push(("secret".to_owned(), "needle".into()));
    world.put(&[same]);
    world.put_in(two, &[other.clone(), call(2, 0, Some("same"), 3)]).unwrap();
    for merged in [false, true] {
        if merged {
            store.flush().unwrap();
            store.merge().unwrap();
        }
        for text in ["", "session:same", "user:same", "agent:same", "model:gpt-5"] {
            assert_eq!(ids(store, WS, text), BTreeSet::from([trace_id(1)]), "{text}");
        }
        assert_eq!(search(store, WS, "needle"), BTreeSet::new());
        assert_eq!(search(store, two, "needle"), BTreeSet::from([trace_id(1)]));
        assert_eq!(search(store, WS, "same"), BTreeSet::from([trace_id(1)]));
        assert_eq!(ids(store, WS, "attr.secret:needle"), BTreeSet::new());
        assert_eq!(ids(store, two, "attr.secret:needle"), BTreeSet::from([trace_id(1)]));
        let of = |workspace| store.session(workspace, "same", None, NOW).unwrap().unwrap().totals;
        assert_eq!((of(WS).trace_count, of(two).trace_count), (1, 2));
        let own = store.agents(WS, None, Budget::default()).unwrap().rows;
        let their = store.agents(two, None, Budget::default()).unwrap().rows;
        assert!(own.iter().all(|own| their.iter().all(|their| their.agent.id != own.agent.id)));
        let key = own.iter().find(|row| row.agent.name == "same").unwrap().agent.id;
        let foreign = TraceQuery { agent: Some(key), ..query(two, "") };
        assert_eq!(store.traces(&foreign).unwrap().rows.len(), 0);
    }
}
