//! Conversations and the people in them: sums over their runs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::get;
use clew_query::Subject;
use clew_store::{Scope, SessionQuery, SessionRow, UserQuery, UserRow};
use serde_json::{Value as JsonValue, json};

use super::filtering::{budget, echo, filter_and_sort, page_fields, read_filter, sort};
use super::params::Params;
use super::params::known::{CURSOR, FILTER, LIMIT, SORT};
use super::view::label::LabelView;
use super::view::totals;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/api/v1/sessions",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "A page of sessions",
        query: &[FILTER, SORT, LIMIT, CURSOR],
        body: None,
        answer: Answer::Json("SessionList"),
        handler: || get(list),
    };
    let detail = Route {
        path: "/api/v1/sessions/{session_id}",
        summary: "One session; its runs are `/api/v1/traces?filter=session=\"...\"`",
        query: &[],
        answer: Answer::Json("SessionDetail"),
        handler: || get(detail),
        ..list.same()
    };
    let users = Route {
        path: "/api/v1/users",
        summary: "A page of users",
        query: &[
            Query { name: "q", kind: "string", about: "Ids that begin so" },
            Query { name: "filter", kind: "string", about: "Which of their runs are summed up" },
            SORT,
            LIMIT,
            CURSOR,
        ],
        answer: Answer::Json("UserList"),
        handler: || get(users),
        ..list.same()
    };
    vec![list, detail, users]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let limit = params.limit(50, app.config.limits.max_page)?;
    let (filter, sort) = filter_and_sort(&app, &params, Subject::Session)?;
    let budget = budget(&app);
    app.read(move |app| {
        let query = SessionQuery {
            workspace: caller.workspace,
            filter,
            sort,
            limit,
            cursor: params.text("cursor").map(str::to_owned),
            agent: caller.agent,
            budget,
            now: app.store.now(),
        };
        let page = app.store.sessions(&query)?;
        let rows: Vec<JsonValue> = page.rows.iter().map(session).collect();
        let mut answer = json!({ "sessions": rows });
        page_fields(&mut answer, &page);
        echo(&mut answer, &query.filter);
        Ok(Json(answer))
    })
    .await
}

async fn detail(
    State(app): State<App>,
    caller: Caller,
    Path(session_id): Path<String>,
) -> Result<Json<JsonValue>, ApiError> {
    app.read(move |app| {
        let now = app.store.now();
        let found = app.store.session(caller.workspace, &session_id, caller.agent, now)?;
        let row = found.ok_or_else(|| ApiError::not_found("session"))?;
        Ok(Json(json!({ "session": session(&row) })))
    })
    .await
}

fn session(row: &SessionRow) -> JsonValue {
    let labels: Vec<LabelView<'_>> = row.labels.iter().map(LabelView::new).collect();
    let named = json!({
        "session_id": row.session_id,
        "user_id": row.users.first(),
        "name": row.last_name,
        "state": row.state,
        "agents": row.agents,
        "users": row.users,
        "labels": labels,
    });
    totals::with(named, &row.totals)
}

async fn users(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let limit = params.limit(50, app.config.limits.max_page)?;
    let filter = read_filter(&app, params.text("filter").unwrap_or(""), Subject::Trace)?;
    // Users have the sums that sessions have.
    let sort = sort(&params, Subject::Session)?;
    let budget = budget(&app);
    app.read(move |app| {
        let query = UserQuery {
            workspace: caller.workspace,
            filter,
            sort,
            prefix: params.text("q").unwrap_or("").to_owned(),
            limit,
            cursor: params.text("cursor").map(str::to_owned),
            agent: caller.agent,
            budget,
            now: app.store.now(),
        };
        let page = app.store.users(&query)?;
        let rows: Vec<JsonValue> = page.rows.iter().map(user).collect();
        let mut answer = json!({ "users": rows });
        page_fields(&mut answer, &page);
        echo(&mut answer, &query.filter);
        Ok(Json(answer))
    })
    .await
}

fn user(row: &UserRow) -> JsonValue {
    let named = json!({
        "user_id": row.user_id,
        "session_count": row.session_count,
        "agents": row.agents,
    });
    totals::with(named, &row.totals)
}
