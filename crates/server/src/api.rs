//! Our own API: one file a resource.

mod about;
mod attachments;
mod books;
mod budget;
mod clip;
mod export;
mod filter_values;
pub(crate) mod filtering;
mod histogram;
mod keys;
mod labels;
mod ledger;
mod live;
pub(crate) mod own;
pub(crate) mod params;
mod price_list;
mod reprice;
mod retention;
mod search;
mod sessions;
mod settings;
mod sign_in;
mod skeleton;
mod span;
mod spans;
mod stats;
mod texts;
mod traces;
mod transcript;
mod upkeep;
mod views;
mod workspaces;

pub(crate) mod view;

use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::routing::get;

#[cfg(test)]
pub(crate) use keys::agent;
pub(crate) use settings::{locked, unknown_locked};

use crate::routes::{Access, Answer, Owner, Route};

/// Every route of the API.
pub(crate) fn routes() -> Vec<Route> {
    let document = Route {
        method: Method::GET,
        path: "/api/v1/openapi.json",
        owner: Owner::Api,
        access: Access::Public,
        summary: "This document",
        query: &[],
        body: None,
        answer: Answer::FreeJson,
        handler: || get(document),
    };
    [
        vec![document],
        sign_in::routes(),
        keys::routes(),
        workspaces::routes(),
        books::routes(),
        views::routes(),
        labels::routes(),
        price_list::routes(),
        about::routes(),
        export::routes(),
        traces::routes(),
        attachments::routes(),
        span::routes(),
        skeleton::routes(),
        texts::routes(),
        live::routes(),
        sessions::routes(),
        settings::routes(),
        retention::routes(),
        upkeep::routes(),
        search::routes(),
        transcript::routes(),
        stats::routes(),
        histogram::routes(),
        reprice::routes(),
        ledger::routes(),
        spans::routes(),
        filter_values::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], crate::openapi::DOCUMENT.as_str())
}
