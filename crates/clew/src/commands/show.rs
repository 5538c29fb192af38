//! `clew traces show`: a run's head, its tree, its conversation, or one of its spans.

use anyhow::{Context, bail};
use serde_json::{Value as Json, json};

use super::listing::{encoded, now_nanos};
use super::traces::{cost, elapsed, find, plural, standing};
use crate::arguments::Show;
use crate::client::Client;
use crate::render::style::{Style, of_category};
use crate::render::{Screen, numbers, text, transcript, tree};

/// Prints a run, in the form that was asked for.
pub(super) fn run(client: &Client, show: &Show, screen: &mut Screen) -> anyhow::Result<()> {
    let id = match &show.id {
        Some(id) => {
            find(client, id)?["trace_id"].as_str().context("a run without an id")?.to_owned()
        }
        None => latest(client)?,
    };
    let path = format!("/api/v1/traces/{}", encoded(&id));
    let trace = client.get(&path, &[])?;
    if let Some(span) = &show.span {
        return one_span(client, &path, &trace, span, screen);
    }
    if show.transcript {
        let conversation = client.get(&format!("{path}/transcript"), &[])?;
        if screen.json {
            return screen.value(&conversation);
        }
        head(&trace["trace"], screen)?;
        return transcript::print(screen, &conversation);
    }
    if screen.json {
        return screen.value(&trace);
    }
    head(&trace["trace"], screen)?;
    let spans = trace["spans"].as_array().map_or(&[][..], Vec::as_slice);
    if spans.is_empty() {
        return run_events(client, &path, screen);
    }
    tree::print(screen, spans, show.depth)?;
    receipt(&trace["receipt"], screen)
}

fn latest(client: &Client) -> anyhow::Result<String> {
    let page = client.get("/api/v1/traces", &[("sort", Some("-start")), ("limit", Some("1"))])?;
    match page["traces"][0]["trace_id"].as_str() {
        Some(id) => Ok(id.to_owned()),
        None => bail!("there are no runs yet; `clew demo` sends a few"),
    }
}

fn head(row: &Json, screen: &mut Screen) -> anyhow::Result<()> {
    let paint = screen.paint;
    let (word, style) = standing(row);
    let name = text::one_line(
        row["name"].as_str().unwrap_or(""),
        screen.columns.saturating_sub(50).max(20),
    );
    let id = row["trace_id"].as_str().unwrap_or("");
    let title = format!(
        "{}  {}  {}",
        paint.paint(Style::Strong, &name),
        paint.paint(style, &in_words(row, &word)),
        paint.paint(Style::Faint, id)
    );
    screen.line(&title)?;
    let usage = &row["usage"];
    let mut facts = vec![
        elapsed(row),
        plural(row["span_count"].as_u64().unwrap_or(0) as usize, "span"),
        plural(row["llm_calls"].as_u64().unwrap_or(0) as usize, "model call"),
        plural(row["tool_calls"].as_u64().unwrap_or(0) as usize, "tool call"),
        format!("{} in{}", numbers::count(usage["input"].as_u64()), cached(usage)),
        format!("{} out", numbers::count(usage["output"].as_u64())),
        cost(row),
        numbers::ago(&row["start_nanos"], now_nanos()),
    ];
    facts.retain(|fact| fact != numbers::ABSENT);
    screen.line(&text::one_line(&facts.join(" · "), screen.columns))?;
    let mut people = Vec::new();
    for (label, value) in [("session", &row["session_id"]), ("user", &row["user_id"])] {
        if let Some(value) = value.as_str() {
            people.push(format!("{label} {value}"));
        }
    }
    people.extend(["agents", "models"].into_iter().filter_map(|list| names(&row[list])));
    if !people.is_empty() {
        let line = text::one_line(&people.join(" · "), screen.columns);
        let line = paint.paint(Style::Faint, &line);
        screen.line(&line)?;
    }
    if let Some(message) = row["error"]["message"].as_str().filter(|text| !text.is_empty()) {
        let line = text::one_line(&format!("✗ {message}"), screen.columns);
        let line = paint.paint(Style::Bad, &line);
        screen.line(&line)?;
    }
    screen.line("")
}

/// The longer form of how a run stands: there is room for it here.
fn in_words(row: &Json, short: &str) -> String {
    let errors = row["error_count"].as_u64().unwrap_or(0) as usize;
    let done = row["state"] == "done";
    match (row["root_status"] == "error", errors) {
        (true, _) => "✗ Failed".to_owned(),
        (false, 0) if done => "✓ Completed".to_owned(),
        (false, n) if done => format!("! Completed, {} failed", plural(n, "step")),
        _ => short.to_owned(),
    }
}

fn cached(usage: &Json) -> String {
    match usage["cache_read"].as_u64() {
        Some(cached) if cached > 0 => format!(" ({} cached)", numbers::count(Some(cached))),
        _ => String::new(),
    }
}

fn names(list: &Json) -> Option<String> {
    let names: Vec<&str> = list.as_array()?.iter().filter_map(Json::as_str).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// What is known to be missing, in one line, and nothing when nothing is.
fn receipt(receipt: &Json, screen: &mut Screen) -> anyhow::Result<()> {
    let gaps: Vec<String> = [
        ("orphans", "span without its parent", "spans without their parent"),
        ("placeholders", "span not here yet", "spans not here yet"),
        ("open_spans", "span still open", "spans still open"),
        (
            "dropped_by_sender",
            "thing dropped by the sender's SDK",
            "things dropped by the sender's SDK",
        ),
        ("truncated", "payload cut by its sender", "payloads cut by their sender"),
        ("odd_clocks", "odd clock", "odd clocks"),
        ("cycles", "circle of parents", "circles of parents"),
        ("unpriced", "model call without a price", "model calls without a price"),
    ]
    .into_iter()
    .filter_map(|(key, one, many)| match receipt[key].as_u64()? {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{} {many}", numbers::grouped(n))),
    })
    .collect();
    if gaps.is_empty() {
        return Ok(());
    }
    let line = text::one_line(&format!("receipt: {}", gaps.join(", ")), screen.columns);
    let line = screen.paint.paint(Style::Warning, &line);
    screen.line("")?;
    screen.line(&line)
}

/// A run may have flat events and no spans at all.
fn run_events(client: &Client, path: &str, screen: &mut Screen) -> anyhow::Result<()> {
    let events = client.get(&format!("{path}/events"), &[])?;
    for event in events["events"].as_array().into_iter().flatten() {
        let data = match &event["attributes"] {
            Json::Object(map) if map.is_empty() => String::new(),
            data => data.to_string(),
        };
        let line = format!("{}  {data}", event["name"].as_str().unwrap_or(""));
        screen.line(&text::one_line(&line, screen.columns))?;
    }
    Ok(())
}

fn one_span(
    client: &Client,
    path: &str,
    trace: &Json,
    wanted: &str,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let wanted = wanted.to_ascii_lowercase();
    let ids: Vec<&str> = trace["spans"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|span| span["span_id"].as_str())
        .filter(|id| id.starts_with(&wanted))
        .collect();
    let id = match ids[..] {
        [id] => id,
        [] => bail!("no span of this run has an id that begins with {wanted}"),
        _ => bail!("several spans' ids begin with {wanted}; give more digits"),
    };
    let detail = client.get(&format!("{path}/spans/{id}"), &[])?;
    if screen.json {
        return screen.value(&detail);
    }
    span_head(&detail["span"], screen)?;
    let content = &detail["content"];
    for (title, key) in [
        ("system", "system_instructions"),
        ("input", "input_messages"),
        ("output", "output_messages"),
    ] {
        transcript::messages(screen, title, &content[key])?;
    }
    for (title, value) in [
        ("arguments", &content["tool"]["arguments"]),
        ("result", &content["tool"]["result"]),
        ("query", &content["retrieval"]["query"]),
        ("documents", &content["retrieval"]["documents"]),
        ("input", &content["input"]),
        ("output", &content["output"]),
        ("details", &content["details"]),
        ("exception", &content["exception"]),
    ] {
        block(screen, title, value)?;
    }
    block(screen, "attributes", &detail["attributes"])
}

fn span_head(span: &Json, screen: &mut Screen) -> anyhow::Result<()> {
    let category = span["category"].as_str().unwrap_or("other");
    let title = format!(
        "{} {}  {}",
        screen.paint.paint(of_category(category), category),
        screen.paint.paint(Style::Strong, &text::one_line(span["name"].as_str().unwrap_or(""), 80)),
        screen.paint.paint(Style::Faint, span["span_id"].as_str().unwrap_or("")),
    );
    screen.line(&title)?;
    let mut facts = vec![numbers::duration(span["duration_nanos"].as_i64())];
    facts.extend(span["model"].as_str().map(str::to_owned));
    if !span["usage"].is_null() {
        facts.push(format!(
            "{} in{}, {} out",
            numbers::count(span["usage"]["input"].as_u64()),
            cached(&span["usage"]),
            numbers::count(span["usage"]["output"].as_u64())
        ));
    }
    facts.push(cost(span));
    facts.retain(|fact| fact != numbers::ABSENT);
    screen.line(&text::one_line(&facts.join(" · "), screen.columns))
}

fn block(screen: &mut Screen, title: &str, value: &Json) -> anyhow::Result<()> {
    let shown = match value {
        Json::Null => return Ok(()),
        Json::Array(items) if items.is_empty() => return Ok(()),
        Json::Object(map) if map.is_empty() => return Ok(()),
        Json::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_else(|_| json!(other).to_string()),
    };
    let title = screen.paint.paint(Style::Faint, title);
    screen.line("")?;
    screen.line(&title)?;
    for line in text::lines(&shown, screen.columns.saturating_sub(2)) {
        screen.line(&format!("  {line}"))?;
    }
    Ok(())
}
