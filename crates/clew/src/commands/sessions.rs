//! `clew sessions list`, `clew sessions show` and `clew agents`.

use serde_json::Value as Json;

use super::listing::{encoded, fetch, now_nanos};
use super::traces::{cost, list as list_traces, plural};
use crate::arguments::Listing;
use crate::client::Client;
use crate::render::style::Style;
use crate::render::table::{self, Cell, Column, cell, fixed, flexible, number};
use crate::render::{Screen, numbers, text};

const SESSION_COLUMNS: [Column; 8] = [
    fixed("LAST RUN"),
    flexible("SESSION", 16),
    flexible("USER", 8).dispensable(1),
    number("RUNS"),
    number("ERRORS"),
    number("IN"),
    number("OUT"),
    number("COST"),
];

const AGENT_COLUMNS: [Column; 8] = [
    flexible("AGENT", 16),
    fixed("LAST RUN"),
    number("RUNS"),
    number("FAILED"),
    number("IN"),
    number("OUT"),
    number("COST"),
    fixed("ID").dispensable(1),
];

/// `clew sessions list`
pub(super) fn list(client: &Client, listing: &Listing, screen: &mut Screen) -> anyhow::Result<()> {
    let now = now_nanos();
    let row = |row: &Json| {
        vec![
            cell(numbers::ago(&row["last_start_nanos"], now)),
            cell(row["session_id"].as_str().unwrap_or("")),
            cell(row["user_id"].as_str().unwrap_or(numbers::ABSENT)),
            cell(numbers::count(row["trace_count"].as_u64())),
            cell(numbers::count(row["error_count"].as_u64())),
            cell(numbers::count(row["usage"]["input"].as_u64())),
            cell(numbers::count(row["usage"]["output"].as_u64())),
            cell(cost(row)),
        ]
    };
    rows_of(client, "/api/v1/sessions", "sessions", listing, &SESSION_COLUMNS, row, screen)
}

/// `clew agents`
pub(super) fn agents(
    client: &Client,
    listing: &Listing,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let now = now_nanos();
    let row = |row: &Json| {
        vec![
            cell(row["name"].as_str().unwrap_or("")),
            cell(numbers::ago(&row["last_start_nanos"], now)),
            cell(numbers::count(row["trace_count"].as_u64())),
            cell(numbers::count(row["failed_count"].as_u64())),
            cell(numbers::count(row["usage"]["input"].as_u64())),
            cell(numbers::count(row["usage"]["output"].as_u64())),
            cell(cost(row)),
            cell(row["id"].as_str().unwrap_or("")).styled(Style::Faint),
        ]
    };
    rows_of(client, "/api/v1/agents", "agents", listing, &AGENT_COLUMNS, row, screen)
}

fn rows_of(
    client: &Client,
    path: &str,
    name: &str,
    listing: &Listing,
    columns: &[Column],
    row: impl Fn(&Json) -> Vec<Cell>,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let rows = fetch(client, path, name, listing)?;
    if screen.json {
        return screen.value(&rows.into_json(name));
    }
    if rows.rows.is_empty() {
        return screen.line(&format!("no {name}"));
    }
    let cells: Vec<Vec<Cell>> = rows.rows.iter().map(row).collect();
    for line in table::lines(columns, &cells, screen.columns, screen.paint) {
        screen.line(&line)?;
    }
    rows.footer(screen)
}

/// `clew sessions show`
pub(super) fn show(client: &Client, id: &str, screen: &mut Screen) -> anyhow::Result<()> {
    let session = client.get(&format!("/api/v1/sessions/{}", encoded(id)), &[])?;
    if screen.json {
        return screen.value(&session);
    }
    let head = &session["session"];
    let name = screen.paint.paint(Style::Strong, &text::one_line(id, screen.columns));
    screen.line(&name)?;
    let facts = [
        plural(head["trace_count"].as_u64().unwrap_or(0) as usize, "run"),
        format!(
            "{} in, {} out",
            numbers::count(head["usage"]["input"].as_u64()),
            numbers::count(head["usage"]["output"].as_u64())
        ),
        cost(head),
        head["user_id"].as_str().map_or(String::new(), |user| format!("user {user}")),
    ];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    screen.line(&text::one_line(&facts.join(" · "), screen.columns))?;
    screen.line("")?;
    let filter = format!("session={}", serde_json::to_string(id)?);
    let listing = Listing {
        filter: vec![filter],
        sort: Some("start".to_owned()),
        limit: 200,
        cursor: None,
        all: false,
    };
    list_traces(client, &listing, screen)
}
