//! A run as a conversation, and messages of one span.

use serde_json::Value as Json;

use super::style::Style;
use super::{Screen, numbers, text};

/// Cells of the label before a message of one span.
const MESSAGE_LABEL_CELLS: usize = 18;

/// Prints the messages of one span under a title.
pub(crate) fn messages(screen: &mut Screen, title: &str, list: &Json) -> anyhow::Result<()> {
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

/// `label` in front, the whole text beside it.
fn paragraph(screen: &mut Screen, label: &str, body: &str) -> anyhow::Result<()> {
    let lines = text::lines(body, screen.columns.saturating_sub(MESSAGE_LABEL_CELLS + 2).max(20));
    let label = text::pad(&text::one_line(label, MESSAGE_LABEL_CELLS), MESSAGE_LABEL_CELLS);
    for (number, line) in lines.iter().enumerate() {
        let lead = if number == 0 {
            screen.paint.paint(Style::Faint, &label)
        } else {
            " ".repeat(MESSAGE_LABEL_CELLS)
        };
        screen.line(format!("{lead}  {line}").trim_end())?;
    }
    Ok(())
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Cells of the label in front of what was said.
const LABEL_CELLS: usize = 12;
/// Lines of one text before it is cut; `--span` and `--json` show the whole.
const LINES_SHOWN: usize = 12;
/// Cells by which a sub-agent's conversation is set in.
const INDENT_CELLS: usize = 2;

/// Prints `GET /api/v1/traces/{id}/transcript`: who said what, tools with their results,
/// repeats folded, sub-agents set in.
pub(crate) fn print(screen: &mut Screen, conversation: &Json) -> anyhow::Result<()> {
    let sections = conversation["turns"].as_array().map_or(&[][..], Vec::as_slice);
    if sections.is_empty() {
        return screen.line("nothing was said in this run");
    }
    for (number, section) in sections.iter().enumerate() {
        if number > 0 {
            screen.line("")?;
        }
        card(screen, &section["card"], 0)?;
    }
    Ok(())
}

fn card(screen: &mut Screen, card: &Json, level: usize) -> anyhow::Result<()> {
    if let Some(agent) = card["agent"].as_str() {
        let totals = &card["totals"];
        let facts = [
            numbers::duration(card["duration_nanos"].as_i64()),
            format!("{} in", numbers::count(totals["usage"]["input"].as_u64())),
            format!("{} out", numbers::count(totals["usage"]["output"].as_u64())),
            numbers::money(totals["cost"]["total"].as_str(), false),
        ];
        let facts: Vec<String> =
            facts.into_iter().filter(|fact| !fact.starts_with(numbers::ABSENT)).collect();
        let head = format!(
            "{}{} {}",
            " ".repeat(level * INDENT_CELLS),
            screen.paint.paint(Style::Agent, &text::one_line(agent, 60)),
            screen.paint.paint(Style::Faint, &facts.join(" · "))
        );
        screen.line(&head)?;
    }
    for entry in card["entries"].as_array().into_iter().flatten() {
        self::entry(screen, entry, level)?;
    }
    if let Some(message) = card["error"]["message"].as_str() {
        said(screen, level, "failed", message, Style::Bad)?;
    }
    omitted(screen, &card["omitted_spans"], level)
}

fn entry(screen: &mut Screen, entry: &Json, level: usize) -> anyhow::Result<()> {
    let body = |key: &str| match &entry[key]["text"] {
        Json::String(text) => text.clone(),
        _ => entry[key].as_str().unwrap_or("(left out by the sender)").to_owned(),
    };
    match entry["kind"].as_str().unwrap_or("") {
        "text" => {
            let role = entry["role"].as_str().unwrap_or("");
            said(screen, level, role, &body("text"), role_style(role))
        }
        "thinking" => said(screen, level, "thinks", &body("text"), Style::Faint),
        "tools" => tools(screen, entry, level),
        "agent" => card(screen, &entry["card"], level + 1),
        "step" => {
            let shown = ["input", "output"]
                .into_iter()
                .filter_map(|key| entry[key].as_str())
                .collect::<Vec<_>>()
                .join(" -> ");
            let label = entry["category"].as_str().unwrap_or("step");
            let name = entry["name"].as_str().unwrap_or("");
            said(screen, level, label, &format!("{name}: {shown}"), Style::Store)?;
            failure(screen, &entry["error"], level)
        }
        "failed" => failure(screen, &entry["error"], level),
        "media" => {
            let role = entry["role"].as_str().unwrap_or("");
            let what = format!("({})", entry["modality"].as_str().unwrap_or("media"));
            said(screen, level, role, &what, Style::Faint)
        }
        "compaction" => said(screen, level, "compacted", &body("text"), Style::Faint),
        _ => said(screen, level, "other", &entry["part"].to_string(), Style::Faint),
    }
}

/// One call, or several of the same tool in a row as one line: a loop shows at a glance.
fn tools(screen: &mut Screen, entry: &Json, level: usize) -> anyhow::Result<()> {
    let name = entry["name"].as_str().unwrap_or("tool");
    let calls = entry["calls"].as_array().map_or(&[][..], Vec::as_slice);
    let label = match calls.len() {
        0 | 1 => name.to_owned(),
        times => format!("{name} x{times}"),
    };
    let identical = entry["identical"] == true && calls.len() > 1;
    let shown = if identical { &calls[..1] } else { calls };
    let note = if identical { ", the same each time" } else { "" };
    let indent = " ".repeat(level * INDENT_CELLS);
    let head = screen.paint.paint(Style::Tool, &text::one_line(&label, 60));
    screen.line(&format!("{indent}{head}{}", screen.paint.paint(Style::Faint, note)))?;
    for call in shown {
        let arguments = plain_or(&call["arguments"], "()");
        let result = plain_or(&call["result"], "");
        said(screen, level, "", &arguments, Style::Faint)?;
        if !result.is_empty() {
            said(screen, level, "→", &result, Style::Faint)?;
        }
        failure(screen, &call["error"], level)?;
        for inner in call["inside"].as_array().into_iter().flatten() {
            self::entry(screen, inner, level + 1)?;
        }
        omitted(screen, &call["omitted_spans"], level)?;
    }
    Ok(())
}

fn failure(screen: &mut Screen, error: &Json, level: usize) -> anyhow::Result<()> {
    match error["message"].as_str().filter(|text| !text.is_empty()).or(error["kind"].as_str()) {
        Some(message) => said(screen, level, "✗", message, Style::Bad),
        None => Ok(()),
    }
}

fn omitted(screen: &mut Screen, count: &Json, level: usize) -> anyhow::Result<()> {
    match count.as_u64() {
        Some(count) if count > 0 => {
            let note = format!("{count} spans lie too deep to show; `clew traces show` has them");
            said(screen, level, "", &note, Style::Faint)
        }
        _ => Ok(()),
    }
}

/// A label and a text beside it, cut after some lines with a word on how much is left.
fn said(
    screen: &mut Screen,
    level: usize,
    label: &str,
    body: &str,
    style: Style,
) -> anyhow::Result<()> {
    let indent = " ".repeat(level * INDENT_CELLS);
    let room = screen.columns.saturating_sub(indent.len() + LABEL_CELLS + 1).max(20);
    let lines = text::lines(body, room);
    let label = text::pad(&text::one_line(label, LABEL_CELLS), LABEL_CELLS);
    for (number, line) in lines.iter().take(LINES_SHOWN).enumerate() {
        let lead =
            if number == 0 { screen.paint.paint(style, &label) } else { " ".repeat(LABEL_CELLS) };
        screen.line(format!("{indent}{lead} {line}").trim_end())?;
    }
    if lines.len() > LINES_SHOWN {
        let note = format!("… {} more lines", lines.len() - LINES_SHOWN);
        let note = screen.paint.paint(Style::Faint, &note);
        screen.line(&format!("{indent}{} {note}", " ".repeat(LABEL_CELLS)))?;
    }
    Ok(())
}

fn role_style(role: &str) -> Style {
    match role {
        "user" => Style::Strong,
        "assistant" => Style::Llm,
        _ => Style::Faint,
    }
}

fn plain_or(value: &Json, absent: &str) -> String {
    if value.is_null() { absent.to_owned() } else { plain(value) }
}
