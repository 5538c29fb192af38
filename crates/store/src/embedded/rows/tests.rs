use clew_model::span::{SpanError, Status};
use clew_model::usage::{PicoUsd, Usage};

use super::fixture::{DAY, ONE, Rows, SECOND, TWO, saying, span, summary, tool, trace_id};
use super::*;
use crate::ids::AgentId;

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn numbers(connection: &Connection, sql: &str) -> Vec<i64> {
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Facets as `term text @ seconds into the day: trace`.
fn facets(rows: &Rows) -> Vec<String> {
    texts(
        &rows.connection,
        "SELECT terms.workspace || ' ' || text || ' @ ' || ((start_nanos - 1795132800000000000) \
         / 1000000000) || ': ' || tno FROM facet JOIN terms USING (term) ORDER BY terms.term, tno",
    )
}

#[test]
fn a_row_comes_back_as_it_was_written() {
    let mut rows = Rows::new();
    let mut full = summary(7, 100);
    full.agent.name = Some("planner".to_owned());
    full.agent.service = Some("api".to_owned());
    full.session_id = Some("s-1".to_owned());
    full.user_id = Some("ada".to_owned());
    full.environment = Some("prod".to_owned());
    full.release = Some("1.2.0".to_owned());
    full.status = Status::Error;
    full.root_status = Status::Ok;
    full.end_nanos = Some(DAY + 130 * SECOND);
    full.ended = true;
    full.span_count = 9;
    full.orphan_count = 2;
    full.error_count = 1;
    full.llm_count = 3;
    full.llm_error_count = 1;
    full.tool_count = 4;
    full.tool_error_count = 1;
    full.embedding_count = 1;
    full.usage = Usage {
        input: Some(1_000),
        output: Some(0),
        cache_read: Some(10),
        cache_write: Some(5),
        cache_write_1h: Some(4),
        reasoning: Some(7),
        audio_input: Some(3),
        audio_output: Some(2),
        total: Some(1_007),
        normalised_from_exclusive: true,
    };
    full.embedding_input = 40;
    full.cost = Some(PicoUsd(3_373_200_000));
    full.cost_reported = Some(PicoUsd(1));
    full.cost_estimated = true;
    full.unpriced_count = 1;
    full.models = vec!["gpt-5".to_owned()];
    full.providers = vec!["openai".to_owned()];
    full.tools = vec!["search".to_owned(), "fetch".to_owned()];
    full.agents = vec!["planner".to_owned()];
    full.tags = vec!["nightly".to_owned()];
    full.input_preview = Some("Where is my parcel?".to_owned());
    full.output_preview = Some(String::new());
    full.error = Some(SpanError { kind: "Timeout".to_owned(), message: "after 3 s".to_owned() });
    full.receipt.orphans = 2;
    full.receipt.missing_root = true;
    full.receipt.unpriced = 1;
    let tno = rows.put(ONE, &full, 131);

    let row = by_id(&rows.connection, ONE, &full.trace_id).unwrap().unwrap();
    assert_eq!(row.summary, full);
    assert_eq!(row.tno, tno);
    assert_eq!(row.workspace, ONE);
    assert_eq!(row.agent.as_ref().unwrap().name, "planner");
    assert_eq!(row.agent.unwrap().id.to_string(), "01010101-0101-4101-8101-010101010101");
    assert_eq!(row.arrived_nanos, DAY + 131 * SECOND);
    assert_eq!(row.last_arrival_nanos, DAY + 131 * SECOND);
    assert_eq!(row.quiet_at, DAY + 191 * SECOND);
    assert_eq!(row.abandoned_at, DAY + 1_931 * SECOND);
    assert!(!row.resumed);
    assert_eq!((row.commit_seq, row.span_seq), (1, 1));
    assert_eq!(by_tno(&rows.connection, tno).unwrap().unwrap().summary, full);
    assert_eq!(by_id(&rows.connection, TWO, &full.trace_id).unwrap(), None);
}

#[test]
fn a_later_arrival_changes_the_row_with_and_without_its_memo() {
    for keep_memo in [true, false] {
        let mut rows = Rows::new();
        let mut memo = None;
        let mut trace = summary(1, 100);
        trace.session_id = Some("s-1".to_owned());
        rows.arrive(ONE, &trace, &[&tool(1, 1, "search")], 100, &mut memo);
        assert_eq!(facets(&rows), ["1 search @ 100: 1"]);

        // A root that began earlier, a tool more, another session, an error.
        trace.start_nanos = DAY + 90 * SECOND;
        trace.session_id = Some("s-2".to_owned());
        trace.user_id = Some("ada".to_owned());
        trace.status = Status::Error;
        trace.span_count = 2;
        if !keep_memo {
            memo = None;
        }
        rows.arrive(ONE, &trace, &[&tool(1, 2, "fetch")], 110, &mut memo);

        let row = by_id(&rows.connection, ONE, &trace.trace_id).unwrap().unwrap();
        assert_eq!(row.summary, trace);
        assert_eq!(row.arrived_nanos, DAY + 100 * SECOND);
        assert_eq!(row.quiet_at, DAY + 170 * SECOND);
        assert_eq!(row.commit_seq, 2);
        assert_eq!(
            facets(&rows),
            ["1 search @ 90: 1", "1 fetch @ 90: 1", "1 error @ 90: 1"],
            "memo kept: {keep_memo}"
        );
        let sessions = "SELECT session_id || ' ' || ((last_start_nanos - 1795132800000000000) \
                        / 1000000000) FROM sessions";
        assert_eq!(texts(&rows.connection, sessions), ["s-2 90"]);
        assert_eq!(texts(&rows.connection, "SELECT user_id FROM users"), ["ada"]);
    }
}

#[test]
fn news_after_quiet_is_marked_unless_the_trace_had_ended() {
    let mut rows = Rows::new();
    let mut memo = None;
    rows.arrive(ONE, &summary(1, 0), &[], 0, &mut memo);
    rows.arrive(ONE, &summary(1, 0), &[], 59, &mut memo);
    assert!(!by_id(&rows.connection, ONE, &trace_id(1)).unwrap().unwrap().resumed);
    rows.arrive(ONE, &summary(1, 0), &[], 119, &mut memo);
    assert!(by_id(&rows.connection, ONE, &trace_id(1)).unwrap().unwrap().resumed);

    let mut done = summary(2, 0);
    done.ended = true;
    rows.put(ONE, &done, 0);
    rows.put(ONE, &done, 500);
    assert!(!by_id(&rows.connection, ONE, &trace_id(2)).unwrap().unwrap().resumed);
}

#[test]
fn a_trace_without_spans_starts_when_it_arrived() {
    let mut rows = Rows::new();
    let mut empty = summary(1, 0);
    empty.start_nanos = 0;
    empty.span_count = 0;
    rows.put(ONE, &empty, 30);
    let row = by_id(&rows.connection, ONE, &trace_id(1)).unwrap().unwrap();
    assert_eq!(row.summary.start_nanos, 0);
    assert_eq!(row.effective_start_nanos(), DAY + 30 * SECOND);
    // The order of the list stays where it was put first.
    rows.put(ONE, &empty, 50);
    assert_eq!(numbers(&rows.connection, "SELECT start_nanos FROM traces"), [DAY + 30 * SECOND]);
}

#[test]
fn the_agent_is_the_keys_then_the_said_id_then_a_name() {
    let mut rows = Rows::new();
    let mut trace = summary(1, 0);
    trace.agent.service = Some("unknown_service".to_owned());
    rows.put(ONE, &trace, 0);
    trace.agent.name = Some("planner".to_owned());
    rows.put(ONE, &trace, 1);
    let agent = |rows: &Rows, number| {
        by_id(&rows.connection, ONE, &trace_id(number)).unwrap().unwrap().agent.unwrap()
    };
    assert_eq!(agent(&rows, 1).name, "planner");

    let mut other = summary(2, 0);
    other.agent.name = Some("planner".to_owned());
    other.agent.agentos_id = Some("3f0c1d2e-5b6a-4c7d-8e9f-0a1b2c3d4e5f".to_owned());
    rows.put(ONE, &other, 2);
    assert_eq!(agent(&rows, 2).id.to_string(), "3f0c1d2e-5b6a-4c7d-8e9f-0a1b2c3d4e5f");
    assert_ne!(agent(&rows, 1).id, agent(&rows, 2).id);

    // A key's agent wins, and what spans say later does not change it.
    let key_agent: AgentId = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa".parse().unwrap();
    let arrival = Arrival {
        workspace: ONE,
        summary: &other,
        spans: &[],
        note: None,
        stale: false,
        stored: true,
        key_agent: Some(key_agent),
        now: DAY,
        commit_seq: 9,
    };
    rows.writer.upsert(&rows.connection, &arrival, &mut None).unwrap();
    assert_eq!(agent(&rows, 2).id, key_agent);
    let mut later = summary(2, 0);
    later.agent.name = Some("someone else".to_owned());
    let arrival = Arrival { summary: &later, key_agent: None, ..arrival };
    rows.writer.upsert(&rows.connection, &arrival, &mut None).unwrap();
    assert_eq!(agent(&rows, 2).id, key_agent);
}

#[test]
fn the_same_ids_in_two_workspaces_are_two_traces() {
    let mut rows = Rows::new();
    let mut trace = summary(1, 0);
    trace.session_id = Some("same".to_owned());
    trace.user_id = Some("same".to_owned());
    trace.agent.name = Some("same".to_owned());
    let first = rows.put_with(ONE, &trace, &[tool(1, 1, "same")], 0);
    trace.name = "of two".to_owned();
    let second = rows.put_with(TWO, &trace, &[tool(1, 1, "same")], 0);
    assert_ne!(first, second);
    assert_eq!(by_id(&rows.connection, ONE, &trace_id(1)).unwrap().unwrap().summary.name, "run 1");
    assert_eq!(by_id(&rows.connection, TWO, &trace_id(1)).unwrap().unwrap().summary.name, "of two");
    assert_eq!(facets(&rows), ["1 same @ 0: 1", "2 same @ 0: 2"]);
    for table in ["sessions", "users", "agents"] {
        let sql = format!("SELECT workspace FROM {table} ORDER BY workspace");
        assert_eq!(numbers(&rows.connection, &sql), [1, 2], "{table}");
    }
    assert_ne!(
        by_id(&rows.connection, ONE, &trace_id(1)).unwrap().unwrap().agent,
        by_id(&rows.connection, TWO, &trace_id(1)).unwrap().unwrap().agent
    );

    assert_eq!(count(&rows.connection, ONE).unwrap(), 1);
    remove(&rows.connection, &[first]).unwrap();
    assert_eq!(count(&rows.connection, ONE).unwrap(), 0);
    assert_eq!(by_id(&rows.connection, ONE, &trace_id(1)).unwrap(), None);
    assert_eq!(facets(&rows), ["2 same @ 0: 2"]);
    assert_eq!(numbers(&rows.connection, "SELECT workspace FROM sessions"), [2]);
    assert_eq!(numbers(&rows.connection, "SELECT workspace FROM users"), [2]);
}

#[test]
fn numbers_of_removed_traces_are_never_given_again() {
    let mut rows = Rows::new();
    rows.put(ONE, &summary(1, 0), 0);
    remove(&rows.connection, &[1]).unwrap();
    rows.writer.forget();
    assert_eq!(rows.put(ONE, &summary(2, 0), 0), 2);
}

#[test]
fn too_many_or_too_long_names_are_marked() {
    let mut rows = Rows::new();
    let mut memo = None;
    let trace = summary(1, 0);
    let tools: Vec<_> = (0..1_022).map(|number| tool(1, 1, &format!("tool {number}"))).collect();
    rows.arrive(ONE, &trace, &tools.iter().collect::<Vec<_>>(), 0, &mut memo);
    // 1,022 tools, the category `tool` and one place left.
    assert_eq!(facets(&rows).len(), 1_022);
    rows.arrive(ONE, &trace, &[&tool(1, 1, "last"), &tool(1, 1, "beyond")], 1, &mut memo);
    let all = facets(&rows);
    assert_eq!(all[1_022..], ["1 last @ 0: 1", "1 many @ 0: 1"]);
    let flags = numbers(&rows.connection, "SELECT flags FROM traces");
    assert_eq!(flags[0] & columns::flag::MORE_TERMS, columns::flag::MORE_TERMS);

    rows.put_with(ONE, &summary(2, 0), &[tool(2, 1, &"x".repeat(513))], 0);
    assert_eq!(facets(&rows)[1_023..], ["1 many @ 0: 1", "1 many @ 0: 2"]);
}

#[test]
fn a_name_that_a_merge_took_away_marks_the_row() {
    let mut rows = Rows::new();
    let trace = summary(1, 0);
    let before = tool(1, 1, "tool");
    rows.put_with(ONE, &trace, std::slice::from_ref(&before), 0);
    let after = tool(1, 1, "search");
    let stale = facets::loses_names(&before, &after);
    assert!(stale);
    let other_kind = saying(span(1, 1), |words| words.kind = Some("x".to_owned()));
    assert!(!facets::loses_names(&span(1, 1), &other_kind));
    let arrival = Arrival {
        workspace: ONE,
        summary: &trace,
        spans: &[&after],
        note: None,
        stale,
        stored: true,
        key_agent: None,
        now: DAY,
        commit_seq: 2,
    };
    rows.writer.upsert(&rows.connection, &arrival, &mut None).unwrap();
    let flags = numbers(&rows.connection, "SELECT flags FROM traces");
    assert_eq!(flags[0] & columns::flag::STALE_TERMS, columns::flag::STALE_TERMS);
    // The mark stays.
    rows.put(ONE, &trace, 5);
    assert_eq!(numbers(&rows.connection, "SELECT flags FROM traces"), flags);
}

#[test]
fn a_row_knows_all_names_and_the_index_those_that_are_asked_for() {
    let mut rows = Rows::new();
    let mut full = tool(1, 1, "search");
    full.request_model = Some("gpt-5".to_owned());
    full.response_model = Some("gpt-5-2026-08".to_owned());
    full.provider = Some("openai".to_owned());
    full.environment = Some("prod".to_owned());
    full.agent.service = Some("api".to_owned());
    full.release = Some("1.2".to_owned());
    full.finish_reason = Some("stop".to_owned());
    full.kind = Some("TOOL".to_owned());
    full.tags = vec!["beta".to_owned()];
    let kind = "Timeout".to_owned();
    full.error = Some(SpanError { kind, message: String::new() });
    rows.put_with(ONE, &summary(1, 0), &[full], 0);
    let known =
        texts(&rows.connection, "SELECT kind || ' ' || text FROM terms ORDER BY kind, text");
    assert_eq!(
        known,
        [
            "1 search",
            "2 gpt-5",
            "2 gpt-5-2026-08",
            "3 openai",
            "4 beta",
            "7 Timeout",
            "8 prod",
            "9 api",
            "10 1.2",
            "11 stop",
            "12 TOOL",
            "13 tool"
        ]
    );
    let found = find(&rows.connection, ONE, &trace_id(1)).unwrap().unwrap();
    assert_eq!(found.memo.terms.0.len(), 12);
    let indexed = ["search", "gpt-5", "gpt-5-2026-08", "openai", "beta"];
    assert_eq!(facets(&rows), indexed.map(|text| format!("1 {text} @ 0: 1")));
}

#[test]
fn names_that_no_trace_has_any_more_are_collected() {
    let mut rows = Rows::new();
    let of = |trace, name: &str| {
        saying(tool(trace, 1, name), |words| words.kind = Some(name.to_owned()))
    };
    rows.put_with(ONE, &summary(1, 0), &[of(1, "private"), of(1, "shared")], 0);
    rows.put_with(ONE, &summary(2, 0), &[of(2, "shared")], 0);
    remove(&rows.connection, &[1]).unwrap();
    let left = texts(&rows.connection, "SELECT kind || ' ' || text FROM terms ORDER BY kind");
    assert_eq!(left, ["1 shared", "12 shared", "13 tool"]);
}

#[test]
fn events_only_do_not_count_as_spans() {
    let mut rows = Rows::new();
    let mut memo = None;
    rows.arrive(ONE, &summary(1, 0), &[], 0, &mut memo);
    let trace = summary(1, 0);
    let arrival = Arrival {
        workspace: ONE,
        summary: &trace,
        spans: &[],
        note: None,
        stale: false,
        stored: false,
        key_agent: None,
        now: DAY + SECOND,
        commit_seq: 2,
    };
    rows.writer.upsert(&rows.connection, &arrival, &mut memo).unwrap();
    let row = by_id(&rows.connection, ONE, &trace_id(1)).unwrap().unwrap();
    assert_eq!((row.commit_seq, row.span_seq), (2, 1));
    let found = find(&rows.connection, ONE, &trace_id(1)).unwrap().unwrap();
    assert_eq!(found.tno, 1);
}
