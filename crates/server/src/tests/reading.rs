//! What the API shows of what was sent.

use clew_store::{Scope, WorkspaceId};
use serde_json::{Value as Json, json};

use super::harness::{Clew, NOW, otlp, span, with};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const AGENT: &str = "a000000000000001";
const FIRST: &str = "a000000000000002";
const TOOL: &str = "a000000000000003";
const SECOND: &str = "a000000000000004";

/// One agent turn: a model call, a tool, a second model call that resends its history.
fn turn(trace: &str, word: &str) -> Json {
    let history =
        format!(r#"{{"role":"user","parts":[{{"type":"text","content":"find {word}"}}]}}"#);
    let asked = r#"{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"search","arguments":{"q":"x"}}]}"#;
    let found =
        r#"{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"42"}]}"#;
    let call = |id: &str, ms: (i64, i64), messages: String| {
        let mut call = with(
            span(trace, id, Some(AGENT), "chat gpt-5-mini", ms),
            &[
                ("gen_ai.operation.name", "chat"),
                ("gen_ai.provider.name", "openai"),
                ("gen_ai.request.model", "gpt-5-mini"),
                ("gen_ai.response.model", "gpt-5-mini"),
                ("gen_ai.input.messages", &messages),
            ],
        );
        for (key, value) in [("input", "100"), ("output", "10")] {
            call["attributes"].as_array_mut().unwrap().push(
                json!({"key": format!("gen_ai.usage.{key}_tokens"), "value": {"intValue": value}}),
            );
        }
        call
    };
    let mut tool = with(
        span(trace, TOOL, Some(AGENT), "execute_tool search", (20, 30)),
        &[
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", "search"),
            ("gen_ai.tool.call.arguments", r#"{"q":"x"}"#),
            ("gen_ai.tool.call.result", "42"),
        ],
    );
    tool["status"] = json!({"code": 2, "message": "not found"});
    otlp(
        "shop",
        &[
            with(
                span(trace, AGENT, None, "invoke_agent planner", (0, 100)),
                &[
                    ("gen_ai.operation.name", "invoke_agent"),
                    ("gen_ai.agent.name", "planner"),
                    ("gen_ai.conversation.id", "session-1"),
                    ("user.id", "ada"),
                ],
            ),
            call(FIRST, (10, 20), format!("[{history}]")),
            tool,
            call(SECOND, (40, 90), format!("[{history},{asked},{found}]")),
        ],
    )
}

#[tokio::test]
async fn a_run_reads_as_it_was_sent() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let list = clew.get("/api/v1/traces").await.json();
    let row = &list["traces"][0];
    assert_eq!(row["trace_id"], TRACE);
    assert_eq!(row["agent"]["name"], "planner");
    assert_eq!((&row["session_id"], &row["user_id"]), (&json!("session-1"), &json!("ada")));
    assert_eq!((&row["status"], &row["root_status"]), (&json!("error"), &json!("ok")));
    assert_eq!(row["state"], "done");
    assert_eq!(row["start_nanos"], NOW.to_string());
    assert_eq!(row["duration_nanos"], 100_000_000);
    assert_eq!((&row["llm_calls"], &row["tool_calls_failed"]), (&json!(2), &json!(1)));
    assert_eq!((&row["usage"]["input"], &row["usage"]["output"]), (&json!(200), &json!(20)));
    assert!(row["cost"]["total"].is_string(), "{row}");
    assert_eq!((&list["total"], &list["total_is"]), (&json!(1), &json!("exact")));

    let detail = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json();
    assert_eq!(&detail["trace"], row, "list and detail agree");
    let names: Vec<&str> = detail["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| span["span_id"].as_str().unwrap())
        .collect();
    assert_eq!(names, [AGENT, FIRST, TOOL, SECOND]);
    let tool = &detail["spans"][2];
    assert_eq!((&tool["depth"], &tool["parent_index"]), (&json!(1), &json!(0)));
    assert_eq!((&tool["category"], &tool["status"]), (&json!("tool"), &json!("error")));
    assert_eq!(tool["error"], json!({"kind": "", "message": "not found"}));
    assert_eq!(
        (&tool["start_offset_nanos"], &tool["duration_nanos"]),
        (&json!(20_000_000), &json!(10_000_000))
    );
    assert_eq!(tool["call_hash"].as_str().unwrap().len(), 16);
    assert_eq!(detail["spans"][0]["subtree"]["usage"]["input"], 200);
    assert_eq!(detail["next_cursor"], json!(null));
    let bare = clew.get(&format!("/api/v1/traces/{TRACE}?spans=false")).await.json();
    assert_eq!(bare["spans"], json!([]));
}

#[tokio::test]
async fn a_tree_comes_in_pages_where_asked() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let first = clew.get(&format!("/api/v1/traces/{TRACE}?limit=3")).await.json();
    assert_eq!(first["spans"].as_array().unwrap().len(), 3);
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/api/v1/traces/{TRACE}?limit=3&cursor={cursor}");
    let rest = clew.get(&path).await.json();
    assert_eq!(rest["spans"][0]["span_id"], SECOND);
    assert_eq!(rest["spans"][0]["index"], 3);
    let wrong = clew.get(&format!("/api/v1/traces/{TRACE}?cursor=x")).await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (400, "bad_cursor"));
}

#[tokio::test]
async fn an_answer_keeps_its_byte_budget() {
    let clew = Clew::with(|config| config.limits.max_response_bytes = 2500);
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let detail = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json();
    let shown = detail["spans"].as_array().unwrap().len();
    assert!((1..4).contains(&shown), "{shown}");
    assert_eq!(detail["next_cursor"], shown.to_string());
}

#[tokio::test]
async fn a_model_call_shows_what_is_new_in_it() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let path = |span: &str| format!("/api/v1/traces/{TRACE}/spans/{span}");
    let second = clew.get(&path(SECOND)).await.json();
    let difference = &second["difference"];
    assert_eq!(difference["previous_span_id"], FIRST);
    assert_eq!((&difference["common_messages"], &difference["removed"]), (&json!(1), &json!(0)));
    let roles: Vec<&Json> =
        difference["added"].as_array().unwrap().iter().map(|message| &message["role"]).collect();
    assert_eq!(roles, ["assistant", "tool"]);
    assert_eq!(second["content"]["input_messages"].as_array().unwrap().len(), 3);
    assert_eq!(second["attributes"]["gen_ai.usage.input_tokens"], 100);
    assert_eq!(second["resource"]["attributes"], json!({"service.name": "shop"}));
    assert_eq!(second["clipped_bytes"], 0);
    assert_eq!(clew.get(&path(FIRST)).await.json()["difference"], json!(null));
    let tool = clew.get(&path(TOOL)).await.json();
    assert_eq!(tool["content"]["tool"]["arguments"], json!({"q": "x"}));
    assert_eq!(clew.get(&path("ffffffffffffffff")).await.status, 404);
}

#[tokio::test]
async fn previews_are_the_texts_of_spans() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let path = format!("/api/v1/traces/{TRACE}/previews");
    let answer = clew.call("POST", &path, "", &json!({"span_ids": [FIRST, TOOL]})).await;
    let previews = answer.json();
    let of = |id: &str| {
        previews["previews"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["span_id"] == id)
            .unwrap()
            .clone()
    };
    assert_eq!(of(FIRST)["input"], "find shoes");
    assert_eq!(of(TOOL)["input"], r#"{"q":"x"}"#);
    assert_eq!(of(TOOL)["output"], "42");
    let many: Vec<&str> = vec![FIRST; 201];
    let answer = clew.call("POST", &path, "", &json!({ "span_ids": many })).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_filter_selects_and_a_wrong_one_names_the_place() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let rows = |list: Json| list["traces"].as_array().unwrap().len();
    assert_eq!(rows(clew.get("/api/v1/traces?filter=tool:search").await.json()), 1);
    assert_eq!(rows(clew.get("/api/v1/traces?filter=tool:none").await.json()), 0);
    let list = clew.get("/api/v1/traces?filter=start:2026-11-20&sort=-duration").await.json();
    assert_eq!(rows(list.clone()), 1);
    assert_eq!(list["resolved"][0]["start_nanos"], "1795132800000000000");
    let answer = clew.get("/api/v1/traces?filter=modle:x").await;
    assert_eq!(answer.status, 400);
    let error = &answer.json()["error"];
    assert_eq!((&error["code"], &error["reason"]), (&json!("bad_filter"), &json!("unknown_field")));
    assert_eq!((&error["from"], &error["to"]), (&json!(0), &json!(5)));
    assert_eq!(error["suggestions"][0], "model");
    let answer = clew.get("/api/v1/traces?sort=nothing").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "bad_request"));
    let answer = clew.get("/api/v1/traces?cursor=garbage").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "bad_cursor"));
    for limit in ["0", "-1", "abc", "1000000", "99999999999999999999"] {
        assert_eq!(clew.get(&format!("/api/v1/traces?limit={limit}")).await.status, 400, "{limit}");
    }
}

#[tokio::test]
async fn an_agent_key_sees_and_writes_its_own_agent_only() {
    let clew = Clew::closed();
    let own = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest, Scope::Read], Some("planner"));
    let other = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest, Scope::Read], Some("writer"));
    clew.ingest(&own, &turn(TRACE, "shoes")).await;
    let second = "6b8efff798038103d269b633813fc60c";
    clew.ingest(&other, &turn(second, "hats")).await;
    let seen = clew.get_as("/api/v1/traces", &own).await.json();
    assert_eq!(seen["traces"].as_array().unwrap().len(), 1);
    assert_eq!(seen["traces"][0]["trace_id"], TRACE);
    for path in ["", "/receipt", "/events", "/export", "/live", "/spans/a000000000000002"] {
        let path = format!("/api/v1/traces/{second}{path}");
        assert_eq!(clew.get_as(&path, &own).await.status, 404, "{path}");
    }
    let lines = clew.get_as("/api/v1/export", &own).await.text();
    assert!(lines.contains("shoes") && !lines.contains("hats"));
    // Writing into another agent's run is refused, and said.
    let intruder = otlp("shop", &[span(second, "b000000000000001", None, "intruder", (0, 1))]);
    let answer = clew.call("POST", "/v1/traces", &own, &intruder).await;
    assert_eq!(answer.json()["partialSuccess"]["rejectedSpans"], "1");
    let row = clew.get_as(&format!("/api/v1/traces/{second}"), &other).await.json();
    assert_eq!(row["trace"]["span_count"], 4);
}

#[tokio::test]
async fn two_workspaces_with_the_same_ids_do_not_meet() {
    let clew = Clew::closed();
    let there = clew.workspace("other");
    let here = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let away = clew.key(there, &Scope::ALL, None);
    clew.ingest(&here, &turn(TRACE, "shoes")).await;
    clew.ingest(&away, &turn(TRACE, "hats")).await;
    for (key, own, foreign) in [(&here, "shoes", "hats"), (&away, "hats", "shoes")] {
        let path = format!("/api/v1/traces/{TRACE}/spans/{SECOND}");
        let text = clew.get_as(&path, key).await.text();
        assert!(text.contains(own) && !text.contains(foreign), "{text}");
    }
}

#[tokio::test]
async fn an_export_is_taken_back_whole() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let lines = clew.get("/api/v1/export?filter=tool:search").await;
    assert_eq!(lines.headers["content-type"], "application/jsonl");
    let copy = Clew::open();
    let answer = copy
        .send(super::harness::request(
            "POST",
            "/v1/traces",
            &[("content-type", "application/json")],
            lines.body,
        ))
        .await;
    assert_eq!(answer.text(), "{}");
    let path = format!("/api/v1/traces/{TRACE}");
    assert_eq!(clew.get(&path).await.json()["spans"], copy.get(&path).await.json()["spans"]);
    let log = clew.get("/api/v1/audit").await.json();
    assert_eq!(log["entries"][0]["action"], "export");
}

#[tokio::test]
async fn labels_show_on_runs_and_go_again() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let body = json!({"trace_id": TRACE, "name": "looping", "score": 0.5});
    assert_eq!(clew.call("POST", "/api/v1/labels", "", &body).await.status, 200);
    let row = clew.get("/api/v1/traces?filter=label:looping").await.json();
    let label = &row["traces"][0]["labels"][0];
    assert_eq!(
        (&label["name"], &label["score"], &label["source"]),
        (&json!("looping"), &json!(0.5), &json!("human"))
    );
    assert_eq!(label["created_nanos"], NOW.to_string());
    assert_eq!(label["id"], 1);
    let other = json!({"trace_id": TRACE, "span_id": AGENT, "name": "looping"});
    assert_eq!(clew.call("POST", "/api/v1/labels", "", &other).await.status, 200);
    let detail = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json();
    let ids: Vec<&Json> =
        detail["trace"]["labels"].as_array().unwrap().iter().map(|label| &label["id"]).collect();
    assert_eq!(ids, [1, 2]);
    let span = clew.get(&format!("/api/v1/traces/{TRACE}/spans/{AGENT}")).await.json();
    assert_eq!(span["labels"][0]["id"], 2);
    for id in [1, 2] {
        let path = format!("/api/v1/labels/{id}");
        assert_eq!(clew.call("DELETE", &path, "", &json!({})).await.status, 200);
    }
    assert_eq!(clew.get("/api/v1/labels").await.json()["labels"], json!([]));
    let body = json!({"name": "looping"});
    assert_eq!(clew.call("POST", "/api/v1/labels", "", &body).await.status, 400);
}

#[tokio::test]
async fn the_shapes_are_those_of_the_document() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let detail = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json();
    let keys = |json: &Json| json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&detail["trace"]), crate::openapi::fields_of("TraceRow"));
    assert_eq!(keys(&detail["spans"][0]), crate::openapi::fields_of("Skeleton"));
    assert_eq!(keys(&detail["receipt"]), crate::openapi::fields_of("Receipt"));
    assert_eq!(keys(&detail["trace"]["usage"]), crate::openapi::fields_of("TraceUsage"));
    assert_eq!(keys(&detail["trace"]["cost"]), crate::openapi::fields_of("TraceCost"));
    assert_eq!(keys(&detail["spans"][1]["cost"]), crate::openapi::fields_of("Cost"));
}

#[tokio::test]
async fn sessions_users_and_spans_are_listed() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    clew.ingest("", &turn("6b8efff798038103d269b633813fc60c", "hats")).await;
    let list = clew.get("/api/v1/sessions").await.json();
    let session = &list["sessions"][0];
    let keys: Vec<String> = session.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, crate::openapi::fields_of("Session"));
    assert_eq!((&session["session_id"], &session["trace_count"]), (&json!("session-1"), &json!(2)));
    assert_eq!(session["usage"]["input"], 400);
    let one = clew.get("/api/v1/sessions/session-1").await.json();
    assert_eq!(&one["session"], session);
    assert_eq!(clew.get("/api/v1/sessions/none").await.status, 404);
    let users = clew.get("/api/v1/users?q=AD").await.json();
    assert_eq!(
        (&users["users"][0]["user_id"], &users["users"][0]["trace_count"]),
        (&json!("ada"), &json!(2))
    );
    let spans = clew.get("/api/v1/spans?filter=category:tool&limit=1").await.json();
    assert_eq!(spans["spans"].as_array().unwrap().len(), 1);
    assert_eq!(spans["spans"][0]["tool_name"], "search");
    let start = (NOW + 20_000_000).to_string();
    assert_eq!(spans["spans"][0]["start_nanos"], start);
    assert!(spans["next_cursor"].is_string());
    let schema = clew.get("/api/v1/filter-schema?subject=span").await.json();
    assert!(schema["fields"].as_array().unwrap().len() > 10);
}

#[tokio::test]
async fn a_deleted_run_is_gone_and_stays_gone() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let path = format!("/api/v1/traces/{TRACE}");
    assert_eq!(clew.call("DELETE", &path, "", &json!({})).await.status, 200);
    assert_eq!(clew.get(&path).await.status, 404);
    assert_eq!(clew.call("DELETE", &path, "", &json!({})).await.status, 404);
    let again = clew.call("POST", "/v1/traces", "", &turn(TRACE, "shoes")).await.json();
    assert_eq!(again["partialSuccess"]["rejectedSpans"], "4");
    assert_eq!(clew.get("/api/v1/traces").await.json()["traces"], json!([]));
    let deleted = clew.get("/api/v1/deleted").await.json();
    let gone = &deleted["deleted"][0];
    assert_eq!((&gone["trace_id"], &gone["by"]), (&json!(TRACE), &json!("open mode")));
    assert_eq!(clew.get("/api/v1/audit").await.json()["entries"][0]["action"], "trace.delete");
}

#[tokio::test]
async fn a_store_is_checked_and_copied() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let report = clew.get("/api/v1/check").await.json();
    assert_eq!((&report["problems"], &report["counts"]["spans"]), (&json!([]), &json!(4)));
    let copy = clew.get("/api/v1/backup").await;
    assert_eq!(&copy.body[..15], b"SQLite format 3");
    assert_eq!(copy.headers["content-length"], copy.body.len().to_string().as_str());
}

#[tokio::test]
async fn search_finds_text_names_and_ids() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let found = clew.get("/api/v1/search?q=shoes").await.json();
    let hit = &found["hits"][0];
    assert_eq!(
        (&hit["trace_id"], &hit["trace_name"]),
        (&json!(TRACE), &json!("invoke_agent planner"))
    );
    assert!(hit["snippet"].as_str().unwrap().contains("shoes"), "{hit}");
    let by_id = clew.get(&format!("/api/v1/search?q={TRACE}")).await.json();
    assert_eq!(by_id["hits"][0]["trace_id"], TRACE);
    assert_eq!(clew.get("/api/v1/search?q=unheard").await.json()["hits"], json!([]));
    assert_eq!(clew.get("/api/v1/search").await.json()["error"]["field"], "q");
}

#[tokio::test]
async fn a_run_reads_as_a_conversation() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let conversation = clew.get(&format!("/api/v1/traces/{TRACE}/transcript")).await.json();
    let card = &conversation["turns"][0]["card"];
    assert_eq!(card["agent"], "planner");
    assert!(card["totals"]["cost"].is_string(), "{card}");
    let entries = card["entries"].as_array().unwrap();
    let asked = &entries[0];
    assert_eq!((&asked["role"], &asked["text"]["text"]), (&json!("user"), &json!("find shoes")));
    let tools: Vec<&Json> = entries.iter().filter(|entry| entry["kind"] == "tools").collect();
    assert_eq!(tools.len(), 1, "the call is shown once: {entries:?}");
    assert_eq!(tools[0]["calls"][0]["arguments"], json!({"q": "x"}));
    assert_eq!(conversation["clipped_bytes"], 0);
}

#[tokio::test]
async fn numbers_agree_with_the_list() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    clew.ingest("", &turn("6b8efff798038103d269b633813fc60c", "hats")).await;
    let stats = clew.get("/api/v1/stats?group_by=agent,status").await.json();
    let row = &stats["rows"][0];
    let keys = |json: &Json| json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(row), crate::openapi::fields_of("StatsRow"));
    assert_eq!(row["group"], json!(["planner", "error"]));
    assert_eq!((&row["count"], &row["usage"]["input"]), (&json!(2), &json!(400)));
    assert_eq!(stats["total"]["count"], 2);
    let list = clew.get("/api/v1/traces").await.json();
    let one = list["traces"][0]["cost"]["total"].as_str().unwrap().parse::<f64>().unwrap();
    let both = row["cost"]["total"].as_str().unwrap().parse::<f64>().unwrap();
    assert!((both - 2.0 * one).abs() < 1e-12, "{both} {one}");
    assert_eq!(clew.get("/api/v1/stats?group_by=agent,day,tool").await.status, 400);
    let wrong = clew.get("/api/v1/stats?group_by=agnt").await.json();
    assert_eq!(wrong["error"]["field"], "group_by");
    let agents = clew.get("/api/v1/agents?limit=1").await.json();
    let agent = &agents["agents"][0];
    assert_eq!(keys(agent), crate::openapi::fields_of("Agent"));
    assert_eq!((&agent["name"], &agent["trace_count"]), (&json!("planner"), &json!(2)));
    assert_eq!(agents["next_cursor"], json!(null));
}

#[tokio::test]
async fn a_total_opens_to_its_lines() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let ledger = clew.get(&format!("/api/v1/traces/{TRACE}/ledger")).await.json();
    let lines = ledger["lines"].as_array().unwrap();
    let ids: Vec<&Json> = lines.iter().map(|line| &line["span_id"]).collect();
    assert_eq!(ids, [FIRST, SECOND]);
    for line in lines {
        assert_eq!((&line["counted"], &line["why"]), (&json!(true), &json!("own")));
        assert_eq!(line["usage"]["input"], 100);
        assert_eq!(line["cost"]["counted"], true);
    }
    assert_eq!(ledger["usage"]["input"], 200);
}

#[tokio::test]
async fn runs_are_counted_over_time() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let agent = clew.key(WorkspaceId::DEFAULT, &[Scope::Read], Some("planner"));
    clew.ingest(&admin, &turn(TRACE, "shoes")).await;
    let other = span("6b8efff798038103d269b633813fc60c", AGENT, None, "cron", (-90_000, -80_000));
    clew.ingest(&admin, &otlp("shop", &[other])).await;
    // NOW is 12:00; the second run began at 11:58:30.
    let asked = format!("start={}&end={}", NOW - 300_000_000_000, NOW + 60_000_000_000);
    let path = |rest: &str| format!("/api/v1/histogram?{asked}&buckets=8{rest}");
    let told = clew.get_as(&path(""), &admin).await.json();
    let minute = |index: i64| (NOW + (index - 5) * 60_000_000_000).to_string();
    assert_eq!(told["start_nanos"], minute(0));
    assert_eq!(
        (&told["bucket_nanos"], &told["scanned"]),
        (&json!(60_000_000_000_i64), &json!(null))
    );
    let counts = |told: &Json| -> Vec<(u64, u64, u64)> {
        let number = |bucket: &Json, name: &str| bucket[name].as_u64().unwrap();
        let buckets = told["buckets"].as_array().unwrap().iter();
        buckets
            .map(|one| {
                (number(one, "count"), number(one, "error_count"), number(one, "failed_count"))
            })
            .collect()
    };
    let both = [(0, 0, 0), (0, 0, 0), (0, 0, 0), (1, 0, 0), (0, 0, 0), (1, 1, 0)];
    assert_eq!(counts(&told), both);
    assert_eq!(told["buckets"][3]["start_nanos"], minute(3));
    let own = clew.get_as(&path(""), &agent).await.json();
    let one = [(0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), (1, 1, 0)];
    assert_eq!(counts(&own), one);
    let failed = clew.get_as(&path("&filter=status:error"), &admin).await.json();
    assert_eq!(counts(&failed), one);
    // From the first run to now: a minute and a half and a nanosecond.
    let whole = clew.get_as("/api/v1/histogram?buckets=4", &admin).await.json();
    assert_eq!((&whole["bucket_nanos"], counts(&whole).len()), (&json!(30_000_000_000_i64), 4));
    for wrong in ["buckets=0", "buckets=501", "start=2&end=2", "end=x", "utc_offset_minutes=841"] {
        let answer = clew.get_as(&format!("/api/v1/histogram?{wrong}"), &admin).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "bad_request"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn completion_offers_what_there_is() {
    let clew = Clew::closed();
    let admin = clew.key(WorkspaceId::DEFAULT, &Scope::ALL, None);
    let agent = clew.key(WorkspaceId::DEFAULT, &[Scope::Read], Some("coder"));
    let other = clew.workspace("other");
    let foreign = clew.key(other, &Scope::ALL, None);
    clew.ingest(&admin, &turn(TRACE, "shoes")).await;
    clew.ingest(&admin, &turn("6b8efff798038103d269b633813fc60c", "hats")).await;
    let told = async |key: &str, asked: &str| {
        let answer = clew.get_as(&format!("/api/v1/filter-values?{asked}"), key).await.json();
        let values = answer["values"].as_array().unwrap_or_else(|| panic!("{asked}: {answer}"));
        values
            .iter()
            .map(|value| (value["value"].clone(), value["count"].clone()))
            .collect::<Vec<_>>()
    };
    for (asked, value, count) in [
        ("field=agent", "planner", json!(2)),
        ("field=model&prefix=GPT", "gpt-5-mini", json!(2)),
        ("field=tool&subject=span", "search", json!(2)),
        ("field=provider", "openai", json!(2)),
        ("field=user&prefix=a", "ada", json!(2)),
        ("field=session&subject=session", "session-1", json!(2)),
        ("field=service", "shop", json!(null)),
        ("field=name", "invoke_agent planner", json!(2)),
        ("field=status&prefix=E", "error", json!(null)),
        ("field=category&prefix=age", "agent", json!(null)),
    ] {
        assert_eq!(told(&admin, asked).await, [(json!(value), count)], "{asked}");
        let is_a_set = asked.starts_with("field=status") || asked.starts_with("field=category");
        for stranger in [&agent, &foreign] {
            assert_eq!(told(stranger, asked).await.len(), usize::from(is_a_set), "{asked}");
        }
    }
    assert_eq!(told(&admin, "field=state&limit=2").await.len(), 2);
    for wrong in ["", "field=modle", "field=model&subject=x", "field=model&limit=201"] {
        let answer = clew.get_as(&format!("/api/v1/filter-values?{wrong}"), &admin).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "bad_request"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn users_are_found_by_their_runs() {
    let clew = Clew::open();
    clew.ingest("", &turn(TRACE, "shoes")).await;
    let other = with(
        span("6b8efff798038103d269b633813fc60c", AGENT, None, "cron", (-90_000, -80_000)),
        &[("user.id", "ada")],
    );
    clew.ingest("", &otlp("shop", &[other])).await;
    let users = async |asked: &str| clew.get(&format!("/api/v1/users?{asked}")).await.json();
    let whole = users("sort=-cost").await;
    assert_eq!((&whole["total"], &whole["total_is"]), (&json!(1), &json!("exact")));
    assert_eq!(whole["users"][0]["trace_count"], 2);
    let failed = users("filter=status:error").await;
    assert_eq!(
        (&failed["users"][0]["user_id"], &failed["users"][0]["trace_count"]),
        (&json!("ada"), &json!(1))
    );
    assert_eq!(failed["users"][0]["span_count"], 4);
    assert_eq!(users("filter=tool:none").await["users"], json!([]));
    for (wrong, code) in [("sort=size", "bad_request"), ("filter=modle:x", "bad_filter")] {
        let answer = clew.get(&format!("/api/v1/users?{wrong}")).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, code), "{wrong}");
    }
}
