//! What no recording shows.

use serde_json::{Value as Json, json};

use super::{replayed, send};
use crate::tests::harness::{Clew, otlp, span, with};
use clew_store::{Scope, WorkspaceId};

const TRACE: &str = "110200ba9bcf7c90584f5034edc5243e";

#[tokio::test]
async fn every_route_takes_a_slash_at_its_end() {
    let clew = replayed("otlp").await;
    let detail = format!("/traces/{TRACE}");
    for path in [
        "/traces",
        "/traces/filter-schema",
        "/trace_session_stats",
        "/traces/stats/sessions",
        "/config",
        "/health",
        &detail,
    ] {
        let plain = clew.get(path).await;
        let slashed = clew.get(&format!("{path}/")).await;
        assert_eq!((plain.status.as_u16(), slashed.status.as_u16()), (200, 200), "{path}");
        assert_eq!(plain.headers["content-type"], "application/json", "{path}");
    }
    let searched = clew.call("POST", "/traces/search/", "", &json!({})).await;
    assert_eq!(searched.json()["meta"]["total_count"], 9);
}

/// Where FastAPI's own spans stand around a run, agno finds no ids; Clew takes them from
/// the topmost span of the run.
#[tokio::test]
async fn ids_are_found_below_a_web_frameworks_request() {
    let clew = replayed("fastapi_native_otel").await;
    let answer = clew.get("/traces?session_id=sess-1&agent_id=weather-agent").await.json();
    assert!(answer["meta"]["total_count"].as_u64().unwrap() > 0, "{answer}");
    for row in answer["data"].as_array().unwrap() {
        assert_eq!((&row["session_id"], &row["user_id"]), (&json!("sess-1"), &json!("alice")));
        assert_eq!(row["agent_id"], "weather-agent");
        assert!(row["run_id"].is_string() && row["input"].is_string(), "{row}");
    }
    let stats = clew.get("/trace_session_stats").await.json();
    assert!(stats["meta"]["total_count"].as_u64().unwrap() > 0, "{stats}");
}

#[tokio::test]
async fn a_key_reads_its_own_agent_and_workspace_only() {
    let clew = Clew::closed();
    let all = clew.key(WorkspaceId::DEFAULT, &[Scope::Read, Scope::Ingest], None);
    send(&clew, "otlp", &all).await;
    let agent = clew.key(WorkspaceId::DEFAULT, &[Scope::Read], Some("Plain Agent"));
    let other = clew.workspace("other");
    let foreign = clew.key(other, &[Scope::Read], None);
    let count = |key: String, path: &'static str| {
        let clew = &clew;
        async move { clew.get_as(path, &key).await.json()["meta"]["total_count"].clone() }
    };
    assert_eq!(count(all.clone(), "/traces").await, 9);
    assert_eq!(count(foreign.clone(), "/traces").await, 0);
    assert_eq!(count(foreign.clone(), "/trace_session_stats").await, 0);
    let own = count(agent.clone(), "/traces").await.as_u64().unwrap();
    assert!(own > 0 && own < 9, "{own}");
    assert!(count(agent.clone(), "/trace_session_stats").await.as_u64().unwrap() < 7);
    for key in [&agent, &foreign] {
        for path in
            [format!("/traces/{TRACE}"), format!("/traces/{TRACE}?span_id=b3f57fd57389f63e")]
        {
            let answer = clew.get_as(&path, key).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (404, json!({"detail": "Trace not found"}))
            );
        }
        let searched = clew
            .call(
                "POST",
                "/traces/search",
                key,
                &json!({
            "filter": {"op": "EQ", "key": "agent_id", "value": "weather-agent"}}),
            )
            .await;
        assert_eq!(searched.json()["meta"]["total_count"], 0);
    }
    // The span is in a trace of somebody else: nothing is said of it.
    let mine = clew.get_as("/traces", &agent).await.json()["data"][0]["trace_id"].clone();
    let path = format!("/traces/{}?span_id=b3f57fd57389f63e", mine.as_str().unwrap());
    assert_eq!(clew.get_as(&path, &agent).await.json()["detail"], "Span not found");
    let ingest = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest], None);
    let refused = clew.get_as("/traces", &ingest).await;
    assert_eq!(refused.status, 403);
    assert!(refused.json()["detail"].is_string());
}

/// Any tracer's runs can be read, with what agno knows no word for under `extra_data`.
#[tokio::test]
async fn spans_of_other_tracers_are_shown() {
    let clew = Clew::open();
    let trace = "5b8efff798038103d269b633813fc60c";
    let root = with(
        span(trace, "0000000000000001", None, "invoke_agent planner", (0, 100)),
        &[("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.id", "planner-1")],
    );
    let call = with(
        span(trace, "0000000000000002", Some("0000000000000001"), "chat gpt", (10, 20)),
        &[
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.request.model", "gpt"),
            (
                "gen_ai.input.messages",
                r#"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#,
            ),
        ],
    );
    let orphan = span(trace, "0000000000000003", Some("00000000000000ff"), "lost", (30, 40));
    clew.ingest("", &otlp("shop", &[root, call, orphan])).await;
    let detail = clew.get(&format!("/traces/{trace}")).await.json();
    assert_eq!(detail["agent_id"], "planner-1");
    assert_eq!(detail["tree"][0]["type"], "AGENT");
    let call = &detail["tree"][0]["spans"][0];
    assert_eq!((&call["type"], &call["metadata"]["model"]), (&json!("LLM"), &json!("gpt")));
    assert!(call["input"].as_str().unwrap().contains("hi"), "{call}");
    assert_eq!(detail["tree"][1]["name"], "lost");
    assert_eq!(detail["tree"][1]["extra_data"]["orphan_of"], "00000000000000ff");
    assert_eq!(detail["total_spans"], 3);
}

#[tokio::test]
async fn an_open_run_is_shown_without_a_length() {
    let clew = Clew::open();
    let mut open =
        span("5b8efff798038103d269b633813fc60c", "0000000000000001", None, "run", (0, 1));
    open["endTimeUnixNano"] = json!("0");
    clew.ingest("", &otlp("shop", &[open])).await;
    let answer = clew.get("/traces").await.json();
    assert_eq!(answer["data"][0]["duration"], "0ms");
    assert_eq!(answer["data"][0]["start_time"], answer["data"][0]["end_time"]);
    // Nothing has ended: a condition on the end is not met.
    let found = clew.get("/traces?end_time=2100-01-01").await.json();
    assert_eq!(found["meta"]["total_count"], 0);
}

#[tokio::test]
async fn a_large_trace_is_clipped_and_says_so() {
    let clew = Clew::open();
    let trace = "5b8efff798038103d269b633813fc60c";
    let large = "x".repeat(3 << 20);
    for number in 1..=6 {
        let id = format!("{number:016x}");
        let parent = (number > 1).then_some("0000000000000001");
        let span = with(
            span(trace, &id, parent, "step", (number, number + 1)),
            &[("openinference.span.kind", "TOOL"), ("input.value", &large)],
        );
        clew.ingest("", &otlp("shop", &[span])).await;
    }
    let answer = clew.get(&format!("/traces/{trace}")).await;
    assert!(answer.body.len() <= 16 << 20, "{}", answer.body.len());
    let child = &answer.json()["tree"][0]["spans"][0];
    assert_eq!(child["extra_data"]["clipped_bytes"]["input"], 3 << 20);
    assert!(child["input"].as_str().unwrap().ends_with(" of 3145728 bytes]"));
    let searched = clew.call("POST", "/traces/search", "", &json!({})).await;
    assert!(searched.body.len() <= 16 << 20);
}

fn traces(from: u32, to: u32) -> Vec<Json> {
    let one = |number: u32| {
        let trace = format!("{number:032x}");
        let mut span = span(&trace, "0000000000000001", None, "run", (i64::from(number), 9_999));
        span["status"] = json!({"code": 1 + u32::from(number.is_multiple_of(2))});
        span
    };
    (from..=to).map(one).collect()
}

#[tokio::test]
async fn pages_are_capped_and_counted_to_the_end() {
    let clew = Clew::open();
    clew.ingest("", &otlp("shop", &traces(1, 2_600))).await;
    let meta = |answer: &Json, field: &str| answer["meta"][field].clone();
    let first = clew.get("/traces?limit=5000").await.json();
    assert_eq!(first["data"].as_array().unwrap().len(), 1_000);
    let told =
        ["limit", "limit_asked", "total_pages", "total_count"].map(|name| meta(&first, name));
    assert_eq!(told, [json!(1_000), json!(5_000), json!(3), json!(2_600)]);
    let last = clew.get("/traces?limit=5000&page=3").await.json();
    let ids: Vec<&str> = last["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["trace_id"].as_str().unwrap())
        .collect();
    assert_eq!((ids.len(), ids[599]), (600, "00000000000000000000000000000001"));
    // The store's own lists stop counting at a thousand.
    let failed = clew.get("/traces?status=ERROR&limit=3&page=400").await.json();
    assert_eq!(meta(&failed, "total_count"), 1_300);
    assert_eq!(meta(&failed, "total_is"), Json::Null);
    assert_eq!(failed["data"].as_array().unwrap().len(), 3);
    let past = clew.get("/traces?limit=1000&page=9").await.json();
    assert_eq!((&past["data"], meta(&past, "total_count")), (&json!([]), json!(2_600)));
}

#[tokio::test]
async fn a_deep_trace_goes_on_flat() {
    let clew = Clew::open();
    let id = |number: usize| format!("{number:016x}");
    let spans: Vec<Json> = (1..=300)
        .map(|number| {
            let parent = id(number - 1);
            let parent = (number > 1).then_some(parent.as_str());
            let ms = (number as i64, 1_000);
            span("5b8efff798038103d269b633813fc60c", &id(number), parent, "step", ms)
        })
        .collect();
    clew.ingest("", &otlp("shop", &spans)).await;
    let text = clew.get("/traces/5b8efff798038103d269b633813fc60c").await.text();
    let (mut depth, mut deepest) = (0_usize, 0);
    for character in text.chars() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    assert_eq!(deepest, 241);
    assert_eq!(text.matches("\"id\":").count(), 300);
    assert!(text.contains("\"extra_data\":{\"depth\":299}"));
}

#[tokio::test]
async fn an_empty_search_says_why() {
    let clew = Clew::open();
    let filter = json!({"filter": {"op": "EQ", "key": "input", "value": "x"}});
    let answer = clew.call("POST", "/traces/search", "", &filter).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["x-clew-note"], "there is no field 'input'");
}

#[tokio::test]
async fn every_field_of_a_list_can_be_sorted_by() {
    let clew = replayed("otlp").await;
    for field in [
        "start_time",
        "end_time",
        "created_at",
        "duration",
        "duration_ms",
        "name",
        "status",
        "total_spans",
        "error_count",
        "session_id",
        "user_id",
    ] {
        for order in ["asc", "desc"] {
            let answer = clew.get(&format!("/traces?sort_by={field}&sort_order={order}")).await;
            assert_eq!(answer.json()["data"].as_array().unwrap().len(), 9, "{field}");
        }
    }
}
