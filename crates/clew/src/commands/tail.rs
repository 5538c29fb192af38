//! `clew traces tail`: runs as they come and change.

use anyhow::Context;
use serde_json::Value as Json;

use super::traces::{ID_DIGITS, cost, elapsed, standing};
use crate::client::Client;
use crate::render::style::Style;
use crate::render::{Screen, numbers, text, with_filter};

/// Prints a line for each new or changed run until it is stopped.
pub(super) fn run(client: &Client, filter: &str, screen: &mut Screen) -> anyhow::Result<()> {
    let parameters = [("filter", Some(filter).filter(|text| !text.is_empty()))];
    let lines = client
        .lines("/api/v1/live", &parameters, "text/event-stream")
        .map_err(|error| with_filter(error, filter))?;
    let mut event = String::new();
    for line in lines {
        let line = line.context("the server went away")?;
        if let Some(name) = line.strip_prefix("event:") {
            event = name.trim().to_owned();
        } else if let Some(data) = line.strip_prefix("data:") {
            let data: Json = serde_json::from_str(data).unwrap_or(Json::Null);
            show(&event, &data, screen)?;
            screen.flush()?;
        }
    }
    Ok(())
}

fn show(event: &str, data: &Json, screen: &mut Screen) -> anyhow::Result<()> {
    if screen.json {
        return screen.line(&serde_json::json!({ "event": event, "data": data }).to_string());
    }
    let row = if data["trace"].is_object() { &data["trace"] } else { data };
    let Some(id) = row["trace_id"].as_str() else {
        return match event {
            "reset" => screen.line("(some runs were passed over; `clew traces list` has them)"),
            _ => Ok(()),
        };
    };
    let (word, style) = standing(row);
    let room = screen.columns.saturating_sub(66).max(16);
    let line = format!(
        "{}  {}  {}  {:>5} spans  {:>7} ▸ {:<6}  {:>9}  {:>8}",
        screen.paint.paint(Style::Faint, &id[..ID_DIGITS.min(id.len())]),
        text::pad(&text::one_line(row["name"].as_str().unwrap_or(""), room), room),
        screen.paint.paint(style, &text::pad(&text::one_line(&word, 12), 12)),
        numbers::count(row["span_count"].as_u64()),
        numbers::count(row["usage"]["input"].as_u64()),
        numbers::count(row["usage"]["output"].as_u64()),
        cost(row),
        elapsed(row),
    );
    screen.line(line.trim_end())
}
