use clew_model::fold::fold;
use clew_model::label::LabelTarget;
use clew_model::source::StatusCode;

use super::*;

const TRACE: &str = "eee2821c5f16e07b4fd2338ff92b3157";
const NOW: i64 = 1_795_154_800_000_000_000;

fn recorded(name: &str, number: usize) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire");
    std::fs::read(format!("{folder}/{name}/0{number}-POST-logs3.body")).unwrap()
}

fn with(
    body: &[u8],
    span_of_row: &mut dyn FnMut(&str) -> Option<(TraceId, SpanId)>,
) -> Result<Received, WireError> {
    let mut name_of =
        |id: &str| (id == "0b7c1a52-6d1c-4f6e-9f35-3f8f8c1f0001").then(|| "agents".to_owned());
    let limits = Limits::default();
    rows(body, &mut Context { now_nanos: NOW, span_of_row, name_of: &mut name_of, limits: &limits })
}

fn taken(body: &[u8]) -> Decoded {
    with(body, &mut |_| None).unwrap().decoded
}

fn one(row: &str) -> Decoded {
    taken(format!(r#"{{"rows":[{row}],"api_version":2}}"#).as_bytes())
}

fn text<'a>(part: &'a SourceSpan, key: &str) -> Option<&'a str> {
    attribute(&part.attributes, key).and_then(Value::as_str)
}

#[test]
fn the_first_row_of_a_run() {
    let received = with(&recorded("braintrust", 4), &mut |_| None).unwrap();
    let ids = ["baf1b23d-070c-40a2-a1cd-3a0fca69ef9f", "0771004f-57f6-403c-ad9e-e83211b415ae"];
    assert_eq!(received.ids, ids);
    let [planner, call] = &received.decoded.spans[..] else { panic!() };
    assert_eq!(planner.trace_id.to_string(), TRACE);
    assert_eq!(planner.span_id.to_string(), "aa0e2ae34b727748");
    assert_eq!(planner.sender_span_id.as_deref(), Some(ids[0]));
    assert_eq!((planner.sender_trace_id.as_deref(), planner.parent_span_id), (None, None));
    assert_eq!(planner.name.as_deref(), Some("planner"));
    assert_eq!(planner.start_nanos, Some(1_795_154_742_507_280_128));
    assert_eq!((planner.end_nanos, planner.sequence), (None, Some(1)));
    assert_eq!(text(planner, "braintrust.parent"), Some("project_name:agents"));
    let input = r#"{"q": "What is the weather in Paris?"}"#;
    assert_eq!(text(planner, "braintrust.input_json"), Some(input));
    assert_eq!(call.parent_span_id, Some(planner.span_id));
}

#[test]
fn a_streamed_call_is_three_rows_in_any_order() {
    let span: SpanId = "25d18fa1084b1d4b".parse().unwrap();
    let parts: Vec<SourceSpan> = [6, 7, 8]
        .into_iter()
        .flat_map(|number| taken(&recorded("braintrust", number)).spans)
        .filter(|part| part.span_id == span)
        .collect();
    assert_eq!(parts.len(), 3);
    let [a, b, c] = [&parts[0], &parts[1], &parts[2]];
    for whole in [fold(&fold(a, b), c), fold(&fold(c, b), a), fold(&fold(b, a), c)] {
        assert_eq!(whole.name.as_deref(), Some("Chat Completion"));
        assert_eq!(whole.start_nanos, Some(1_795_154_742_578_607_104));
        assert_eq!(whole.end_nanos, Some(1_795_154_742_602_391_808));
        let metrics = attribute(&whole.attributes, "braintrust.metrics");
        assert_eq!(member(metrics, "prompt_tokens"), Some(&Value::Int(120)));
        let first = member(metrics, "time_to_first_token");
        assert_eq!(first, Some(&Value::Double(0.00417327880859375)));
    }
}

#[test]
fn an_error_is_its_last_line_and_the_whole_trace_back() {
    let spans = taken(&recorded("braintrust", 5)).spans;
    let failed = spans.iter().find(|part| part.name.as_deref() == Some("broken_tool")).unwrap();
    assert_eq!(failed.status.code, StatusCode::Error);
    assert_eq!(failed.status.message, "ValueError: tool exploded: text for value");
    assert_eq!(text(failed, "error.type"), Some("ValueError"));
    assert!(text(failed, "braintrust.error").unwrap().starts_with("Traceback"));
    let spans = taken(&recorded("js-braintrust", 5)).spans;
    let failed = spans.iter().find(|part| part.name.as_deref() == Some("broken_tool")).unwrap();
    assert_eq!(failed.status.message, "tool exploded");
    assert_eq!(text(failed, "error.type"), Some("Error"));
}

#[test]
fn scores_are_labels_and_a_comment_is_one_too() {
    let scored = taken(&recorded("braintrust", 6));
    let (trace_id, span_id) = (TRACE.parse().unwrap(), "18cb78ac7fb24f89".parse().unwrap());
    assert_eq!(scored.labels[0].target, LabelTarget::Span { trace_id, span_id });
    assert_eq!((scored.labels[0].name.as_str(), scored.labels[0].score), ("quality", Some(0.9)));
    let decoded = taken(&recorded("braintrust", 9));
    let [thumb, comment] = &decoded.labels[..] else { panic!() };
    assert_eq!((thumb.name.as_str(), thumb.score), ("thumb", Some(1.0)));
    assert_eq!(thumb.author, "user-42");
    assert_eq!(comment.target, thumb.target);
    assert_eq!(comment.explanation.as_deref(), Some("good"));
    assert_eq!(comment.created_nanos, 1_795_154_742_604_073_000 + 1_000);
    assert_eq!(decoded.run_events[0].event_id, "02dd9573-55d0-4661-ba00-4f945f33e9e9");
}

#[test]
fn later_feedback_finds_its_span() {
    let ids = (TRACE.parse().unwrap(), "18cb78ac7fb24f89".parse().unwrap());
    let body = br#"{"rows":[{"id":"row-1","scores":{"thumb":0},"tags":["bad"],"_is_merge":true,
        "_audit_source":"external","project_id":"p","log_id":"g"}]}"#;
    let received = with(body, &mut |row| (row == "row-1").then_some(ids)).unwrap();
    let part = &received.decoded.spans[0];
    assert_eq!((part.trace_id, part.span_id), ids);
    assert_eq!((part.start_nanos, &part.name), (None, &None));
    assert_eq!(received.decoded.labels[0].score, Some(0.0));
    let unknown = taken(body);
    assert_eq!(unknown.rejected_count, 1);
    assert_eq!(unknown.rejected[0].reason, "no span is known of the row \"row-1\"");
}

#[test]
fn what_is_no_span_is_left_alone() {
    for row in [
        r#"{"id":"a","_object_delete":true,"dataset_id":"d"}"#,
        r#"{"id":"a","dataset_id":"d","input":1}"#,
        r#"{"id":"a","prompt_session_id":"s","span_id":"b"}"#,
    ] {
        let decoded = one(row);
        assert_eq!((decoded.accepted_count, decoded.spans.len()), (1, 0), "{row}");
    }
}

#[test]
fn rows_of_the_oldest_sdks_and_uuids() {
    let plain = one(r#"{"id":"a","input":"q","created":"2026-11-20T06:05:42Z"}"#).spans.remove(0);
    assert_eq!(plain.span_id, SpanId::from_sender("a").unwrap());
    assert_eq!(plain.trace_id, TraceId::from_sender("a").unwrap());
    assert_eq!(plain.start_nanos, Some(1_795_154_742_000_000_000));
    assert_eq!(text(&plain, "braintrust.input_json"), Some("\"q\""));
    let uuid = "baf1b23d-070c-40a2-a1cd-3a0fca69ef9f";
    let row = format!(r#"{{"id":"a","span_id":"{uuid}","root_span_id":"{uuid}"}}"#);
    let part = one(&row).spans.remove(0);
    assert_eq!(part.trace_id.to_string(), "baf1b23d070c40a2a1cd3a0fca69ef9f");
    assert_eq!(part.sender_trace_id.as_deref(), Some(uuid));
    assert_eq!(text(&part, "braintrust.span_id"), Some(uuid));
}

#[test]
fn one_bad_row_costs_only_itself() {
    let body = br#"{"rows":[{"id":"a","span_id":"00"},{"span_id":"c"},
        {"id":"d","metrics":{"start":"soon"}},{"id":"e","scores":{"s":"high"}},
        {"id":"f","span_id":"0000000000000000"},{"id":"g","metrics":7}]}"#;
    let decoded = taken(body);
    let reasons: Vec<&str> = decoded.rejected.iter().map(|item| item.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "id: is missing",
            "metrics.start: \"soon\" is no time between 1970 and 2262",
            "scores.s: wrong type: expected a number, found a string",
            "span_id: id is all zeros",
        ]
    );
}

#[test]
fn rows_that_were_uploaded_apart() {
    let limits = Limits::default();
    let body = br#"{"rows":{"type":"logs3_overflow","key":"k-1","size_bytes":9},"api_version":2}"#;
    assert_eq!(overflow(body, &limits), Some(Overflow { key: "k-1".to_owned() }));
    assert_eq!(overflow(br#"{"rows":[]}"#, &limits), None);
}

#[test]
fn a_row_names_files_that_come_apart() {
    let body = br#"{"rows":[{"id":"a","span_id":"00000000000000a1","root_span_id":"t","input":
        {"image":{"type":"braintrust_attachment","key":"k-1","filename":"a.png",
        "content_type":"image/png"}},"output":"braintrust_attachment"}]}"#;
    let received = with(body, &mut |_| None).unwrap();
    let [file] = &received.references[..] else { panic!("{:?}", received.references) };
    assert_eq!((file.key.as_str(), file.filename.as_str()), ("k-1", "a.png"));
    assert_eq!(file.span_id.to_string(), "00000000000000a1");
}

#[test]
fn damaged_recordings_never_panic() {
    for (name, number) in [("braintrust", 4), ("braintrust", 9), ("js-braintrust", 5)] {
        let whole = recorded(name, number);
        for place in (0..whole.len()).step_by(23) {
            crate::fuzz::braintrust(&whole[..place]);
            for byte in [0, b'"', b'{', b'7', 0xff] {
                let mut damaged = whole.clone();
                damaged[place] = byte;
                crate::fuzz::braintrust(&damaged);
            }
        }
    }
}
