//! OTLP over HTTP: traces, logs, metrics.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clew_store::Scope;
use clew_wire::Limits;
use clew_wire::otlp::{
    Encoding, Signal, decode_logs, decode_metrics, decode_traces, encode_response,
};

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::ingest::body::{BodyLimits, discard, read_admitted};
use crate::ingest::decompress::Packing;
use crate::ingest::receive::{AgentRule, Received, land};
use crate::ingest::{media, mlflow};
use crate::routes::{Access, Answer, Owner, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let route = |path, owner, summary, handler| Route {
        method: Method::POST,
        path,
        owner,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: Some("Otlp"),
        answer: Answer::Otlp,
        handler,
    };
    let mut own = vec![
        route("/v1/traces", Owner::Otlp, "OTLP traces, protobuf or JSON", || post(traces)),
        route("/v1/logs", Owner::Otlp, "OTLP logs: what concerns agents joins its spans", || {
            post(logs)
        }),
        route("/v1/metrics", Owner::Otlp, "OTLP metrics: accepted, not kept", || post(metrics)),
        route(
            "/api/ingest/v1/traces",
            Owner::Otlp,
            "OTLP traces by the AgentOS rule: the key or agentos.agent_id names the agent",
            || post(agentos_traces),
        ),
    ];
    for (owner, [traces_path, logs_path, metrics_path]) in UNDER_PREFIXES {
        own.push(route(traces_path, owner, "OTLP traces of this product", || post(traces)));
        own.push(route(logs_path, owner, "OTLP logs of this product", || post(logs)));
        own.push(route(metrics_path, owner, "OTLP metrics: accepted, not kept", || post(metrics)));
    }
    own
}

/// Products whose tracers append OTLP's paths to the address that they are given. The bare
/// paths are OTLP's own, for everybody.
const UNDER_PREFIXES: [(Owner, [&str; 3]); 5] = [
    (Owner::Mlflow, ["/mlflow/v1/traces", "/mlflow/v1/logs", "/mlflow/v1/metrics"]),
    (Owner::Phoenix, ["/phoenix/v1/traces", "/phoenix/v1/logs", "/phoenix/v1/metrics"]),
    (Owner::Laminar, ["/laminar/v1/traces", "/laminar/v1/logs", "/laminar/v1/metrics"]),
    (Owner::Logfire, ["/logfire/v1/traces", "/logfire/v1/logs", "/logfire/v1/metrics"]),
    (Owner::Traceloop, ["/traceloop/v1/traces", "/traceloop/v1/logs", "/traceloop/v1/metrics"]),
];

/// `POST /v1/traces`, also at other addresses.
pub(crate) async fn traces(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    receive(&app, &caller, Signal::Traces, AgentRule::Any, request).await
}

async fn logs(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    receive(&app, &caller, Signal::Logs, AgentRule::Any, request).await
}

async fn metrics(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    receive(&app, &caller, Signal::Metrics, AgentRule::Any, request).await
}

async fn agentos_traces(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    receive(&app, &caller, Signal::Traces, AgentRule::MustBeNamed, request).await
}

pub(crate) type Answered = Result<Response, ApiError>;

async fn receive(
    app: &App,
    caller: &Caller,
    signal: Signal,
    rule: AgentRule,
    request: Request,
) -> Answered {
    receive_of(app, caller, "otlp_http", signal, rule, request).await
}

/// Takes OTLP that came by the address of a product; `sender` is the product in metrics.
pub(crate) async fn receive_of(
    app: &App,
    caller: &Caller,
    sender: &'static str,
    signal: Signal,
    rule: AgentRule,
    request: Request,
) -> Answered {
    let (parts, body) = request.into_parts();
    let (said, packing) = match described(&parts.headers) {
        Ok(described) => described,
        Err(error) => {
            discard(&parts.headers, body).await;
            return Err(error);
        }
    };
    let (body, room) = read(app, &parts.headers, body).await?;
    let received = Received { body, packing, room };
    let (within, workspace, headers) = (app.clone(), caller.workspace, parts.headers);
    let landed = land(app, caller, sender, rule, received, move |body| {
        let encoding = said.unwrap_or_else(|| media::sniff(body));
        let mut decoded = decode(signal, body, encoding)?;
        mlflow::name_project(&within, workspace, &headers, &mut decoded);
        Ok((decoded, encoding))
    })
    .await?;
    let encoding = landed.told;
    let answer = encode_response(signal, encoding, &landed.decoded);
    let content_type = HeaderValue::from_static(encoding.content_type());
    let mut response = ([(header::CONTENT_TYPE, content_type)], answer).into_response();
    response.extensions_mut().insert(landed.note);
    Ok(response)
}

/// Form and packing as the headers say.
fn described(headers: &HeaderMap) -> Result<(Option<Encoding>, Packing), ApiError> {
    let packing = headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?"));
    Ok((media::from_headers(headers)?, Packing::from_header(packing)?))
}

/// Reads a body that carries spans.
pub(crate) async fn read(
    app: &App,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Vec<u8>, crate::ingest::admission::Reservation), ApiError> {
    let limits = BodyLimits {
        max_bytes: app.config.limits.max_body_bytes,
        name: "ingest.max_body_bytes",
        timeout: app.config.limits.body_timeout,
    };
    read_admitted(headers, body, limits, &app.admission).await
}

/// Decodes any of the three.
pub(crate) fn decode(
    signal: Signal,
    body: &[u8],
    encoding: Encoding,
) -> Result<clew_wire::Decoded, clew_wire::WireError> {
    let limits = Limits::default();
    match signal {
        Signal::Traces => decode_traces(body, encoding, &limits),
        Signal::Logs => decode_logs(body, encoding, &limits),
        Signal::Metrics => decode_metrics(body, encoding, &limits),
    }
}
