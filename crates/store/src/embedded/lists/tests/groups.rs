//! Sessions and users: the sums of their traces, found, sorted, in pages.

use clew_model::usage::Usage;

use super::*;
use crate::groups::{SessionQuery, UserQuery};

/// Session `a` has the runs 1 to 3, `b` 4 and 5, `B` 6; 7 has none. 5 failed.
fn seven() -> (Rows, Kept) {
    let mut rows = Rows::new();
    let mut kept = Kept::default();
    for (number, session, user) in [
        (1u8, Some("a"), Some("ada")),
        (2, Some("a"), Some("ada")),
        (3, Some("a"), Some("Grace")),
        (4, Some("b"), Some("ada")),
        (5, Some("b"), None),
        (6, Some("B"), Some("eve")),
        (7, None, None),
    ] {
        let mut trace = summary(number, i64::from(number) * 10);
        trace.session_id = session.map(str::to_owned);
        trace.user_id = user.map(str::to_owned);
        trace.agent.name = Some(if number == 3 { "billing" } else { "planner" }.to_owned());
        trace.span_count = u64::from(number);
        trace.llm_count = 2;
        trace.usage = Usage {
            input: (number != 2).then_some(100),
            output: (number != 2).then_some(10),
            // Of this run only a total is known.
            total: (number == 2).then_some(7),
            ..Usage::default()
        };
        trace.cost = (number < 4).then_some(PicoUsd(500_000_000_000));
        trace.end_nanos = Some(DAY + (i64::from(number) * 10 + 4) * SECOND);
        trace.ended = number != 2;
        if number == 5 {
            trace.status = Status::Error;
            trace.root_status = Status::Error;
            trace.error_count = 1;
        }
        let spans = vec![tool(number, 1, if number == 4 { "search" } else { "fetch" })];
        rows.put_with(ONE, &trace, &spans, i64::from(number) * 10 + 1);
        rows.put_with(TWO, &trace, &spans, i64::from(number) * 10 + 1);
        kept.spans.insert((ONE, trace_id(number)), spans);
    }
    (rows, kept)
}

fn session_query(text: &str, sort: &str, limit: usize) -> SessionQuery {
    let clock = Clock { now_nanos: DAY + 90 * SECOND, utc_offset_seconds: 0 };
    SessionQuery {
        workspace: ONE,
        filter: parse(text, Subject::Session, &clock).unwrap(),
        sort: sort_keys(sort, Subject::Session).unwrap(),
        limit,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: DAY + 90 * SECOND,
    }
}

fn ids(rows: &Rows, kept: &Kept, mut query: SessionQuery) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let page = sessions(&rows.connection, kept, &query).unwrap();
        ids.extend(page.rows.into_iter().map(|row| row.session_id));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return ids,
        }
    }
}

#[test]
fn a_session_is_the_sum_of_its_traces() {
    let (rows, kept) = seven();
    let page = sessions(&rows.connection, &kept, &session_query("", "", 10)).unwrap();
    assert_eq!((page.total, page.total_is), (3, TotalIs::Exact));
    let a = &page.rows[2];
    assert_eq!(a.session_id, "a");
    let totals = &a.totals;
    assert_eq!((totals.trace_count, totals.span_count, totals.llm_count), (3, 6, 6));
    assert_eq!(totals.tokens, Some(227));
    assert_eq!(totals.usage.input, Some(200));
    assert_eq!(totals.cost, Some(PicoUsd(1_500_000_000_000)));
    assert_eq!(totals.first_start_nanos, DAY + 10 * SECOND);
    assert_eq!(totals.last_start_nanos, DAY + 30 * SECOND);
    assert_eq!(totals.last_end_nanos, Some(DAY + 34 * SECOND));
    assert_eq!(totals.last_arrival_nanos, DAY + 31 * SECOND);
    assert_eq!(a.users, ["ada", "Grace"]);
    assert_eq!(
        a.agents.iter().map(|agent| &*agent.name).collect::<Vec<_>>(),
        ["planner", "billing"]
    );
    assert_eq!(a.last_name, "run 3");
    assert_eq!(a.state, "done");
    let b = &page.rows[1];
    assert_eq!((b.totals.error_trace_count, b.totals.failed_trace_count), (1, 1));
    assert_eq!(b.totals.cost, None);

    let alone = session(&rows.connection, ONE, "a", None, DAY + 90 * SECOND).unwrap().unwrap();
    assert_eq!(&alone, a);
    assert_eq!(session(&rows.connection, ONE, "c", None, DAY).unwrap(), None);

    // The same numbers as the list of its traces.
    let listed = traces(&rows.connection, &kept, &query("session=a", "", 10)).unwrap();
    let spans: u64 = listed.rows.iter().map(|row| row.summary.span_count).sum();
    let cost: i64 = listed.rows.iter().filter_map(|row| row.summary.cost).map(|cost| cost.0).sum();
    assert_eq!((spans, Some(PicoUsd(cost))), (totals.span_count, totals.cost));
}

#[test]
fn a_session_is_live_while_one_of_its_traces_is() {
    let (rows, _) = seven();
    let state = |second: i64| {
        session(&rows.connection, ONE, "a", None, DAY + second * SECOND).unwrap().unwrap().state
    };
    assert_eq!(state(80), "live");
    assert_eq!(state(81), "done");
}

#[test]
fn sessions_are_filtered_sorted_and_paged() {
    let (rows, kept) = seven();
    for (text, sort, wanted) in [
        ("", "", vec!["B", "b", "a"]),
        ("", "session,start", vec!["a", "b", "B"]),
        ("", "-cost", vec!["a", "B", "b"]),
        ("", "-traces", vec!["a", "b", "B"]),
        ("session:b", "", vec!["B", "b"]),
        ("session=b", "", vec!["b"]),
        ("traces > 1", "", vec!["b", "a"]),
        ("status:error", "", vec!["b"]),
        ("user:ada", "", vec!["b", "a"]),
        ("agent:billing", "", vec!["a"]),
        ("cost > 1", "", vec!["a"]),
        ("tool:search", "", vec!["b"]),
        ("-tool:search spans > 5", "", vec!["B", "a"]),
        ("count(tool:fetch) >= 3", "", vec!["a"]),
        ("start > 2026-11-20T00:00:35Z", "", vec!["B", "b"]),
        ("state:done", "", vec!["B", "b", "a"]),
    ] {
        for limit in [1, 2, 10] {
            let found = ids(&rows, &kept, session_query(text, sort, limit));
            let wanted: Vec<String> = wanted.iter().map(|id| (*id).to_owned()).collect();
            assert_eq!(found, wanted, "{text} {sort} {limit}");
        }
    }
}

#[test]
fn an_agents_key_sees_sums_over_that_agent_only() {
    let (rows, kept) = seven();
    let billing = listed_agent(&rows, "billing");
    let bound = SessionQuery { agent: Some(billing), ..session_query("", "", 10) };
    let page = sessions(&rows.connection, &kept, &bound).unwrap();
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows[0].totals.trace_count, 1);
    assert_eq!(page.rows[0].users, ["Grace"]);
    assert_eq!((page.total, page.total_is), (1, TotalIs::Exact));
    let hidden = session(&rows.connection, ONE, "b", Some(billing), DAY).unwrap();
    assert_eq!(hidden, None);
    let found = ids(
        &rows,
        &kept,
        SessionQuery { agent: Some(billing), ..session_query("tool:search", "", 10) },
    );
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn users_are_the_sums_of_their_traces() {
    let (rows, kept) = seven();
    let mut query = UserQuery {
        workspace: ONE,
        prefix: String::new(),
        filter: filter(""),
        sort: Vec::new(),
        limit: 2,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: DAY,
    };
    let first = users(&rows.connection, &kept, &query).unwrap();
    let told: Vec<_> = first
        .rows
        .iter()
        .map(|row| (&*row.user_id, row.totals.trace_count, row.session_count))
        .collect();
    assert_eq!(told, [("eve", 1, 1), ("ada", 3, 2)]);
    assert_eq!((first.total, first.total_is), (3, TotalIs::Exact));
    query.cursor = first.next_cursor;
    let second = users(&rows.connection, &kept, &query).unwrap();
    assert_eq!(second.rows[0].user_id, "Grace");
    assert_eq!(second.next_cursor, None);
    query.cursor = None;
    query.prefix = "GR".to_owned();
    let found = users(&rows.connection, &kept, &query).unwrap();
    assert_eq!(found.rows.iter().map(|row| &*row.user_id).collect::<Vec<_>>(), ["Grace"]);
}

#[test]
fn users_are_listed_by_a_filter_on_their_traces_and_in_any_order() {
    let (rows, kept) = seven();
    let ask = |text: &str, order: &str, limit, prefix: &str| {
        let mut query = UserQuery {
            workspace: ONE,
            prefix: prefix.to_owned(),
            filter: filter(text),
            sort: sort_keys(order, Subject::Session).unwrap(),
            limit,
            cursor: None,
            agent: None,
            budget: Budget::default(),
            now: DAY,
        };
        let mut told = Vec::new();
        loop {
            let page = users(&rows.connection, &kept, &query).unwrap();
            let user = |row: &crate::UserRow| (row.user_id.clone(), row.totals.trace_count);
            told.extend(page.rows.iter().map(user));
            assert_eq!(page.total_is, TotalIs::Exact);
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => {
                    assert_eq!(page.total, told.len() as u64);
                    return told;
                }
            }
        }
    };
    let user = |id: &str, count| (id.to_owned(), count);
    for limit in [1, 10] {
        assert_eq!(ask("", "user", limit, ""), [user("ada", 3), user("eve", 1), user("Grace", 1)]);
        assert_eq!(
            ask("", "-traces,user", limit, ""),
            [user("ada", 3), user("eve", 1), user("Grace", 1)]
        );
        // Whatever the filter says of nobody leaves the order by the newest trace.
        assert_eq!(
            ask("name:*", "", limit, ""),
            [user("eve", 1), user("ada", 3), user("Grace", 1)]
        );
        assert_eq!(ask("name:*", "-traces", limit, "G"), [user("Grace", 1)]);
    }
    assert_eq!(ask("user:nobody", "", 10, ""), []);
}
