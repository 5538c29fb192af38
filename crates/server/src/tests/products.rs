//! The smaller calls of products whose spans come as OpenTelemetry.

use clew_store::{Scope, WorkspaceId};
use serde_json::json;

use super::harness::{Clew, otlp, request, span};

const TRACE: &str = "0198c3c2b5d07f3e8a4f1234567890ab";
const SPAN: &str = "67f6740bbe1ddc3f";

async fn labels(clew: &Clew) -> serde_json::Value {
    clew.get(&format!("/api/v1/traces/{TRACE}")).await.json()["trace"]["labels"].clone()
}

#[tokio::test]
async fn every_product_with_a_prefix_takes_opentelemetry_under_it() {
    let clew = Clew::open();
    for product in ["mlflow", "phoenix", "laminar", "logfire", "traceloop"] {
        let body = otlp(product, &[span(TRACE, SPAN, None, product, (0, 1))]);
        for signal in ["traces", "logs", "metrics"] {
            let path = format!("/{product}/v1/{signal}");
            assert_eq!(clew.call("POST", &path, "", &body).await.status, 200, "{path}");
        }
    }
}

#[tokio::test]
async fn logfire_learns_whose_its_token_is() {
    let clew = Clew::closed();
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest], None);
    // Without a word before it.
    let headers = [("authorization", key.as_str()), ("host", "127.0.0.1:2539")];
    let answer = clew.send(request("GET", "/v1/info", &headers, "")).await;
    let expected = json!({ "project_name": "default", "project_url": "http://127.0.0.1:2539/ui/" });
    assert_eq!(answer.json(), expected);
    let behind = [headers[0], headers[1], ("x-forwarded-proto", "https")];
    let answer = clew.send(request("GET", "/logfire/v1/info", &behind, "")).await;
    assert_eq!(answer.json()["project_url"], "https://127.0.0.1:2539/ui/");
    let wrong = clew.send(request("GET", "/v1/info", &[("authorization", "wrong")], "")).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.json()["detail"].is_string());
}

#[tokio::test]
async fn traceloop_is_told_that_there_is_nothing_to_fetch() {
    let clew = Clew::open();
    let prompts = clew.get("/traceloop/v1/traceloop/prompts").await;
    assert_eq!((prompts.status.as_u16(), prompts.json()), (200, json!({ "prompts": [] })));
    let allowed = clew.get("/v1/traceloop/pii/tracing-allow-list").await.json();
    assert_eq!(allowed, json!({ "associationPropertyAllowList": [] }));
    let said = json!({ "entity_instance_id": "chat-1", "tags": { "score": 0.5 } });
    let path = "/v2/annotation-tasks/feedback/annotations";
    assert_eq!(clew.call("POST", path, "", &said).await.status, 200);
    let kept = clew.get("/api/v1/labels").await.json()["labels"].clone();
    assert_eq!((&kept[0]["session_id"], &kept[0]["name"]), (&json!("chat-1"), &json!("score")));
}

#[tokio::test]
async fn traceloop_may_send_the_images_of_a_message() {
    let clew = Clew::open();
    // The run and the span in decimal digits, as its SDK writes them.
    let path = "/traceloop/v2/traces/2122427614687293757805567202700071083/spans/\
                7491302623960489023/images";
    let named = json!({ "image_name": "message_0_content_1.png" });
    let url = clew.call("POST", path, "", &named).await.json()["url"].clone();
    assert_eq!(url, format!("http://localhost:2539{path}/message_0_content_1.png"));
    let behind = [("content-type", "application/json"), ("x-forwarded-proto", "https")];
    let url = clew.send(request("POST", path, &behind, named.to_string())).await.json();
    assert_eq!(url["url"], format!("https://localhost:2539{path}/message_0_content_1.png"));
    let upload = format!("{path}/message_0_content_1.png");
    let data = json!({ "image_data": "aGVsbG8=" });
    assert_eq!(clew.call("POST", &upload, "", &data).await.status, 200);
    let listed = clew.get(&format!("/api/v1/traces/{TRACE}/attachments")).await.json();
    let image = &listed["attachments"][0];
    assert_eq!((&image["span_id"], &image["size"]), (&json!(SPAN), &json!(5)));
}

#[tokio::test]
async fn laminar_tags_and_describes_runs_that_are_over() {
    let clew = Clew::open();
    let id = "0198c3c2-b5d0-7f3e-8a4f-1234567890ab";
    let tag = json!({ "traceId": id, "names": ["good"] });
    assert_eq!(clew.call("POST", "/v1/tag", "", &tag).await.status, 200);
    assert_eq!(labels(&clew).await[0]["name"], "good");
    let more = json!({ "traceId": id, "metadata": { "reviewer": "ada" } });
    assert_eq!(clew.call("POST", "/laminar/v1/traces/metadata", "", &more).await.status, 200);
    let nothing = json!({ "traceId": id, "names": [] , "x": 1 });
    assert_eq!(clew.call("POST", "/v1/tag", "", &nothing).await.status, 200);
    let wrong = clew.call("POST", "/v1/tag", "", &json!({ "names": ["x"] })).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn phoenix_annotates_spans_that_are_here() {
    let clew = Clew::open();
    let one = json!({ "name": "correct", "annotator_kind": "LLM", "span_id": SPAN,
        "result": { "label": "yes", "score": 1.0, "explanation": "because" } });
    let body = json!({ "data": [one] });
    let early = clew.call("POST", "/v1/span_annotations", "", &body).await;
    assert_eq!(early.status, 404);
    assert!(early.json()["detail"].as_str().unwrap().contains("flush the tracer"));
    clew.ingest("", &otlp("shop", &[span(TRACE, SPAN, None, "s", (0, 1))])).await;
    let kept = clew.call("POST", "/phoenix/v1/span_annotations?sync=true", "", &body).await;
    assert_eq!((kept.status.as_u16(), kept.json()), (200, json!({ "data": [{ "id": "0" }] })));
    let on_run = json!({ "data": [{ "name": "good", "annotator_kind": "HUMAN", "trace_id": TRACE,
        "result": { "score": 2 } }] });
    assert_eq!(clew.call("POST", "/v1/trace_annotations", "", &on_run).await.status, 200);
    let on_session = json!({ "data": [{ "name": "good", "session_id": "s", "result": {} }] });
    assert_eq!(clew.call("POST", "/v1/session_annotations", "", &on_session).await.status, 200);
    let note = json!({ "data": { "span_id": SPAN, "note": "see" } });
    assert_eq!(clew.call("POST", "/v1/span_notes", "", &note).await.status, 200);
    assert_eq!(labels(&clew).await.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn phoenix_gives_spans_as_json() {
    let clew = Clew::open();
    let good = json!({ "name": "chat", "context": { "trace_id": TRACE, "span_id": SPAN },
        "span_kind": "LLM", "start_time": "2024-01-01T00:00:00Z",
        "end_time": "2024-01-01T00:00:01Z", "status_code": "OK",
        "attributes": { "llm.model_name": "gpt-5" } });
    let path = "/v1/projects/shop/spans";
    let taken = clew.call("POST", path, "", &json!({ "data": [good] })).await;
    assert_eq!(taken.status, 202);
    assert_eq!(taken.json(), json!({ "total_received": 1, "total_queued": 1 }));
    let row = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json()["trace"].clone();
    assert_eq!((&row["agent"]["name"], &row["llm_calls"]), (&json!("shop"), &json!(1)));
    let refused = clew.call("POST", path, "", &json!({ "data": [good, { "name": "x" }] })).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["invalid_spans"][0]["error"], "context: is missing");
    let project = clew.get("/v1/projects/shop").await.json();
    assert_eq!(project["data"]["id"], "shop");
    clew.call("POST", "/v1/projects", "", &json!({ "name": "mine" })).await;
    let listed = clew.get("/phoenix/v1/projects").await.json()["data"].clone();
    assert_eq!((&listed[0]["name"], &listed[1]["name"]), (&json!("default"), &json!("mine")));
    assert_eq!(clew.get("/arize_phoenix_version").await.text(), "12.0.0");
}

#[tokio::test]
async fn one_path_answers_two_products_in_their_own_form() {
    let clew = Clew::closed();
    let json = clew.get("/version").await.json();
    assert_eq!(json["logs3_payload_max_bytes"], 8 << 20);
    let headers = [("user-agent", "mlflow-python-client/3.17.2")];
    let text = clew.send(request("GET", "/version", &headers, "")).await;
    assert_eq!((text.status.as_u16(), text.text()), (200, "3.17.2".to_owned()));
    assert_eq!(clew.get("/mlflow/version").await.text(), "3.17.2");
    assert!(clew.get("/braintrust/version").await.json()["version"].is_string());
}
