//! The workspace's own prices, which go before the shipped ones.

use clew_model::prices::PriceRow;
use rusqlite::{Connection, params};

use super::{Change, audit};
use crate::contract::StoreError;
use crate::ids::WorkspaceId;

/// Keeps a price; one for the same provider, model and beginning is replaced.
pub(crate) fn put(
    connection: &Connection,
    price: &PriceRow,
    change: &Change,
) -> Result<(), StoreError> {
    if price.model.trim().is_empty() {
        return Err(StoreError::Invalid("a price needs a model".to_owned()));
    }
    let row = serde_json::to_string(&PriceRow { shipped: false, ..price.clone() })
        .map_err(|error| StoreError::Invalid(format!("a price: {error}")))?;
    let sql = "INSERT OR REPLACE INTO price_overrides \
               (workspace, provider, model, from_nanos, row, changed_nanos, changed_by) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let Change { workspace, by, at_nanos } = change;
    let (provider, from) = key(price);
    connection.prepare_cached(sql)?.execute(params![
        workspace.0,
        provider,
        price.model,
        from,
        row,
        at_nanos,
        by
    ])?;
    audit::append(connection, change, "price.change", &subject(price), &row)
}

/// Removes a price; the shipped one holds again.
pub(crate) fn remove(
    connection: &Connection,
    price: &PriceRow,
    change: &Change,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM price_overrides \
               WHERE workspace = ?1 AND provider = ?2 AND model = ?3 AND from_nanos = ?4";
    let (provider, from) = key(price);
    let row = params![change.workspace.0, provider, price.model, from];
    if connection.prepare_cached(sql)?.execute(row)? == 0 {
        return Err(StoreError::NotFound("price"));
    }
    audit::append(connection, change, "price.delete", &subject(price), "")
}

/// Prices of a workspace by provider, model and beginning.
pub(crate) fn list(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<PriceRow>, StoreError> {
    let sql = "SELECT row FROM price_overrides WHERE workspace = ?1 \
               ORDER BY provider, model, from_nanos";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([workspace.0])?;
    let mut prices = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        let price = serde_json::from_str(&text)
            .map_err(|error| StoreError::Corrupt(format!("a price: {error}")))?;
        prices.push(price);
    }
    Ok(prices)
}

/// The provider, empty for every one, and from when it holds, the least number for always.
fn key(price: &PriceRow) -> (&str, i64) {
    (price.provider.as_deref().unwrap_or_default(), price.from_nanos.unwrap_or(i64::MIN))
}

fn subject(price: &PriceRow) -> String {
    match &price.provider {
        Some(provider) => format!("{provider}/{}", price.model),
        None => price.model.clone(),
    }
}
