//! `clew traces list`, `search` and `delete`; the larger ones have files of their own.

use anyhow::{Context, bail};
use serde_json::{Value as Json, json};

use super::listing::{confirmed, encoded, fetch, now_nanos};
use crate::arguments::Listing;
use crate::client::Client;
use crate::render::style::Style;
use crate::render::table::{self, Cell, Column, cell, fixed, flexible, number};
use crate::render::{Screen, numbers, text};

const COLUMNS: [Column; 10] = [
    fixed("STARTED"),
    flexible("NAME", 14),
    flexible("AGENT", 8).dispensable(3),
    flexible("STATUS", 10),
    number("SPANS").dispensable(2),
    number("IN"),
    number("OUT"),
    number("COST"),
    number("TIME"),
    fixed("ID"),
];

/// Digits of an id that are shown: enough to name a run among thousands.
pub(super) const ID_DIGITS: usize = 8;

/// `clew traces list`
pub(super) fn list(client: &Client, listing: &Listing, screen: &mut Screen) -> anyhow::Result<()> {
    let rows = fetch(client, "/api/v1/traces", "traces", listing)?;
    if screen.json {
        return screen.value(&rows.into_json("traces"));
    }
    if rows.rows.is_empty() {
        return nothing(listing, screen);
    }
    let now = now_nanos();
    let cells: Vec<Vec<Cell>> = rows.rows.iter().map(|row| cells(row, now)).collect();
    for line in table::lines(&COLUMNS, &cells, screen.columns, screen.paint) {
        screen.line(&line)?;
    }
    rows.footer(screen)
}

fn nothing(listing: &Listing, screen: &mut Screen) -> anyhow::Result<()> {
    if !listing.filter.is_empty() {
        return screen.line("no run matches");
    }
    screen.line("no runs yet")?;
    screen.line(
        "`clew demo` sends a few made-up ones; to send your own, set OTEL_EXPORTER_OTLP_ENDPOINT",
    )?;
    screen.line("to the address that `clew serve` prints")
}

fn cells(row: &Json, now: i64) -> Vec<Cell> {
    let (word, style) = standing(row);
    vec![
        cell(numbers::ago(&row["start_nanos"], now)),
        cell(row["name"].as_str().filter(|name| !name.is_empty()).unwrap_or("(no name yet)")),
        cell(row["agent"]["name"].as_str().unwrap_or(numbers::ABSENT)),
        cell(word).styled(style),
        cell(numbers::count(row["span_count"].as_u64())),
        cell(numbers::count(row["usage"]["input"].as_u64())),
        cell(numbers::count(row["usage"]["output"].as_u64())),
        cell(cost(row)),
        cell(elapsed(row)),
        cell(row["trace_id"].as_str().map_or("", |id| &id[..ID_DIGITS.min(id.len())]))
            .styled(Style::Faint),
    ]
}

/// The cost of a row that has `cost: {total, estimated}`.
pub(super) fn cost(row: &Json) -> String {
    numbers::money(
        row["cost"]["total"].as_str(),
        row["cost"]["estimated"].as_bool().unwrap_or(false),
    )
}

/// How long a run took; one that has not ended has no length yet.
pub(super) fn elapsed(row: &Json) -> String {
    match row["state"].as_str() {
        Some("done") => numbers::duration(row["duration_nanos"].as_i64()),
        _ => numbers::ABSENT.to_owned(),
    }
}

/// How a run stands, in words, as ruling 9 has it: red for a failed run, amber for
/// failed steps inside one that went through.
pub(super) fn standing(row: &Json) -> (String, Style) {
    let errors = row["error_count"].as_u64().unwrap_or(0);
    let failed = row["root_status"] == "error";
    match (failed, errors, row["state"].as_str().unwrap_or("done")) {
        (true, ..) => ("✗ failed".to_owned(), Style::Bad),
        (false, 0, "done") => ("✓ ok".to_owned(), Style::Good),
        (false, n, "done") => (format!("! {n} failed"), Style::Warning),
        (false, 0, state) => (format!("… {state}"), Style::Faint),
        (false, n, state) => (format!("… {state}, {n} failed"), Style::Warning),
    }
}

/// `clew traces search`
pub(super) fn search(
    client: &Client,
    words: &str,
    limit: usize,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let limit = limit.to_string();
    let found = client.get("/api/v1/search", &[("q", Some(words)), ("limit", Some(&limit))])?;
    if screen.json {
        return screen.value(&found);
    }
    let hits = found["hits"].as_array().cloned().unwrap_or_default();
    if hits.is_empty() {
        screen.line("nothing found")?;
    }
    for hit in &hits {
        let id = hit["trace_id"].as_str().unwrap_or("");
        let place = hit["span_name"].as_str().or(hit["span_id"].as_str()).unwrap_or("");
        let head = format!(
            "{}  {}  {}",
            screen.paint.paint(Style::Faint, &id[..ID_DIGITS.min(id.len())]),
            screen.paint.paint(
                Style::Strong,
                &text::one_line(hit["trace_name"].as_str().unwrap_or(""), 40)
            ),
            text::one_line(place, 40),
        );
        screen.line(&head)?;
        let snippet = text::one_line(hit["snippet"].as_str().unwrap_or(""), screen.columns - 4);
        screen.line(&format!("    {snippet}"))?;
    }
    if let (Some(scanned), Some(of)) =
        (found["scanned"]["rows"].as_u64(), found["scanned"]["of"].as_u64())
        && scanned < of
    {
        let note = format!("searched {scanned} of {of} runs, the newest first");
        let note = screen.paint.paint(Style::Faint, &note);
        screen.line(&note)?;
    }
    Ok(())
}

/// `clew traces delete`
pub(super) fn delete(
    client: &Client,
    ids: &[String],
    yes: bool,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let rows = ids.iter().map(|id| find(client, id)).collect::<anyhow::Result<Vec<Json>>>()?;
    let names: Vec<String> =
        rows.iter().map(|row| text::one_line(row["name"].as_str().unwrap_or(""), 40)).collect();
    let question = format!(
        "delete {} ({}) for good, every byte of it?",
        plural(rows.len(), "run"),
        names.join(", ")
    );
    if !confirmed(&question, yes)? {
        return screen.line("nothing was deleted");
    }
    let mut answers = Vec::new();
    for row in &rows {
        let id = row["trace_id"].as_str().context("a run without an id")?;
        answers.push(client.delete(&format!("/api/v1/traces/{}", encoded(id)))?);
        if !screen.json {
            screen.line(&format!("deleted {id}"))?;
        }
    }
    if screen.json { screen.value(&json!({ "deleted": answers })) } else { Ok(()) }
}

/// The row of the run with this id, or the only one whose id begins so.
pub(super) fn find(client: &Client, id: &str) -> anyhow::Result<Json> {
    let id = id.trim().to_ascii_lowercase();
    if id.len() == 32 {
        let trace =
            client.get(&format!("/api/v1/traces/{}", encoded(&id)), &[("spans", Some("false"))])?;
        return Ok(trace["trace"].clone());
    }
    if id.len() < 4 || !id.chars().all(|c| c.is_ascii_hexdigit()) {
        bail!(
            "`{id}` is no id of a run; give at least its first 4 digits, as `clew traces list` shows them"
        );
    }
    let filter = format!("trace:{id}*");
    let page = client.get("/api/v1/traces", &[("filter", Some(&filter)), ("limit", Some("2"))])?;
    match page["traces"].as_array().map_or(&[][..], Vec::as_slice) {
        [one] => Ok(one.clone()),
        [] => bail!("no run's id begins with {id}"),
        _ => bail!("several runs' ids begin with {id}; give more digits"),
    }
}

/// `1 run`, `2 runs`.
pub(super) fn plural(number: usize, noun: &str) -> String {
    let number_text = numbers::grouped(number as u64);
    if number == 1 { format!("{number_text} {noun}") } else { format!("{number_text} {noun}s") }
}
