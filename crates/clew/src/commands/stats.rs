//! `clew traces stats`

use serde_json::Value as Json;

use super::traces::cost;
use crate::client::Client;
use crate::render::table::{self, Cell, Column, cell, flexible, number};
use crate::render::{Screen, numbers, with_filter};

/// Prints counts, tokens, cost and durations, a row a group.
pub(super) fn run(
    client: &Client,
    filter: &str,
    by: &[String],
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let groups = by.join(",");
    let parameters = [
        ("filter", Some(filter).filter(|text| !text.is_empty())),
        ("group_by", Some(groups.as_str()).filter(|text| !text.is_empty())),
    ];
    let answer =
        client.get("/api/v1/stats", &parameters).map_err(|error| with_filter(error, filter))?;
    if screen.json {
        return screen.value(&answer);
    }
    let heads: Vec<&'static str> = by.iter().map(|group| head(group)).collect();
    let mut columns: Vec<Column> = heads.into_iter().map(|head| flexible(head, 12)).collect();
    columns.extend([
        number("COUNT"),
        number("ERRORS"),
        number("IN"),
        number("OUT"),
        number("COST"),
        number("P50"),
        number("P95"),
        number("P99").dispensable(1),
    ]);
    let rows = answer["rows"].as_array().cloned().unwrap_or_default();
    if rows.is_empty() {
        return screen.line("nothing to count");
    }
    let cells: Vec<Vec<Cell>> = rows.iter().map(|row| cells(row, by.len())).collect();
    for line in table::lines(&columns, &cells, screen.columns, screen.paint) {
        screen.line(&line)?;
    }
    Ok(())
}

fn head(group: &str) -> &'static str {
    match group {
        "agent" => "AGENT",
        "model" => "MODEL",
        "tool" => "TOOL",
        "name" => "NAME",
        "status" => "STATUS",
        "hour" => "HOUR",
        "day" => "DAY",
        _ => "GROUP",
    }
}

fn cells(row: &Json, groups: usize) -> Vec<Cell> {
    let mut cells: Vec<Cell> = (0..groups)
        .map(|index| cell(row["group"][index].as_str().unwrap_or(numbers::ABSENT)))
        .collect();
    cells.extend([
        cell(numbers::count(row["count"].as_u64())),
        cell(numbers::count(row["error_count"].as_u64())),
        cell(numbers::count(row["usage"]["input"].as_u64())),
        cell(numbers::count(row["usage"]["output"].as_u64())),
        cell(cost(row)),
        cell(numbers::duration(row["duration_nanos"]["p50"].as_i64())),
        cell(numbers::duration(row["duration_nanos"]["p95"].as_i64())),
        cell(numbers::duration(row["duration_nanos"]["p99"].as_i64())),
    ]);
    cells
}
