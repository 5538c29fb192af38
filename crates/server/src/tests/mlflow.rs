//! MLflow's calls, as its client makes them.

use clew_model::label::LabelSource;
use clew_store::{Change, Scope, WorkspaceId};
use serde_json::json;

use super::harness::{Clew, otlp, request, span};

const TRACE: &str = "e593952dfb6b600a1d561a1528dd671e";
const INFO: &str = "/api/3.0/mlflow/traces";

fn info(state: &str) -> serde_json::Value {
    json!({ "trace": { "trace_info": {
        "trace_id": format!("tr-{TRACE}"),
        "trace_location": { "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": { "experiment_id": "1" } },
        "request_time": "2026-11-20T06:25:54.749Z", "execution_duration": "2.062s",
        "state": state,
        "trace_metadata": { "mlflow.trace.session": "sess-123", "mlflow.trace.user": "user-42",
            "mlflow.trace.tokenUsage": "{\"input_tokens\": 960}" },
        "tags": { "t": "demo", "mlflow.traceName": "demo" },
    }}})
}

#[tokio::test]
async fn an_experiment_is_there_once_its_name_is_said() {
    let clew = Clew::open();
    let path = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=agents";
    let first = clew.get(path).await.json()["experiment"].clone();
    let id = first["experiment_id"].as_str().unwrap().to_owned();
    assert!(id.parse::<u64>().is_ok(), "{id}");
    assert_eq!(first["name"], "agents");
    assert_eq!(first["artifact_location"], format!("mlflow-artifacts:/{id}"));
    assert_eq!(clew.get(path).await.json()["experiment"], first);
    let by_id = format!("/mlflow/api/2.0/mlflow/experiments/get?experiment_id={id}");
    assert_eq!(clew.get(&by_id).await.json()["experiment"]["name"], "agents");
    let default = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default";
    assert_eq!(clew.get(default).await.json()["experiment"]["experiment_id"], "0");
    let listed = clew.get("/api/2.0/mlflow/experiments/search").await.json();
    assert_eq!(listed["experiments"].as_array().unwrap().len(), 2);
    let unknown = clew.get("/api/2.0/mlflow/experiments/get?experiment_id=77").await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.json()["error_code"].clone()),
        (404, json!("RESOURCE_DOES_NOT_EXIST"))
    );
}

#[tokio::test]
async fn spans_stand_under_the_experiment_of_their_request() {
    let clew = Clew::open();
    let named = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=agents";
    let id = clew.get(named).await.json()["experiment"]["experiment_id"].clone();
    let body = otlp("", &[span(TRACE, "5a089a5dce32a28e", None, "demo", (0, 1))]).to_string();
    let headers =
        [("content-type", "application/json"), ("x-mlflow-experiment-id", id.as_str().unwrap())];
    assert_eq!(clew.send(request("POST", "/v1/traces", &headers, body)).await.status, 200);
    let row = clew.store().trace_row(WorkspaceId::DEFAULT, &TRACE.parse().unwrap());
    assert_eq!(row.unwrap().unwrap().agent.unwrap().name, "agents");
}

#[tokio::test]
async fn what_is_said_of_a_run_is_given_back_with_a_place_for_files() {
    let clew = Clew::open();
    let answer = clew.call("POST", INFO, "", &info("ERROR")).await;
    let said = answer.json()["trace"]["trace_info"].clone();
    assert_eq!(said["trace_id"], format!("tr-{TRACE}"));
    let place = format!("mlflow-artifacts:/1/traces/tr-{TRACE}/artifacts");
    assert_eq!(
        said["tags"],
        json!({ "t": "demo", "mlflow.traceName": "demo",
        "mlflow.artifactLocation": place })
    );
    let row = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json()["trace"].clone();
    assert_eq!((&row["name"], &row["session_id"]), (&json!("demo"), &json!("sess-123")));
    assert_eq!((&row["user_id"], &row["root_status"]), (&json!("user-42"), &json!("error")));
    assert_eq!(row["tags"], json!(["t:demo"]));
    // A sum that the sender made is not counted.
    assert_eq!((&row["span_count"], &row["usage"]["input"]), (&json!(0), &json!(null)));
}

#[tokio::test]
async fn the_file_of_spans_is_the_spans_once_more() {
    let clew = Clew::open();
    let spans = otlp("", &[span(TRACE, "5a089a5dce32a28e", None, "demo", (0, 1))]);
    clew.ingest("", &spans).await;
    let path =
        format!("/api/2.0/mlflow-artifacts/artifacts/1/traces/tr-{TRACE}/artifacts/traces.json");
    let again = json!({ "spans": [
        { "trace_id": "5ZOVLftrYAodVhoVKN1nHg==", "span_id": "WgiaXc4yoo4=", "name": "demo",
          "attributes": { "mlflow.traceRequestId": format!("\"tr-{TRACE}\"") } },
        { "trace_id": "5ZOVLftrYAodVhoVKN1nHg==", "span_id": "", "name": "bad" },
    ]});
    assert_eq!(clew.call("PUT", &path, "", &again).await.status, 200);
    let row = clew.get(&format!("/api/v1/traces/{TRACE}")).await.json()["trace"].clone();
    assert_eq!(row["span_count"], 1);
    let nothing = json!({ "spans": [{ "name": "bad" }] });
    let refused = clew.call("PUT", &path, "", &nothing).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error_code"], "INVALID_PARAMETER_VALUE");
    let elsewhere = clew.call("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/m/x", "", &again).await;
    assert_eq!(elsewhere.status, 400);
}

#[tokio::test]
async fn other_files_are_attachments() {
    let clew = Clew::open();
    let path = format!(
        "/api/2.0/mlflow-artifacts/artifacts/1/traces/tr-{TRACE}/artifacts/attachments/a-b"
    );
    let headers = [("content-type", "application/octet-stream")];
    let body = "GIF89a";
    assert_eq!(clew.send(request("PUT", &path, &headers, body)).await.status, 200);
    let listed = clew.get(&format!("/api/v1/traces/{TRACE}/attachments")).await.json();
    let file = &listed["attachments"][0];
    assert_eq!((&file["name"], &file["content_type"]), (&json!("a-b"), &json!("image/gif")));
}

#[tokio::test]
async fn a_tag_comes_late_and_a_run_of_version_two_in_two_calls() {
    let clew = Clew::open();
    let begun = json!({ "experiment_id": "0", "timestamp_ms": 1_700_000_000_000_i64,
        "request_metadata": [], "tags": [{ "key": "mlflow.traceName", "value": "old" }] });
    let answer = clew.call("POST", "/api/2.0/mlflow/traces", "", &begun).await.json();
    let id = answer["trace_info"]["request_id"].as_str().unwrap().to_owned();
    assert_eq!(answer["trace_info"]["status"], "IN_PROGRESS");
    let over = json!({ "timestamp_ms": 1_700_000_002_000_i64, "status": "OK" });
    let path = format!("/api/2.0/mlflow/traces/{id}");
    assert_eq!(clew.call("PATCH", &path, "", &over).await.json()["trace_info"]["status"], "OK");
    let tag = json!({ "key": "k", "value": "v" });
    assert_eq!(clew.call("PATCH", &format!("{path}/tags"), "", &tag).await.status, 200);
    let run = id.strip_prefix("tr-").unwrap();
    let row = clew.get(&format!("/api/v1/traces/{run}")).await.json()["trace"].clone();
    assert_eq!((&row["name"], &row["tags"]), (&json!("old"), &json!(["k:v"])));
}

#[tokio::test]
async fn assessments_are_labels_with_ids() {
    let clew = Clew::open();
    clew.call("POST", INFO, "", &info("OK")).await;
    let path = format!("{INFO}/tr-{TRACE}/assessments");
    let said = json!({ "assessment": { "assessment_name": "correct", "trace_id": "x",
        "source": { "source_type": "HUMAN", "source_id": "ada" },
        "feedback": { "value": true }, "rationale": "it is" }});
    let made = clew.call("POST", &path, "", &said).await.json()["assessment"].clone();
    assert_eq!(made["trace_id"], format!("tr-{TRACE}"));
    let one = format!("{path}/{}", made["assessment_id"].as_str().unwrap());
    assert_eq!(clew.get(&one).await.json()["assessment"]["feedback"], json!({ "value": true }));
    let change =
        json!({ "assessment": { "feedback": { "value": 0.5 } }, "update_mask": "feedback" });
    let changed = clew.call("PATCH", &one, "", &change).await.json()["assessment"].clone();
    assert_eq!(
        (&changed["feedback"]["value"], &changed["rationale"]),
        (&json!(0.5), &json!("it is"))
    );
    let labels = || async {
        clew.get(&format!("/api/v1/traces/{TRACE}")).await.json()["trace"]["labels"].clone()
    };
    assert_eq!(labels().await[0]["score"], 0.5);
    assert_eq!(labels().await.as_array().unwrap().len(), 1);
    assert_eq!(clew.call("DELETE", &one, "", &json!({})).await.status, 200);
    assert_eq!(labels().await, json!([]));
    assert_eq!(clew.get(&one).await.status, 404);
}

fn human() -> Change {
    Change { workspace: WorkspaceId::DEFAULT, by: "ada".to_owned(), at_nanos: 1 }
}

#[tokio::test]
async fn an_assessment_with_a_new_name_is_one_and_a_persons_label_is_none() {
    let clew = Clew::open();
    clew.call("POST", INFO, "", &info("OK")).await;
    let path = format!("{INFO}/tr-{TRACE}/assessments");
    let said = json!({ "assessment": { "assessment_name": "correct",
        "source": { "source_type": "HUMAN", "source_id": "ada" }, "feedback": { "value": 1 } }});
    let made = clew.call("POST", &path, "", &said).await.json()["assessment"].clone();
    let id = made["assessment_id"].as_str().unwrap().to_owned();
    let renamed = json!({ "assessment": { "assessment_name": "right" } });
    let new = clew.call("PATCH", &format!("{path}/{id}"), "", &renamed).await.json();
    assert_ne!(new["assessment"]["assessment_id"], json!(id));
    let row = clew.store().trace_row(WorkspaceId::DEFAULT, &TRACE.parse().unwrap());
    let mut labels = row.unwrap().unwrap().labels;
    assert_eq!(labels.len(), 1);
    let mut label = labels.remove(0).label;
    assert_eq!((label.name.as_str(), label.score), ("right", Some(1.0)));
    // The same words from a person are another label, and none of MLflow's.
    label.source = LabelSource::Human;
    label.name = "correct".to_owned();
    let (store, change) = (clew.store().clone(), human());
    std::thread::spawn(move || store.put_labels(vec![label], &change)).join().unwrap().unwrap();
    assert_eq!(clew.get(&format!("{path}/{id}")).await.status, 404);
    assert_eq!(clew.call("DELETE", &format!("{path}/{id}"), "", &json!({})).await.status, 404);
}

#[tokio::test]
async fn errors_are_in_the_words_of_the_client() {
    let clew = Clew::closed();
    let answer = clew.call("POST", INFO, "aos_ws_wrong", &info("OK")).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error_code"]),
        (401, &json!("UNAUTHENTICATED"))
    );
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Ingest], None);
    let answer = clew.call("POST", INFO, &key, &json!({ "trace": {} })).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["message"], "trace.trace_info: is missing");
    let answer = clew.call("POST", "/api/2.0/mlflow/runs/create", &key, &json!({})).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error_code"]),
        (404, &json!("ENDPOINT_NOT_FOUND"))
    );
    assert!(answer.json()["message"].as_str().unwrap().contains("point only tracing at it"));
}

#[tokio::test]
async fn the_same_run_in_two_workspaces_is_two() {
    let clew = Clew::closed();
    let other = clew.workspace("other");
    for workspace in [WorkspaceId::DEFAULT, other] {
        let key = clew.key(workspace, &[Scope::Ingest, Scope::Read], None);
        assert_eq!(clew.call("POST", INFO, &key, &info("OK")).await.status, 200);
        let path = "/api/2.0/mlflow/experiments/search";
        let listed = clew.get_as(path, &key).await.json();
        assert_eq!(listed["experiments"].as_array().unwrap().len(), 1);
        let rows = clew.get_as("/api/v1/traces", &key).await.json();
        assert_eq!(rows["traces"].as_array().unwrap().len(), 1);
    }
}
