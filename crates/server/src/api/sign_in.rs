//! Signing in from a browser: a key becomes a cookie that scripts cannot read and other
//! sites cannot send.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use super::params::{JsonBody, Params};
use crate::app::App;
use crate::auth;
use crate::auth::caller::Caller;
use crate::auth::credential::{Credential, SESSION_COOKIE, credential};
use crate::auth::session::lifetime_seconds;
use crate::error::{ApiError, ErrorCode};
use crate::origin;
use crate::routes::{Access, Answer, Owner, Query, Route};
use crate::trouble::fault;

/// The routes of this file. They are public since they are about who asks.
pub(crate) fn routes() -> Vec<Route> {
    let state = Route {
        method: Method::GET,
        path: "/api/v1/session",
        owner: Owner::Api,
        access: Access::Public,
        summary: "Whether the server is open, and who is asking",
        query: &[],
        body: None,
        answer: Answer::Json("SessionState"),
        handler: || get(state),
    };
    let sign_in = Route {
        method: Method::POST,
        summary: "Signs a browser in with a key",
        body: Some("SignIn"),
        handler: || post(sign_in),
        ..state.same()
    };
    let sign_out = Route {
        method: Method::DELETE,
        summary: "Signs out here, or everywhere that the same key signed in",
        query: &[Query {
            name: "everywhere",
            kind: "boolean",
            about: "End every session of the key",
        }],
        answer: Answer::Json("Done"),
        handler: || delete(sign_out),
        ..state.same()
    };
    vec![state, sign_in, sign_out]
}

async fn state(State(app): State<App>, headers: HeaderMap) -> Json<JsonValue> {
    // Somebody unknown is no error here: the page asks in order to find out.
    let caller = auth::identify(&app, &headers, Access::Public).ok();
    Json(described(&app, caller.as_ref()))
}

fn described(app: &App, caller: Option<&Caller>) -> JsonValue {
    json!({
        "open": app.config.is_open(),
        "workspace": caller.map(|caller| &*caller.workspace_name),
        "scopes": caller.map(|caller| caller.scopes),
        "agent": caller.and_then(|caller| caller.agent),
        "operator": caller.is_some_and(|caller| caller.operator),
        "by": caller.map(|caller| &*caller.by),
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    key: String,
}

async fn sign_in(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    use axum::extract::FromRequest;
    let (parts, body) = request.into_parts();
    origin::check_page(&parts.headers, &parts.uri, &app.config.cors_origins)?;
    let secure = arrived_over_tls(&parts.headers);
    let request = Request::from_parts(parts, body);
    let JsonBody(asked) = JsonBody::<Asked>::from_request(request, &app).await?;
    app.read(move |app| {
        let record = app.keys.verify(&app.store, asked.key.trim())?.ok_or_else(|| {
            ApiError::new(ErrorCode::BadRequest, "the key is not known here, or it was revoked")
                .with_field("key")
        })?;
        let token = app.keys.sessions.start(record.id, app.store.now()).map_err(fault)?;
        let mut headers = HeaderMap::new();
        if let Ok(value) = format!("Bearer {}", asked.key.trim()).parse() {
            headers.insert(header::AUTHORIZATION, value);
        }
        let caller = auth::identify(app, &headers, Access::Public)?;
        let mut response = Json(described(app, Some(&caller))).into_response();
        set_cookie(&mut response, &token, lifetime_seconds(), secure);
        Ok(response)
    })
    .await
}

async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    params: Params,
    request: Request,
) -> Result<Response, ApiError> {
    origin::check_page(&headers, request.uri(), &app.config.cors_origins)?;
    let everywhere = params.flag("everywhere")?;
    if let Credential::Session(token) = credential(&headers) {
        if !headers.contains_key(origin::PAGE_HEADER) {
            let message = format!("a signed-in page must send the header {}", origin::PAGE_HEADER);
            return Err(ApiError::new(ErrorCode::ForeignOrigin, message));
        }
        app.keys.sign_out(&token, everywhere, app.store.now());
    }
    let mut response = Json(json!({ "done": true })).into_response();
    set_cookie(&mut response, "", 0, arrived_over_tls(&headers));
    Ok(response)
}

/// A proxy in front says so; the server itself speaks no TLS.
fn arrived_over_tls(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|value| value == "https")
}

fn set_cookie(response: &mut Response, token: &str, seconds: i64, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!(
        "{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}"
    );
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}
