//! `clew spans list`

use serde_json::Value as Json;

use super::listing::{fetch, now_nanos};
use super::traces::{ID_DIGITS, cost};
use crate::arguments::Listing;
use crate::client::Client;
use crate::render::style::{Style, of_category};
use crate::render::table::{self, Cell, Column, cell, fixed, flexible, number};
use crate::render::{Screen, numbers};

const COLUMNS: [Column; 9] = [
    fixed("STARTED"),
    fixed("CATEGORY"),
    flexible("NAME", 14),
    flexible("ERROR", 8).dispensable(2),
    number("IN"),
    number("OUT"),
    number("COST").dispensable(3),
    number("TIME"),
    fixed("RUN").dispensable(1),
];

/// Prints spans over all runs.
pub(super) fn list(client: &Client, listing: &Listing, screen: &mut Screen) -> anyhow::Result<()> {
    let rows = fetch(client, "/api/v1/spans", "spans", listing)?;
    if screen.json {
        return screen.value(&rows.into_json("spans"));
    }
    if rows.rows.is_empty() {
        return screen.line("no span matches");
    }
    let now = now_nanos();
    let cells: Vec<Vec<Cell>> = rows.rows.iter().map(|row| cells(row, now)).collect();
    for line in table::lines(&COLUMNS, &cells, screen.columns, screen.paint) {
        screen.line(&line)?;
    }
    rows.footer(screen)
}

fn cells(row: &Json, now: i64) -> Vec<Cell> {
    let category = row["category"].as_str().unwrap_or("other");
    let failed = row["status"] == "error";
    let error = row["error"]["message"].as_str().filter(|text| !text.is_empty());
    vec![
        cell(numbers::ago(&row["start_nanos"], now)),
        cell(category).styled(of_category(category)),
        cell(row["display_name"].as_str().or(row["name"].as_str()).unwrap_or("")),
        cell(if failed { error.or(row["error"]["kind"].as_str()).unwrap_or("failed") } else { "" })
            .styled(Style::Bad),
        cell(numbers::count(row["usage"]["input"].as_u64())),
        cell(numbers::count(row["usage"]["output"].as_u64())),
        cell(cost(row)),
        cell(numbers::duration(row["duration_nanos"].as_i64())),
        cell(row["trace_id"].as_str().map_or("", |id| &id[..ID_DIGITS.min(id.len())]))
            .styled(Style::Faint),
    ]
}
