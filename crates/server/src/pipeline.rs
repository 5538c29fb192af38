//! What happens to every request around its handler, in order: name it, find its route,
//! check where it comes from and whose key it shows, run it, say errors in the route's
//! own words, count and log it.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use clew_store::{RequestEntry, WorkspaceId};
use futures_util::FutureExt;

use crate::app::App;
use crate::auth;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::body;
use crate::origin;
use crate::render;
use crate::request_log::IngestNote;
use crate::routes::{self, Access, Dialect, Owner, Route};
use crate::trouble;

/// For what is asked by whoever runs the instance.
const OPERATOR_TIMEOUT: Duration = Duration::from_secs(3600);

/// Header with the name of a request.
const REQUEST_ID: &str = "x-request-id";

/// The middleware around all routes.
pub(crate) async fn entry(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = trouble::next_id();
    let origins = &app.config.cors_origins;
    if let Some(response) = origin::preflight(request.method(), request.headers(), origins) {
        return response;
    }
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .and_then(|path| routes::find(path.as_str(), request.method()));
    let pattern = request.extensions().get::<MatchedPath>();
    let wrong_method = pattern.and_then(|path| routes::dialect_at(path.as_str()));
    let seen = Seen { headers: request.headers().clone(), route, wrong_method };
    let (response, caller) = run(&app, route, request, next, &id).await;
    let mut response = render::in_dialect(seen.dialect(), &seen.headers, response);
    origin::add_headers(&seen.headers, origins, &mut response);
    add_headers(&mut response, &id);
    account(&app, &seen, caller.as_ref(), &id, started, &response);
    response
}

/// What is still known of a request after its handler has consumed it.
struct Seen {
    headers: HeaderMap,
    route: Option<&'static Route>,
    /// The dialect of the path where it does not take the method.
    wrong_method: Option<Dialect>,
}

impl Seen {
    fn dialect(&self) -> Dialect {
        let grpc = self
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"));
        match self.route {
            _ if grpc => Dialect::Grpc,
            Some(route) => route.owner.dialect(),
            None => self.wrong_method.unwrap_or(Dialect::Api),
        }
    }
}

async fn run(
    app: &App,
    route: Option<&'static Route>,
    request: Request,
    next: Next,
    id: &str,
) -> (Response, Option<Caller>) {
    let (mut parts, body) = request.into_parts();
    let caller = match admit(app, route, &parts) {
        Ok(caller) => caller,
        Err(error) => {
            body::discard(&parts.headers, body).await;
            return (error.into_response(), None);
        }
    };
    if let Some(caller) = &caller {
        parts.extensions.insert(caller.clone());
    }
    let request = Request::from_parts(parts, body);
    let limits = &app.config.limits;
    let time = match route.map(|route| route.access) {
        // Checking or copying a whole store takes what it takes.
        Some(Access::Operator) => OPERATOR_TIMEOUT,
        _ => limits.request_timeout + limits.body_timeout,
    };
    let handled = AssertUnwindSafe(tokio::time::timeout(time, next.run(request))).catch_unwind();
    let response = match handled.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            let message = "the request took longer than server.request_timeout";
            ApiError::later(ErrorCode::Unavailable, message, Duration::from_secs(5)).into_response()
        }
        Err(panic) => {
            app.metrics.panics.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tracing::error!(request = id, panic = panic_text(panic.as_ref()), "a handler panicked");
            ApiError::internal(id).into_response()
        }
    };
    (response, caller)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

/// Lets a request in, or says why not.
fn admit(app: &App, route: Option<&Route>, parts: &Parts) -> Result<Option<Caller>, ApiError> {
    let (headers, origins) = (&parts.headers, &app.config.cors_origins);
    if app.config.is_open() {
        origin::check_open(headers, &parts.uri, origins)?;
    }
    let Some(route) = route else { return Ok(None) };
    if app.is_stopping() && route.owner != Owner::Operation {
        let message = "the server is stopping";
        return Err(ApiError::later(ErrorCode::Unavailable, message, Duration::from_secs(1)));
    }
    if route.access == Access::Public {
        return Ok(None);
    }
    let caller = auth::identify(app, headers, route.access)?;
    if caller.by_cookie {
        check_cookie_request(parts, origins)?;
    }
    caller.require(route.access)?;
    if route.owner == Owner::Api {
        check_query(route, parts.uri.query().unwrap_or(""))?;
    }
    Ok(Some(caller))
}

/// A cookie travels by itself: what it changes must come from a page of ours, which
/// sends a header that foreign forms cannot.
fn check_cookie_request(parts: &Parts, origins: &[String]) -> Result<(), ApiError> {
    origin::check_page(&parts.headers, &parts.uri, origins)?;
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    if changes && !parts.headers.contains_key(origin::PAGE_HEADER) {
        return Err(ApiError::new(
            ErrorCode::ForeignOrigin,
            format!("a signed-in page must send the header {} with a change", origin::PAGE_HEADER),
        ));
    }
    Ok(())
}

/// A parameter that no one reads would silently give other rows than were asked for.
fn check_query(route: &Route, query: &str) -> Result<(), ApiError> {
    for name in query.split('&').filter(|part| !part.is_empty()) {
        let name = name.split('=').next().unwrap_or(name);
        if !route.query.iter().any(|known| known.name == name) {
            let known = route.query.iter().map(|known| known.name.to_owned()).collect();
            let name = crate::ingest::decompress::printable(name);
            return Err(ApiError::bad_request(format!("there is no parameter `{name}` here"))
                .with_field(name)
                .with_suggestions(known));
        }
    }
    Ok(())
}

fn add_headers(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Counts and logs. Neither path, query, headers nor bodies are logged: all may hold
/// what a sender wants to keep to itself.
fn account(
    app: &App,
    seen: &Seen,
    caller: Option<&Caller>,
    id: &str,
    started: Instant,
    response: &Response,
) {
    let elapsed = started.elapsed();
    let pattern = seen.route.map_or("(none)", |route| route.path);
    let status = response.status().as_u16();
    let method = match seen.route {
        Some(route) => route.method.as_str(),
        None => "(any)",
    };
    app.metrics.answered(method, pattern, status);
    let error = response.extensions().get::<ApiError>();
    let code = error.map(|error| error.code.as_str());
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 && error.is_none_or(|error| error.code == ErrorCode::Internal) {
        tracing::error!(request = id, method, route = pattern, status, code, ms, "failed");
    } else if error.is_some() {
        tracing::info!(request = id, method, route = pattern, status, code, ms, "refused");
    } else {
        tracing::debug!(request = id, method, route = pattern, status, ms, "answered");
    }
    match seen.route.and_then(|route| route.owner.sender()) {
        None => app.metrics.read.observe(elapsed),
        Some(sender) => {
            if let Some(code) = code {
                app.metrics.refused(sender, code);
            }
            log_request(app, seen, caller, pattern, response);
        }
    }
}

fn log_request(
    app: &App,
    seen: &Seen,
    caller: Option<&Caller>,
    pattern: &str,
    response: &Response,
) {
    let error = response.extensions().get::<ApiError>();
    let note = response.extensions().get::<IngestNote>().cloned().unwrap_or_default();
    let status = error.map_or(response.status(), |error| error.code.http_status());
    let entry = RequestEntry {
        id: 0,
        at_nanos: app.store.now(),
        path: pattern.to_owned(),
        client: render::client_name(&seen.headers),
        key: caller.and_then(|caller| caller.key_prefix.as_deref()).map(str::to_owned),
        status: status.as_u16(),
        bytes: note.bytes,
        accepted: note.accepted,
        rejected: note.rejected,
        reason: error.map(ApiError::to_string).or(note.reason),
    };
    let workspace = caller.map_or(WorkspaceId::DEFAULT, |caller| caller.workspace);
    app.requests.push(workspace, entry);
}
