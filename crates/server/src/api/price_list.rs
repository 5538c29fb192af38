//! Prices: the shipped ones and those that go before them. They hold for the instance.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::{delete, get, put};
use clew_model::prices::{PriceRow, PriceTable, Rates};
use clew_store::{Scope, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};

use super::params::{JsonBody, Params};
use super::view::Nanos;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;
use crate::routes::{Access, Answer, Owner, Query, Route};

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let list = Route {
        method: Method::GET,
        path: "/api/v1/prices",
        owner: Owner::Api,
        access: Access::Scope(Scope::Read),
        summary: "Prices in USD per million tokens, own ones first",
        query: &[
            Query { name: "q", kind: "string", about: "Part of a model's or provider's name" },
            Query { name: "own", kind: "boolean", about: "Only prices that were set here" },
        ],
        body: None,
        answer: Answer::Json("PriceList"),
        handler: || get(list),
    };
    let set = Route {
        method: Method::PUT,
        access: Access::Operator,
        summary: "Sets a price; `clew reprice` derives old costs anew",
        query: &[],
        body: Some("NewPrice"),
        answer: Answer::Json("Done"),
        handler: || put(set),
        ..list.same()
    };
    let remove = Route {
        method: Method::DELETE,
        access: Access::Operator,
        summary: "Removes a price that was set here",
        query: &[],
        body: Some("PriceName"),
        answer: Answer::Json("Done"),
        handler: || delete(remove),
        ..list.same()
    };
    vec![list, set, remove]
}

async fn list(
    State(app): State<App>,
    _caller: Caller,
    params: Params,
) -> Result<Json<JsonValue>, ApiError> {
    let own_only = params.flag("own")?;
    let part = params.text("q").unwrap_or("").to_lowercase();
    let table = app.prices.current();
    let wanted = |row: &&PriceRow| {
        let provider = row.provider.as_deref().unwrap_or("");
        (!own_only || !row.shipped) && (row.model.contains(&part) || provider.contains(&part))
    };
    let prices: Vec<JsonValue> = table.rows().filter(wanted).map(view).collect();
    Ok(Json(json!({ "version": table.version(), "prices": prices })))
}

fn view(row: &PriceRow) -> JsonValue {
    json!({
        "model": row.model, "provider": row.provider, "mode": row.mode,
        "from_nanos": row.from_nanos.map(Nanos), "rates": row.rates, "shipped": row.shipped,
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    model: String,
    provider: Option<String>,
    #[serde(default)]
    mode: String,
    from_nanos: Option<String>,
    rates: Option<Rates>,
}

impl Asked {
    fn row(self) -> Result<PriceRow, ApiError> {
        let from_nanos = self.from_nanos.map(|text| text.parse()).transpose().map_err(|_| {
            ApiError::bad_request("`from_nanos` is nanoseconds since 1970 as a decimal string")
                .with_field("from_nanos")
        })?;
        Ok(PriceRow {
            model: self.model,
            provider: self.provider,
            mode: self.mode,
            from_nanos,
            rates: self.rates.unwrap_or_default(),
            shipped: false,
        })
    }
}

async fn set(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Json<JsonValue>, ApiError> {
    if asked.rates.is_none() {
        return Err(ApiError::bad_request("a price needs `rates`").with_field("rates"));
    }
    change(app, caller, asked, true).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Json<JsonValue>, ApiError> {
    change(app, caller, asked, false).await
}

async fn change(
    app: App,
    caller: Caller,
    asked: Asked,
    put: bool,
) -> Result<Json<JsonValue>, ApiError> {
    let row = asked.row()?;
    app.read(move |app| {
        let mut change = caller.change(app.store.now());
        change.workspace = WorkspaceId::DEFAULT;
        match put {
            true => app.store.put_price(row, &change)?,
            false => app.store.delete_price(row, &change)?,
        }
        let own = app.store.prices(WorkspaceId::DEFAULT)?;
        app.prices.replace(PriceTable::with_overrides(own));
        Ok(Json(json!({ "done": true, "version": app.prices.current().version() })))
    })
    .await
}
