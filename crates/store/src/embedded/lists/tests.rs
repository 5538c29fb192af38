use std::collections::HashMap;

use clew_model::ids::TraceId;
use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::source::SourceSpan;
use clew_model::span::{Span, Status};
use clew_model::usage::PicoUsd;
use clew_query::{Clock, Field, Filter, Subject, parse, sort_keys};
use rusqlite::Connection;

use super::*;
use crate::contract::StoreError;
use crate::embedded::labels;
use crate::embedded::rows::fixture::{
    DAY, ONE, Rows, SECOND, TWO, saying, span, summary, tool, trace_id,
};
use crate::ids::WorkspaceId;
use crate::listing::{Budget, Page, Scanned, TotalIs, TraceQuery};
use crate::row::TraceRow;
use crate::values::ValueQuery;

mod groups;
mod oracle;
mod spans;

/// Spans of traces, as a store would give them.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) spans: HashMap<(WorkspaceId, TraceId), Vec<Span>>,
    pub(crate) sources: HashMap<(WorkspaceId, TraceId), Vec<SourceSpan>>,
}

impl SpanSource for Kept {
    fn spans(&self, workspace: WorkspaceId, trace: &TraceId) -> Result<Vec<Span>, StoreError> {
        Ok(self.spans.get(&(workspace, *trace)).cloned().unwrap_or_default())
    }

    fn sources(
        &self,
        workspace: WorkspaceId,
        trace: &TraceId,
    ) -> Result<Vec<SourceSpan>, StoreError> {
        Ok(self.sources.get(&(workspace, *trace)).cloned().unwrap_or_default())
    }

    fn may_hold(&self, _: &Connection, _: i64, _: &[String]) -> Result<bool, StoreError> {
        Ok(true)
    }
}

fn filter(text: &str) -> Filter {
    let clock = Clock { now_nanos: DAY + 3_600 * SECOND, utc_offset_seconds: 0 };
    let filter = parse(text, Subject::Trace, &clock).unwrap();
    filter.check_supported().unwrap();
    filter
}

fn query(text: &str, sort: &str, limit: usize) -> TraceQuery {
    TraceQuery {
        workspace: ONE,
        filter: filter(text),
        sort: sort_keys(sort, Subject::Trace).unwrap(),
        limit,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: DAY + 3_600 * SECOND,
    }
}

/// Names of the traces on all pages, and how many pages there were.
fn all_pages(rows: &Rows, kept: &Kept, mut query: TraceQuery) -> (Vec<u8>, usize) {
    let mut found = Vec::new();
    for pages in 1.. {
        let page = traces(&rows.connection, kept, &query).unwrap();
        found.extend(numbers(&page));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return (found, pages),
        }
        assert!(pages < 1_000);
    }
    unreachable!()
}

/// The fixture's numbers of the traces.
fn numbers(page: &Page<TraceRow>) -> Vec<u8> {
    page.rows.iter().map(|row| row.summary.trace_id.as_bytes()[0]).collect()
}

fn listed(rows: &Rows, kept: &Kept, text: &str, sort: &str) -> Vec<u8> {
    all_pages(rows, kept, query(text, sort, 100)).0
}

/// Ten traces, one a second, the later ones dearer; number 3 failed.
fn ten() -> (Rows, Kept) {
    let mut rows = Rows::new();
    let mut kept = Kept::default();
    for number in 1..=10u8 {
        let second = i64::from(number);
        let mut trace = summary(number, second);
        trace.cost = (number % 3 != 0).then_some(PicoUsd(second * 1_000_000_000_000));
        trace.end_nanos = Some(DAY + (second + 20 - second) * SECOND);
        trace.session_id = Some(format!("Chat-{}", number % 2));
        trace.user_id = Some(if number < 5 { "ada" } else { "Grace" }.to_owned());
        trace.agent.name = Some(if number == 7 { "billing" } else { "planner" }.to_owned());
        let mut spans = vec![tool(number, 1, if number % 4 == 0 { "Search" } else { "fetch" })];
        if number == 3 {
            trace.status = Status::Error;
            trace.root_status = Status::Error;
            trace.error_count = 1;
            spans[0].status = Status::Error;
        }
        rows.put_with(ONE, &trace, &spans, second);
        rows.put_with(TWO, &trace, &spans, second);
        kept.spans.insert((ONE, trace_id(number)), spans);
    }
    (rows, kept)
}

#[test]
fn the_newest_come_first_and_pages_go_on() {
    let (rows, kept) = ten();
    let page = traces(&rows.connection, &kept, &query("", "", 4)).unwrap();
    assert_eq!(numbers(&page), [10, 9, 8, 7]);
    assert_eq!((page.total, page.total_is, page.scanned), (10, TotalIs::Exact, None));
    assert_eq!(page.rows[0].agent.as_ref().unwrap().name, "planner");
    assert_eq!(page.rows[0].summary.session_id.as_deref(), Some("Chat-0"));
    let expected: Vec<u8> = (1..=10).rev().collect();
    assert_eq!(all_pages(&rows, &kept, query("", "", 4)), (expected.clone(), 3));
    assert_eq!(all_pages(&rows, &kept, query("", "", 5)), (expected.clone(), 2));
    assert_eq!(all_pages(&rows, &kept, query("", "", 1)), (expected, 10));
    assert_eq!(listed(&rows, &kept, "", "start"), (1..=10).collect::<Vec<_>>());
}

#[test]
fn filters_find_what_they_name() {
    let (rows, kept) = ten();
    for (text, wanted) in [
        ("tool:search", vec![8, 4]),
        ("tool=search", vec![]),
        ("tool=Search", vec![8, 4]),
        ("-tool:search", vec![10, 9, 7, 6, 5, 3, 2, 1]),
        ("tool:(search, fetch)", (1..=10).rev().collect()),
        ("tool!=fetch", vec![8, 4]),
        ("tool:none", vec![]),
        ("category:tool cost > 9", vec![10]),
        ("category:llm", vec![]),
        ("status:error", vec![3]),
        ("is:failed", vec![3]),
        ("-status:error start >= 2026-11-20T00:00:09Z", vec![10, 9]),
        ("session:chat-1", vec![9, 7, 5, 3, 1]),
        ("session=chat-1", vec![]),
        ("session=Chat-1 user:grace", vec![9, 7, 5]),
        ("session:CH*", (1..=10).rev().collect()),
        ("user:ada tool:search", vec![4]),
        ("agent:billing", vec![7]),
        ("-agent:planner", vec![7]),
        ("agent:nobody", vec![]),
        ("cost:*", vec![10, 8, 7, 5, 4, 2, 1]),
        ("cost >= 7", vec![10, 8, 7]),
        ("duration > 15s", vec![4, 3, 2, 1]),
        ("trace:0707*", vec![7]),
        ("trace:07070707070707070707070707070707", vec![7]),
        ("trace:07070707-0707-0707-0707-070707070707", vec![7]),
        ("name:\"run 1*\"", vec![10, 1]),
        ("tool:search or is:failed", vec![8, 4, 3]),
        ("has span(tool:search status:error)", vec![]),
        ("has span(tool:fetch status:error)", vec![3]),
        ("count(tool:search) > 0", vec![8, 4]),
        ("state:quiet", vec![]),
        ("state:abandoned", (1..=10).rev().collect()),
        ("start > 2026-11-20T00:00:05Z start < 2026-11-20T00:00:08Z", vec![7, 6]),
        ("start > 2026-11-20T00:00:09Z start < 2026-11-20T00:00:08Z", vec![]),
    ] {
        assert_eq!(listed(&rows, &kept, text, ""), wanted, "{text}");
        let page = traces(&rows.connection, &kept, &query(text, "", 3)).unwrap();
        assert_eq!((page.total, page.total_is), (wanted.len() as u64, TotalIs::Exact), "{text}");
    }
}

#[test]
fn lists_are_sorted_by_any_figure() {
    let (rows, kept) = ten();
    for (sort, wanted) in [
        ("-cost", vec![10, 8, 7, 5, 4, 2, 1, 9, 6, 3]),
        ("cost", vec![1, 2, 4, 5, 7, 8, 10, 3, 6, 9]),
        ("-duration", (1..=10).collect::<Vec<_>>()),
        ("duration", (1..=10).rev().collect()),
        ("user,-start", vec![4, 3, 2, 1, 10, 9, 8, 7, 6, 5]),
        ("agent,cost", vec![7, 1, 2, 4, 5, 8, 10, 3, 6, 9]),
        ("-status,start", vec![1, 2, 4, 5, 6, 7, 8, 9, 10, 3]),
        ("name", vec![1, 10, 2, 3, 4, 5, 6, 7, 8, 9]),
    ] {
        assert_eq!(listed(&rows, &kept, "", sort), wanted, "{sort}");
        let paged = all_pages(&rows, &kept, query("", sort, 3));
        assert_eq!(paged, (wanted, 4), "{sort}");
    }
    assert_eq!(
        all_pages(&rows, &kept, query("tool:fetch", "-cost", 2)).0,
        [10, 7, 5, 2, 1, 9, 6, 3]
    );
    let refused = traces(&rows.connection, &kept, &query("", "-depth", 3));
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
}

#[test]
fn a_cursor_belongs_to_its_question() {
    let (rows, kept) = ten();
    let page = traces(&rows.connection, &kept, &query("", "", 4)).unwrap();
    let with_cursor = |text: &str, sort: &str, workspace| TraceQuery {
        cursor: page.next_cursor.clone(),
        workspace,
        ..query(text, sort, 4)
    };
    assert!(traces(&rows.connection, &kept, &with_cursor("", "", ONE)).is_ok());
    for wrong in [
        with_cursor("tool:fetch", "", ONE),
        with_cursor("", "-cost", ONE),
        with_cursor("", "", TWO),
    ] {
        let refused = traces(&rows.connection, &kept, &wrong);
        assert!(matches!(refused, Err(StoreError::BadCursor)));
    }
}

#[test]
fn a_scan_that_runs_out_of_time_says_how_far_it_came_and_goes_on() {
    let (rows, kept) = ten();
    let limited = |text: &str, sort: &str, cursor| TraceQuery {
        budget: Budget { scan_rows: Some(4), ..Budget::default() },
        cursor,
        ..query(text, sort, 5)
    };
    let first = traces(&rows.connection, &kept, &limited("duration > 15s", "", None)).unwrap();
    assert_eq!(numbers(&first), Vec::<u8>::new());
    assert_eq!(first.scanned, Some(Scanned { rows: 4, of: 10 }));
    assert_eq!((first.total, first.total_is), (0, TotalIs::AtLeast));
    let second =
        traces(&rows.connection, &kept, &limited("duration > 15s", "", first.next_cursor)).unwrap();
    assert_eq!(numbers(&second), [4, 3]);
    assert_eq!(second.scanned, Some(Scanned { rows: 8, of: 10 }));
    let third = traces(&rows.connection, &kept, &limited("duration > 15s", "", second.next_cursor))
        .unwrap();
    assert_eq!(numbers(&third), [2, 1]);
    assert_eq!((third.total, third.total_is, third.scanned), (4, TotalIs::Exact, None));
    assert_eq!(third.next_cursor, None);

    // Sorted: the best of what was looked at, then of the rest.
    let first = traces(&rows.connection, &kept, &limited("", "-cost", None)).unwrap();
    assert_eq!(numbers(&first), [10, 8, 7, 9]);
    assert_eq!(first.scanned, Some(Scanned { rows: 4, of: 10 }));
    let second = traces(&rows.connection, &kept, &limited("", "-cost", first.next_cursor)).unwrap();
    assert_eq!(numbers(&second), [5, 4, 6, 3]);
}

#[test]
fn rows_that_come_while_somebody_reads_pages_change_nothing() {
    let (mut rows, kept) = ten();
    let mut query = query("", "", 3);
    let mut seen = Vec::new();
    let mut late = 100u8;
    loop {
        let page = traces(&rows.connection, &kept, &query).unwrap();
        seen.extend(numbers(&page));
        // One newer, one from the middle of what was read already.
        for start in [50, 10] {
            late += 1;
            rows.put(ONE, &summary(late, start), 60);
        }
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(seen, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
}

#[test]
fn labels_are_found_and_shown() {
    let (mut rows, kept) = ten();
    let label = |trace: u8, name: &str, value: Option<&str>, score| Label {
        target: LabelTarget::Trace { trace_id: trace_id(trace) },
        name: name.to_owned(),
        score,
        value: value.map(str::to_owned),
        explanation: None,
        source: LabelSource::Human,
        author: "ada".to_owned(),
        created_nanos: DAY,
    };
    let on_span = Label {
        target: LabelTarget::Span { trace_id: trace_id(5), span_id: span(5, 1).span_id },
        ..label(5, "looping", None, None)
    };
    let new = [
        label(2, "outcome", Some("resolved"), None),
        label(4, "outcome", Some("open"), None),
        label(4, "quality", None, Some(0.25)),
        on_span,
    ];
    labels::put(&rows.connection, ONE, &new).unwrap();
    labels::put(&rows.connection, ONE, &[label(2, "outcome", Some("open"), None)]).unwrap();
    labels::put(&rows.connection, TWO, &[label(9, "outcome", None, None)]).unwrap();
    for (text, wanted) in [
        ("label:outcome", vec![4, 2]),
        ("label:OUT*", vec![4, 2]),
        ("label.outcome:open", vec![4, 2]),
        ("label.outcome:resolved", vec![]),
        ("score.quality < 0.5", vec![4]),
        ("score.quality > 0.5", vec![]),
        ("label:looping", vec![5]),
        ("has span(label:looping tool:fetch)", vec![5]),
        ("-label:outcome cost >= 8", vec![10, 8]),
    ] {
        assert_eq!(listed(&rows, &kept, text, ""), wanted, "{text}");
    }
    let page = traces(&rows.connection, &kept, &query("label:quality", "", 3)).unwrap();
    assert_eq!(page.rows[0].labels.len(), 2);

    // A trace that begins earlier takes its labels along.
    rows.put(ONE, &summary(4, 0), 90);
    assert_eq!(listed(&rows, &kept, "label:outcome", ""), [2, 4]);

    let stored = labels::list(&rows.connection, ONE, Some("outcome"), None, 9).unwrap();
    assert_eq!(stored.len(), 2);
    assert!(labels::remove(&rows.connection, TWO, stored[0].id).unwrap_err().is_not_found());
    for stored in stored {
        labels::remove(&rows.connection, ONE, stored.id).unwrap();
    }
    assert_eq!(listed(&rows, &kept, "label:outcome", ""), Vec::<u8>::new());
    assert_eq!(listed(&rows, &kept, "score.quality:*", ""), [4]);
    let nowhere = labels::put(&rows.connection, ONE, &[label(77, "x", None, None)]);
    assert!(nowhere.unwrap_err().is_not_found());
}

#[test]
fn an_agents_key_sees_that_agent_only() {
    let (rows, kept) = ten();
    let agent = listed_agent(&rows, "billing");
    let bound = |text: &str| TraceQuery { agent: Some(agent), ..query(text, "", 100) };
    assert_eq!(all_pages(&rows, &kept, bound("")).0, [7]);
    assert_eq!(all_pages(&rows, &kept, bound("tool:search or tool:fetch")).0, [7]);
    assert_eq!(all_pages(&rows, &kept, bound("agent:planner")).0, Vec::<u8>::new());
    let page = traces(&rows.connection, &kept, &bound("")).unwrap();
    assert_eq!((page.total, page.total_is), (1, TotalIs::Exact));
    // The same agent by name in the other workspace is another agent.
    let other = TraceQuery { workspace: TWO, ..bound("") };
    assert_eq!(all_pages(&rows, &kept, other).0, Vec::<u8>::new());
}

fn listed_agent(rows: &Rows, name: &str) -> crate::ids::AgentId {
    let sql = "SELECT agent_id FROM agents WHERE workspace = 1 AND name = ?1";
    let id = rows.connection.query_row(sql, [name], |row| row.get(0)).unwrap();
    crate::ids::AgentId(id)
}

#[test]
fn completion_knows_the_values_that_there_are() {
    let (rows, _) = ten();
    let ask = |field, prefix: &str, agent, scan_rows| {
        let budget = Budget { scan_rows, ..Budget::default() };
        let prefix = prefix.to_owned();
        let query = ValueQuery { workspace: ONE, agent, field, prefix, limit: 3, budget };
        let found = field_values(&rows.connection, &query).unwrap();
        let values: Vec<(String, Option<u64>)> =
            found.values.into_iter().map(|value| (value.value, value.trace_count)).collect();
        (values, found.scanned)
    };
    let values = |field, prefix| ask(field, prefix, None, None).0;
    let counted = |value: &str, count| (value.to_owned(), Some(count));
    assert_eq!(values(Field::Tool, ""), [counted("fetch", 8), counted("Search", 2)]);
    assert_eq!(values(Field::Tool, "SE"), [counted("Search", 2)]);
    assert_eq!(values(Field::Agent, ""), [counted("planner", 9), counted("billing", 1)]);
    assert_eq!(values(Field::User, "g"), [counted("Grace", 6)]);
    assert_eq!(values(Field::Session, "chat"), [counted("Chat-0", 5), counted("Chat-1", 5)]);
    assert_eq!(values(Field::Category, ""), [("tool".to_owned(), None)]);
    assert_eq!(values(Field::Cost, ""), []);
    // 7 is the only one of `billing`.
    let billing = Some(listed_agent(&rows, "billing"));
    let own = |field| ask(field, "", billing, None).0;
    assert_eq!(own(Field::Agent), [counted("billing", 1)]);
    assert_eq!(own(Field::Tool), [counted("fetch", 1)]);
    assert_eq!(own(Field::Session), [counted("Chat-1", 1)]);
    assert_eq!(own(Field::Category), [counted("tool", 1)]);
    let (found, scanned) = ask(Field::Name, "", None, Some(2));
    assert_eq!(scanned, Some(Scanned { rows: 2, of: 10 }));
    assert!(found.iter().all(|(_, count)| count.is_none()), "{found:?}");
}

#[test]
fn a_stale_or_overflowing_row_asks_its_spans() {
    let mut rows = Rows::new();
    let mut kept = Kept::default();
    // The row remembers `draft`, its span is called `search` by now.
    rows.put_with(ONE, &summary(1, 1), &[tool(1, 1, "draft")], 1);
    let renamed = tool(1, 1, "search");
    let trace = summary(1, 1);
    let arrival = crate::embedded::rows::Arrival {
        workspace: ONE,
        summary: &trace,
        spans: &[&renamed],
        note: None,
        stale: true,
        stored: true,
        key_agent: None,
        now: DAY,
        commit_seq: 2,
    };
    rows.writer.upsert(&rows.connection, &arrival, &mut None).unwrap();
    kept.spans.insert((ONE, trace_id(1)), vec![renamed]);
    // A name too long to be a term.
    let long = tool(2, 1, &"x".repeat(600));
    rows.put_with(ONE, &summary(2, 2), std::slice::from_ref(&long), 2);
    kept.spans.insert((ONE, trace_id(2)), vec![long]);
    for (text, wanted) in [
        ("tool:draft", vec![]),
        ("tool:search", vec![1]),
        ("tool:xxxx*", vec![2]),
        ("tool:*", vec![2, 1]),
        ("-tool:search", vec![2]),
    ] {
        assert_eq!(listed(&rows, &kept, text, ""), wanted, "{text}");
    }
}
