//! A run as a conversation, and messages of one span.

use serde_json::Value as Json;

use super::style::Style;
use super::{Screen, text};

/// Prints the messages of one span under a title.
pub fn messages(screen: &mut Screen, title: &str, list: &Json) -> anyhow::Result<()> {
    let Some(items) = list.as_array().filter(|items| !items.is_empty()) else { return Ok(()) };
    screen.line("")?;
    let heading = screen.paint.paint(Style::Faint, title);
    screen.line(&heading)?;
    for item in items {
        // System instructions are parts without a message around them.
        match item["parts"].as_array() {
            Some(parts) => {
                let role = item["role"].as_str().unwrap_or("");
                parts.iter().try_for_each(|one| part(screen, role, one))?;
            }
            None => part(screen, "", item)?,
        }
    }
    Ok(())
}

fn part(screen: &mut Screen, role: &str, part: &Json) -> anyhow::Result<()> {
    let kind = part["type"].as_str().unwrap_or("");
    let (label, shown) = match kind {
        "text" => (role.to_owned(), plain(&part["content"])),
        "reasoning" => (format!("{role} thinks"), plain(&part["content"])),
        "tool_call" => (
            format!("{role} calls"),
            format!("{}({})", plain(&part["name"]), plain(&part["arguments"])),
        ),
        "tool_call_response" => (format!("{role} answers"), plain(&part["response"])),
        other => (format!("{role} {other}"), plain(part)),
    };
    paragraph(screen, label.trim(), &shown)
}

/// `label` in front, the text beside it.
fn paragraph(screen: &mut Screen, label: &str, body: &str) -> anyhow::Result<()> {
    const LABEL_CELLS: usize = 18;
    let lines = text::lines(body, screen.columns.saturating_sub(LABEL_CELLS + 2).max(20));
    let label = text::pad(&text::one_line(label, LABEL_CELLS), LABEL_CELLS);
    for (number, line) in lines.iter().enumerate() {
        let lead = if number == 0 {
            screen.paint.paint(Style::Faint, &label)
        } else {
            " ".repeat(LABEL_CELLS)
        };
        screen.line(format!("{lead}  {line}").trim_end())?;
    }
    Ok(())
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Prints `GET /api/v1/traces/{id}/transcript`.
pub fn print(screen: &mut Screen, conversation: &Json) -> anyhow::Result<()> {
    screen.value(conversation)
}
