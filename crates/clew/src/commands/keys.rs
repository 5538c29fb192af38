//! `clew keys create`, `list` and `revoke`.

use clap::ValueEnum;
use serde_json::{Value as Json, json};

use super::listing::{encoded, now_nanos};
use crate::arguments::Scope;
use crate::client::Client;
use crate::render::style::Style;
use crate::render::table::{self, Cell, Column, cell, fixed, flexible};
use crate::render::{Screen, numbers, text};

const COLUMNS: [Column; 7] = [
    fixed("ID"),
    fixed("KEY"),
    flexible("NAME", 8),
    fixed("SCOPES"),
    flexible("AGENT", 8).dispensable(1),
    fixed("CREATED").dispensable(2),
    fixed("LAST USE"),
];

/// Makes a key and prints it, this once.
pub(super) fn create(
    client: &Client,
    name: &str,
    scopes: &[Scope],
    agent: Option<&str>,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let scopes: Vec<String> = scopes
        .iter()
        .filter_map(|scope| Some(scope.to_possible_value()?.get_name().to_owned()))
        .collect();
    let body = json!({ "name": name, "scopes": scopes, "agent": agent });
    let made = client.post("/api/v1/keys", &body)?;
    if screen.json {
        return screen.value(&made);
    }
    screen.line(made["key"].as_str().unwrap_or(""))?;
    // On standard error, so that `KEY=$(clew keys create)` takes the key alone.
    let note = "this is the only time the key is shown; keep it";
    #[allow(clippy::print_stderr)]
    {
        eprintln!("{}", screen.paint.paint(Style::Faint, note));
    }
    Ok(())
}

/// Prints keys by their first characters.
pub(super) fn list(client: &Client, screen: &mut Screen) -> anyhow::Result<()> {
    let answer = client.get("/api/v1/keys", &[])?;
    if screen.json {
        return screen.value(&answer);
    }
    let keys = answer["keys"].as_array().cloned().unwrap_or_default();
    if keys.is_empty() {
        return screen.line("no keys; `clew keys create` makes one");
    }
    let now = now_nanos();
    let cells: Vec<Vec<Cell>> = keys.iter().map(|key| cells(key, now)).collect();
    for line in table::lines(&COLUMNS, &cells, screen.columns, screen.paint) {
        screen.line(&line)?;
    }
    Ok(())
}

fn cells(key: &Json, now: i64) -> Vec<Cell> {
    let scopes: Vec<&str> =
        key["scopes"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let revoked = !key["revoked_nanos"].is_null();
    let last =
        if revoked { "revoked".to_owned() } else { numbers::ago(&key["last_used_nanos"], now) };
    vec![
        cell(key["id"].as_str().map_or_else(|| key["id"].to_string(), str::to_owned)),
        cell(format!("{}…", key["prefix"].as_str().unwrap_or(""))),
        cell(key["name"].as_str().unwrap_or("")),
        cell(scopes.join(",")),
        cell(key["agent"]["name"].as_str().unwrap_or(numbers::ABSENT)),
        cell(numbers::ago(&key["created_nanos"], now)),
        if revoked { cell(last).styled(Style::Bad) } else { cell(last) },
    ]
}

/// Makes a key worthless.
pub(super) fn revoke(client: &Client, id: &str, screen: &mut Screen) -> anyhow::Result<()> {
    let answer = client.delete(&format!("/api/v1/keys/{}", encoded(id)))?;
    if screen.json {
        return screen.value(&answer);
    }
    screen.line(&format!("revoked {}", text::one_line(id, 60)))
}
