//! The skeleton, read byte by byte as docs/formats/skeleton.md says.

use clew_store::Scope;
use serde_json::{Value as Json, json};

use super::harness::{Clew, LOCAL_KEY, NOW, otlp, request, span, with};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const AGENT: &str = "a000000000000001";
const CALL: &str = "a000000000000002";
const TOOL: &str = "a000000000000003";
const QUERY: &str = "a000000000000004";
const LOST: &str = "a000000000000005";

fn path() -> String {
    format!("/api/v1/traces/{TRACE}/skeleton")
}

/// An agent with a model call, a failed tool, a database query below the tool that ends before
/// it starts, and an open span whose parent never came.
fn run() -> Json {
    let mut call = with(
        span(TRACE, CALL, Some(AGENT), "chat gpt-5-mini", (10, 20)),
        &[
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", "openai"),
            ("gen_ai.request.model", "gpt-5-mini"),
            ("gen_ai.response.model", "gpt-5-mini"),
        ],
    );
    for (key, value) in
        [("input_tokens", "100"), ("output_tokens", "10"), ("cache_read.input_tokens", "40")]
    {
        call["attributes"]
            .as_array_mut()
            .unwrap()
            .push(json!({"key": format!("gen_ai.usage.{key}"), "value": {"intValue": value}}));
    }
    let mut tool = with(
        span(TRACE, TOOL, Some(AGENT), "execute_tool search", (20, 30)),
        &[
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", "search"),
            ("gen_ai.tool.call.id", "c1"),
            ("gen_ai.tool.call.arguments", r#"{"q":"x"}"#),
        ],
    );
    tool["status"] = json!({"code": 2, "message": "é".repeat(201)});
    let mut lost = span(TRACE, LOST, Some("a0000000000000ff"), "left over", (50, 0));
    lost["endTimeUnixNano"] = json!("0");
    lost["links"] = json!([{"traceId": TRACE, "spanId": TOOL}]);
    let mut query =
        with(span(TRACE, QUERY, Some(TOOL), "SELECT", (25, 22)), &[("db.system", "postgresql")]);
    query["events"] = json!([{"name": "rows", "timeUnixNano": NOW.to_string()}]);
    otlp(
        "shop",
        &[
            with(
                span(TRACE, AGENT, None, "invoke_agent planner", (0, 100)),
                &[
                    ("gen_ai.operation.name", "invoke_agent"),
                    ("gen_ai.agent.name", "planner"),
                    ("gen_ai.conversation.id", "session-1"),
                ],
            ),
            call,
            tool,
            query,
            lost,
        ],
    )
}

/// A skeleton taken apart.
struct Read {
    header: Json,
    area: Vec<u8>,
}

impl Read {
    fn new(bytes: &[u8]) -> Self {
        assert_eq!(&bytes[..4], b"CLSK");
        assert_eq!(bytes[4..8], [1, 0, 0, 0]);
        let length = u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
        let header = serde_json::from_slice(&bytes[12..12 + length]).unwrap();
        let begin = (12 + length).div_ceil(8) * 8;
        assert!(bytes[12 + length..begin].iter().all(|byte| *byte == 0));
        Self { header, area: bytes[begin..].to_vec() }
    }

    /// Offset and length of a column that must be of this type.
    fn column(&self, name: &str, kind: &str) -> (usize, usize) {
        let columns = self.header["columns"].as_array().unwrap();
        let found = columns.iter().find(|column| column["name"] == name).unwrap();
        assert_eq!(found["type"], kind, "{name}");
        let number = |field: &str| found[field].as_u64().unwrap() as usize;
        assert_eq!(number("offset") % 8, 0, "{name}");
        (number("offset"), number("length"))
    }

    fn parts<const N: usize>(&self, name: &str, kind: &str) -> Vec<[u8; N]> {
        let (offset, length) = self.column(name, kind);
        let bytes = &self.area[offset..offset + length * N];
        bytes.chunks_exact(N).map(|part| part.try_into().unwrap()).collect()
    }

    fn u8(&self, name: &str) -> Vec<u8> {
        self.parts::<1>(name, "u8").concat()
    }

    fn u32(&self, name: &str) -> Vec<u32> {
        self.parts(name, "u32").into_iter().map(u32::from_le_bytes).collect()
    }

    fn i32(&self, name: &str) -> Vec<i32> {
        self.parts(name, "i32").into_iter().map(i32::from_le_bytes).collect()
    }

    /// `None` is NaN.
    fn f64(&self, name: &str) -> Vec<Option<f64>> {
        let numbers = self.parts(name, "f64").into_iter().map(f64::from_le_bytes);
        numbers.map(|number| (!number.is_nan()).then_some(number)).collect()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let text = |number: u32| self.header["strings"][number as usize].as_str().unwrap();
        self.u32(name).into_iter().map(|number| text(number).to_owned()).collect()
    }
}

async fn read(clew: &Clew) -> Read {
    let answer = clew.get(&path()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/vnd.clew.skeleton");
    Read::new(&answer.body)
}

#[tokio::test]
async fn columns_say_where_spans_stand_and_when() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let read = read(&clew).await;
    assert_eq!(read.header["count"], 5);
    let ids = [AGENT, CALL, TOOL, QUERY, LOST].map(|id| u64::from_str_radix(id, 16).unwrap());
    assert_eq!(read.u8("span_id"), ids.map(u64::to_be_bytes).concat());
    assert_eq!(read.i32("parent"), [-1, 0, 0, 2, -1]);
    assert_eq!(read.u32("depth"), [0, 1, 1, 2, 0]);
    assert_eq!(read.u32("end_index"), [4, 2, 4, 4, 5]);
    let categories: Vec<&Json> = read
        .u8("category")
        .into_iter()
        .map(|number| &read.header["categories"][usize::from(number)])
        .collect();
    assert_eq!(categories, ["agent", "llm", "tool", "other", "other"]);
    assert_eq!(read.u8("status"), [0, 0, 2, 0, 0]);
    let ms = |ms: f64| Some(ms * 1e6);
    assert_eq!(read.f64("start"), [ms(0.0), ms(10.0), ms(20.0), ms(25.0), ms(50.0)]);
    assert_eq!(read.f64("duration"), [ms(100.0), ms(10.0), ms(10.0), ms(0.0), None]);
    assert_eq!(read.f64("ttft"), [None; 5]);
    assert_eq!(read.header["orphans"], json!({"4": "a0000000000000ff"}));
    assert_eq!(read.u32("subtree_spans"), [4, 1, 2, 1, 1]);
    assert_eq!(read.u32("subtree_errors"), [1, 0, 1, 0, 0]);
}

#[tokio::test]
async fn flags_say_what_is_odd_and_what_counts() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let read = read(&clew).await;
    // Counted usage 8 and cost 128; infrastructure 32 with an odd clock 4096 and an event 1024;
    // open 1 and an orphan 2, of infrastructure, with a link 2048.
    assert_eq!(read.u32("flags"), [0, 136, 0, 5152, 2083]);
    assert_eq!(read.f64("input"), [None, Some(100.0), None, None, None]);
    assert_eq!(read.f64("output"), [None, Some(10.0), None, None, None]);
    assert_eq!(read.f64("cache_read"), [None, Some(40.0), None, None, None]);
    assert_eq!(read.f64("reasoning"), [None; 5]);
    // 60 at 0.25, 40 cached at 0.025 and 10 at 2 dollars a million.
    assert_eq!(read.f64("cost")[1], Some(36_000_000.0));
    assert_eq!(read.header["trace"]["cost"]["total"], "0.000036");
    assert_eq!(read.f64("subtree_cost")[0], Some(36_000_000.0));
    assert_eq!(read.f64("subtree_input"), [Some(100.0), Some(100.0), None, None, None]);
    assert_eq!(read.header["trace"]["usage"]["input"], 100);
    assert_eq!(read.header["receipt"]["orphans"], 1);
}

#[tokio::test]
async fn words_are_numbers_of_texts() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let read = read(&clew).await;
    let names =
        ["invoke_agent planner", "chat gpt-5-mini", "execute_tool search", "SELECT", "left over"];
    assert_eq!(read.texts("name"), names);
    assert_eq!(read.texts("model"), ["", "gpt-5-mini", "", "", ""]);
    assert_eq!(read.texts("provider"), ["", "openai", "", "", ""]);
    assert_eq!(read.texts("tool_name"), ["", "", "search", "", ""]);
    assert_eq!(read.texts("tool_call_id"), ["", "", "c1", "", ""]);
    assert_eq!(read.texts("agent_name"), ["planner"; 5]);
    assert_eq!(read.texts("session_id"), ["session-1"; 5]);
    assert_eq!(read.texts("user_id"), [""; 5]);
    assert_eq!(read.texts("error_message")[2], format!("{}…", "é".repeat(200)));
    let hashes = read.parts::<4>("call_hash", "u32");
    let hash = u64::from_le_bytes([hashes[4], hashes[5]].concat().try_into().unwrap());
    let detail = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json();
    assert_eq!(format!("{hash:016x}"), detail["spans"][2]["call_hash"]);
    assert_eq!([hashes[0], hashes[1]], [[0; 4]; 2]);
    assert_eq!(read.header["trace"], detail["trace"], "the row is that of the detail");
}

#[tokio::test]
async fn the_tag_stands_for_all_that_is_shown() {
    let clew = Clew::open();
    clew.ingest("", &run()).await;
    let tag = async || clew.get(&path()).await.headers["etag"].to_str().unwrap().to_owned();
    let ask =
        async |tag: &str| clew.send(request("GET", &path(), &[("if-none-match", tag)], "")).await;
    let first = tag().await;
    assert!(first.starts_with("\"1-"), "{first}");
    let same = ask(&first).await;
    assert_eq!((same.status.as_u16(), same.body.len()), (304, 0));
    assert_eq!(same.headers["etag"], first.as_str());
    assert_eq!(ask(&format!("\"other\", W/{first}")).await.status, 304);
    assert_eq!(ask("\"other\"").await.status, 200);

    let label = json!({"trace_id": TRACE, "span_id": TOOL, "name": "outcome", "value": "bad"});
    let labelled = clew.call("POST", "/api/v1/labels", "", &label).await;
    assert_eq!(labelled.status, 200, "{}", labelled.text());
    assert_eq!(ask(&first).await.status, 200);
    let second = tag().await;
    assert_eq!(ask(&second).await.status, 304);
    assert_eq!(
        read(&clew).await.header["labels"],
        json!([{"index": 2, "id": 1, "name": "outcome", "score": null, "value": "bad",
            "explanation": null, "source": "human"}])
    );

    let later = otlp("shop", &[span(TRACE, "a0000000000000ff", Some(AGENT), "found", (40, 90))]);
    clew.ingest("", &later).await;
    assert_eq!(ask(&second).await.status, 200);
    let read = read(&clew).await;
    assert_eq!(read.i32("parent"), [-1, 0, 0, 2, 0, 4]);
    assert_eq!(read.header["orphans"], json!({}));
}

#[tokio::test]
async fn a_run_that_falls_silent_has_another_tag() {
    let clew = Clew::open();
    let mut root = span(TRACE, AGENT, None, "planner", (0, 0));
    root["endTimeUnixNano"] = json!("0");
    clew.ingest("", &otlp("shop", &[root])).await;
    let answer = clew.get(&path()).await;
    assert_eq!(Read::new(&answer.body).header["trace"]["state"], "live");
    let tag = answer.headers["etag"].to_str().unwrap().to_owned();
    clew.clock.fetch_add(86_400_000_000_000, std::sync::atomic::Ordering::SeqCst);
    let later = clew.send(request("GET", &path(), &[("if-none-match", &tag)], "")).await;
    assert_eq!(later.status, 200);
    assert_eq!(Read::new(&later.body).header["trace"]["state"], "abandoned");
}

#[tokio::test]
async fn a_run_too_large_for_an_answer_is_refused_by_name() {
    let clew = Clew::with(|config| config.limits.max_skeleton_bytes = 1000);
    clew.ingest("", &run()).await;
    let answer = clew.get(&path()).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (413, "too_large"));
    let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("the 5 spans of this run take 1"), "{message}");
    assert!(message.contains("api.max_skeleton_bytes (1000)"), "{message}");
}

#[tokio::test]
async fn an_agents_key_reads_its_own_skeletons() {
    let clew = Clew::closed();
    clew.ingest(LOCAL_KEY, &run()).await;
    let workspace = clew_store::WorkspaceId::DEFAULT;
    let own = clew.key(workspace, &[Scope::Read], Some("planner"));
    let other = clew.key(workspace, &[Scope::Read], Some("writer"));
    let sender = clew.key(workspace, &[Scope::Ingest], None);
    let status = async |key: &str| clew.get_as(&path(), key).await.status.as_u16();
    assert_eq!((status(&own).await, status(&other).await), (200, 404));
    assert_eq!(status(&sender).await, 403);
    assert_eq!(clew.get(&path()).await.status, 401);
}
