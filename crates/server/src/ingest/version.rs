//! `GET /version`, which two products ask by the same path and want in two forms: Braintrust's
//! SDKs JSON with the largest body they may send, MLflow's clients a bare version as text.
//! MLflow takes JSON for an old server and then sends no spans but in files.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;

use crate::app::App;
use crate::routes::{Access, Answer, Owner, Route};

/// From 3.4 on MLflow's clients send their spans one by one; the calls here are those of this
/// version.
const MLFLOW: &str = "3.17.2";
/// From 1.1 on Braintrust's SDKs send rows as this server reads them.
const BRAINTRUST: &str = "1.1.32";

/// Rows that Braintrust's SDKs are asked to put into one request; a larger one goes by an upload.
const ROWS_BYTES: usize = 8 << 20;

/// The routes of this file. Both products ask before they show a key.
pub(crate) fn routes() -> Vec<Route> {
    let route = |path, owner, summary, answer, handler| Route {
        method: Method::GET,
        path,
        owner,
        access: Access::Public,
        summary,
        query: &[],
        body: None,
        answer,
        handler,
    };
    vec![
        route(
            "/version",
            Owner::Braintrust,
            "Braintrust's question in JSON, MLflow's in text",
            Answer::FreeJson,
            || get(either),
        ),
        route(
            "/mlflow/version",
            Owner::Mlflow,
            "The version of MLflow whose calls are taken",
            Answer::Text("text/plain"),
            || get(mlflow),
        ),
    ]
}

async fn either(State(app): State<App>, headers: HeaderMap) -> Response {
    if is_mlflow(&headers) {
        return mlflow().await;
    }
    let body = json!({
        "version": BRAINTRUST, "deployment_mode": "lambda", "universal": true,
        "code_execution": false,
        "logs3_payload_max_bytes": app.config.limits.max_body_bytes.min(ROWS_BYTES),
    });
    Json(body).into_response()
}

async fn mlflow() -> Response {
    MLFLOW.into_response()
}

fn is_mlflow(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    headers.contains_key("x-mlflow-client-version")
        || agent.is_some_and(|agent| agent.starts_with("mlflow-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mlflow_is_known_by_its_headers() {
        let with = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            headers
        };
        assert!(is_mlflow(&with("user-agent", "mlflow-python-client/3.17.2")));
        assert!(is_mlflow(&with("x-mlflow-client-version", "3.17.2")));
        assert!(!is_mlflow(&with("user-agent", "python-requests/2.32")));
        assert!(!is_mlflow(&HeaderMap::new()));
    }
}
