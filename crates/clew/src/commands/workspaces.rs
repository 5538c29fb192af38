//! `clew workspaces create`, `list` and `delete`.

use serde_json::{Value as Json, json};

use super::listing::{confirmed, encoded, now_nanos};
use crate::client::Client;
use crate::render::table::{self, Cell, Column, cell, fixed, flexible, number};
use crate::render::{Screen, numbers, text};

const COLUMNS: [Column; 3] = [flexible("NAME", 12), number("RUNS"), fixed("CREATED")];

/// Makes a workspace.
pub(super) fn create(client: &Client, name: &str, screen: &mut Screen) -> anyhow::Result<()> {
    let made = client.post("/api/v1/workspaces", &json!({ "name": name }))?;
    if screen.json {
        return screen.value(&made);
    }
    screen.line(&format!("made {}", text::one_line(name, 60)))
}

/// Prints every workspace.
pub(super) fn list(client: &Client, screen: &mut Screen) -> anyhow::Result<()> {
    let answer = client.get("/api/v1/workspaces", &[])?;
    if screen.json {
        return screen.value(&answer);
    }
    let now = now_nanos();
    let cells: Vec<Vec<Cell>> = answer["workspaces"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row: &Json| {
            vec![
                cell(row["name"].as_str().unwrap_or("")),
                cell(numbers::count(row["trace_count"].as_u64())),
                cell(numbers::ago(&row["created_nanos"], now)),
            ]
        })
        .collect();
    for line in table::lines(&COLUMNS, &cells, screen.columns, screen.paint) {
        screen.line(&line)?;
    }
    Ok(())
}

/// Deletes a workspace with all that is in it.
pub(super) fn delete(
    client: &Client,
    name: &str,
    yes: bool,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let shown = text::one_line(name, 60);
    let question = format!("delete the workspace {shown} with all its runs, agents and keys?");
    if !confirmed(&question, yes)? {
        return screen.line("nothing was deleted");
    }
    let answer = client.delete(&format!("/api/v1/workspaces/{}", encoded(name)))?;
    if screen.json { screen.value(&answer) } else { screen.line(&format!("deleted {shown}")) }
}
