//! MLflow's tracking calls, as far as its clients make them to trace: experiments, what is
//! said about runs, the file of spans, tags and assessments. Spans themselves come as
//! OpenTelemetry. Its clients try again, up to seven times, on 408, 429, 500, 502, 503 and
//! 504; anything else they put before the user in the words of `message`.

mod artifacts;
mod assessments;
pub(crate) mod dialect;
mod experiments;
mod traces;

use axum::Json;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use clew_store::Scope;
use serde_json::json;

use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::routes::{Access, Answer, Owner, Route};

use experiments::Experiment;
pub(crate) use experiments::name_project;

/// The routes of this folder.
pub(crate) fn routes() -> Vec<Route> {
    let info = route(
        Method::GET,
        "/api/3.0/mlflow/server-info",
        "What MLflow's clients ask a server about itself",
        || get(server_info),
    );
    let parts = [experiments::routes(), traces::routes(), assessments::routes()];
    let mut all: Vec<Route> = parts.into_iter().flatten().collect();
    all.extend([info, artifacts::route()]);
    all.extend(beyond());
    all
}

fn route(
    method: Method,
    path: &'static str,
    summary: &'static str,
    handler: fn() -> MethodRouter<App>,
) -> Route {
    Route {
        method,
        path,
        owner: Owner::Mlflow,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: None,
        answer: Answer::FreeJson,
        handler,
    }
}

async fn server_info() -> Response {
    Json(json!({
        "store_type": "SqlStore", "workspaces_enabled": false,
        "multipart_uploads_enabled": false, "multipart_downloads_enabled": false,
    }))
    .into_response()
}

/// Everything else that a tracking server has: runs, metrics, models. The clients show what
/// is said here, so it says what this is.
fn beyond() -> Vec<Route> {
    const PATHS: [&str; 2] = ["/api/2.0/mlflow/{*rest}", "/api/3.0/mlflow/{*rest}"];
    const METHODS: [Method; 5] =
        [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let about = "The rest of MLflow's calls: said not to be here";
    let one = |path, method: &Method| match *method {
        Method::GET => route(Method::GET, path, about, || get(not_here)),
        Method::POST => route(Method::POST, path, about, || axum::routing::post(not_here)),
        Method::PUT => route(Method::PUT, path, about, || axum::routing::put(not_here)),
        Method::PATCH => route(Method::PATCH, path, about, || axum::routing::patch(not_here)),
        _ => route(Method::DELETE, path, about, || axum::routing::delete(not_here)),
    };
    PATHS.iter().flat_map(|path| METHODS.iter().map(move |method| one(path, method))).collect()
}

async fn not_here() -> Result<Response, ApiError> {
    let message = "Clew takes MLflow's traces, tags and assessments. Runs, metrics, models and \
                   searches are not here: point only tracing at it";
    let mut error = ApiError::new(ErrorCode::NotFound, message);
    error.reason = Some(dialect::NO_ENDPOINT.to_owned());
    Err(error)
}
