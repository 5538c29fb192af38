//! Spans across traces.

use clew_model::ids::SpanId;
use clew_model::source::{
    Dropped, Resource, Scope, Sender, SourceEvent, SourceSpan, SourceStatus, SpanKind,
};
use clew_model::span::SpanError;
use clew_model::value::Value;

use super::*;
use crate::spans::SpanQuery;

/// Of each trace: root 1, below it 2 (`search`), below that 3; 4 is an orphan.
fn three() -> (Rows, Kept) {
    let mut rows = Rows::new();
    let mut kept = Kept::default();
    for number in 1..=3u8 {
        let child = |own: u8, parent: u8, name: &str| Span {
            parent_span_id: Some(SpanId::from_bytes(&[parent; 8]).unwrap()),
            start_nanos: DAY + i64::from(own) * SECOND,
            end_nanos: Some(DAY + 2 * i64::from(own) * SECOND),
            ..tool(number, own, name)
        };
        let mut root = span(number, 1);
        root.start_nanos = DAY + i64::from(number);
        root.session_id = Some("s".to_owned());
        root.agent.name = Some(format!("agent {number}"));
        let mut failed = child(3, 2, "fetch");
        failed.status = Status::Error;
        let message = "no route to host".to_owned();
        failed.error = Some(SpanError { kind: "Network".to_owned(), message });
        let spans = vec![root, child(2, 1, "search"), failed, child(4, 9, "write")];
        let mut trace = summary(number, 0);
        trace.start_nanos = DAY + i64::from(number);
        trace.agent.name = Some(format!("agent {number}"));
        trace.status = Status::Error;
        trace.error_count = 1;
        rows.put_with(ONE, &trace, &spans, 1);
        rows.put_with(TWO, &trace, &spans, 1);
        kept.sources.insert((ONE, trace_id(number)), spans.iter().map(source).collect());
        kept.spans.insert((ONE, trace_id(number)), spans);
    }
    (rows, kept)
}

/// What was sent: the tool's name, a number, a JSON value, an event.
fn source(span: &Span) -> SourceSpan {
    let name = span.tool_name.clone().unwrap_or_default();
    SourceSpan {
        trace_id: span.trace_id,
        span_id: span.span_id,
        parent_span_id: span.parent_span_id,
        sender_span_id: None,
        sender_trace_id: None,
        name: Some(span.name.clone()),
        kind: SpanKind::Internal,
        start_nanos: Some(span.start_nanos),
        end_nanos: span.end_nanos,
        status: SourceStatus::default(),
        attributes: vec![
            ("app.retries".to_owned(), Value::Int(i64::from(span.span_id.as_bytes()[0]))),
            ("app.version".to_owned(), Value::from("1.10")),
            ("payload".to_owned(), Value::from(format!("{{\"{name}\":\"Where is {name}\"}}"))),
        ],
        events: vec![SourceEvent {
            time_nanos: span.start_nanos,
            name: "done".to_owned(),
            attributes: vec![("ok".to_owned(), Value::Bool(true))],
            dropped_attributes_count: 0,
            from_log: None,
        }],
        links: Vec::new(),
        trace_state: String::new(),
        flags: 0,
        dropped: Dropped::default(),
        resource: std::sync::Arc::new(Resource {
            attributes: vec![("host.name".to_owned(), Value::from("web-1"))],
            ..Resource::default()
        }),
        scope: std::sync::Arc::new(Scope::default()),
        sender: Sender::Otlp,
        version: None,
        sequence: None,
        older: Vec::new(),
    }
}

fn span_query(text: &str, limit: usize) -> SpanQuery {
    let clock = Clock { now_nanos: DAY + 90 * SECOND, utc_offset_seconds: 0 };
    SpanQuery {
        workspace: ONE,
        filter: parse(text, Subject::Span, &clock).unwrap(),
        limit,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: DAY + 90 * SECOND,
    }
}

/// Trace and span of each hit on all pages.
fn hits(rows: &Rows, kept: &Kept, mut query: SpanQuery) -> Vec<(u8, u8)> {
    let mut found = Vec::new();
    loop {
        let page = super::super::spans(&rows.connection, kept, &query).unwrap();
        assert!(page.rows.len() <= query.limit);
        for hit in &page.rows {
            let span = &hit.tree.nodes()[hit.index].span;
            assert_eq!(span.trace_id, hit.trace.summary.trace_id);
            found.push((span.trace_id.as_bytes()[0], span.span_id.as_bytes()[0]));
        }
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return found,
        }
    }
}

#[test]
fn spans_are_found_across_traces_in_pages() {
    let (rows, kept) = three();
    let all = [1, 2, 3, 4];
    let everything: Vec<(u8, u8)> =
        [3, 2, 1].into_iter().flat_map(|trace| all.map(|span| (trace, span))).collect();
    for (text, wanted) in [
        ("", everything),
        ("tool:search", vec![(3, 2), (2, 2), (1, 2)]),
        ("status:error agent:\"agent 2\"", vec![(2, 3)]),
        ("error:route", vec![(3, 3), (2, 3), (1, 3)]),
        ("is:orphan", vec![(3, 4), (2, 4), (1, 4)]),
        ("is:root -trace:0202*", vec![(3, 1), (1, 1)]),
        ("depth = 2", vec![(3, 3), (2, 3), (1, 3)]),
        ("session:s duration >= 3s", vec![(3, 3), (3, 4), (2, 3), (2, 4), (1, 3), (1, 4)]),
        ("attr.app.retries >= 4", vec![(3, 4), (2, 4), (1, 4)]),
        ("attr.app.version:1.1", vec![]),
        ("attr.app.version:1.10 span:0101*", vec![(3, 1), (2, 1), (1, 1)]),
        ("resource.host.name:WEB-1 event.ok:true tool:write", vec![(3, 4), (2, 4), (1, 4)]),
        ("\"where is search\"", vec![(3, 2), (2, 2), (1, 2)]),
        ("text:write", vec![(3, 4), (2, 4), (1, 4)]),
        ("tool:none", vec![]),
    ] {
        for limit in [1, 3, 100] {
            assert_eq!(hits(&rows, &kept, span_query(text, limit)), wanted, "{text} {limit}");
        }
    }
}

#[test]
fn filters_on_traces_look_into_spans() {
    let (rows, kept) = three();
    for (text, wanted) in [
        ("attr.app.retries >= 4 trace:0101*", vec![1]),
        ("has span(attr.app.retries:2 tool:search)", vec![3, 2, 1]),
        ("has span(attr.app.retries:2 tool:write)", vec![]),
        ("error ~ \"no route\"", vec![3, 2, 1]),
        ("error:nothing", vec![]),
        ("depth > 2", vec![3, 2, 1]),
        ("\"where is search\" agent:\"agent 2\"", vec![2]),
        ("search fetch", vec![3, 2, 1]),
        ("parcel", vec![]),
        ("span:0404040404040404", vec![3, 2, 1]),
    ] {
        assert_eq!(listed(&rows, &kept, text, ""), wanted, "{text}");
    }
}

#[test]
fn an_agents_key_finds_spans_of_that_agent_only() {
    let (rows, kept) = three();
    let agent = Some(listed_agent(&rows, "agent 1"));
    let found = hits(&rows, &kept, SpanQuery { agent, ..span_query("tool:search", 9) });
    assert_eq!(found, [(1, 2)]);
}

#[test]
fn a_scan_over_spans_goes_on_where_it_stopped() {
    let (rows, kept) = three();
    let budget = Budget { scan_rows: Some(1), ..Budget::default() };
    let query = SpanQuery { budget, ..span_query("attr.app.retries = 4 trace:0101*", 9) };
    assert_eq!(hits(&rows, &kept, query), [(1, 4)]);
    let query = SpanQuery { budget, ..span_query("attr.app.retries = 4", 2) };
    let page = super::super::spans(&rows.connection, &kept, &query).unwrap();
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.scanned, Some(Scanned { rows: 1, of: 3 }));
    assert_eq!(hits(&rows, &kept, query), [(3, 4), (2, 4), (1, 4)]);
}

#[test]
fn a_row_at_hand_is_held_against_a_filter() {
    let (rows, kept) = three();
    let matches =
        |text: &str| row_matches(&rows.connection, &kept, &query(text, "", 1), 1).unwrap();
    assert!(matches(""));
    assert!(matches("tool:search status:error"));
    assert!(!matches("tool:none"));
    assert!(!row_matches(&rows.connection, &kept, &query("", "", 1), 99).unwrap());
}
