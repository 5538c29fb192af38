//! A run as a tree: category, name, time, tokens, cost, errors.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::style::{Style, of_category};
use super::{Screen, numbers, text};

/// Names longer than this are cut (ruling 13).
const NAME_CELLS: usize = 37;

/// Prints the spans of `GET /api/v1/traces/{id}`, down to `depth` levels.
pub(crate) fn print(
    screen: &mut Screen,
    spans: &[Json],
    depth: Option<usize>,
) -> anyhow::Result<()> {
    let last = last_siblings(spans);
    let mut guides: Vec<bool> = Vec::new();
    let mut hidden = 0;
    for span in spans {
        let level = span["depth"].as_u64().unwrap_or(0) as usize;
        let index = span["index"].as_u64().unwrap_or(0);
        guides.truncate(level);
        let is_last = last.contains(&index);
        if depth.is_some_and(|deepest| level > deepest) {
            hidden += 1;
        } else {
            let line = line(screen, span, &branch(&guides, level, is_last));
            screen.line(&line)?;
        }
        guides.resize(level, true);
        guides.push(is_last);
    }
    if hidden > 0 {
        let note = format!("{hidden} deeper spans of {} not shown (--depth)", spans.len());
        let note = screen.paint.paint(Style::Faint, &note);
        screen.line(&note)?;
    }
    Ok(())
}

/// Indexes of the spans after which no sibling comes. Spans are in tree order.
fn last_siblings(spans: &[Json]) -> HashSet<u64> {
    let mut last = HashSet::new();
    let mut seen_at_level: Vec<bool> = Vec::new();
    for span in spans.iter().rev() {
        let level = span["depth"].as_u64().unwrap_or(0) as usize;
        // What lay deeper belonged to spans that come later in the order.
        seen_at_level.truncate(level + 1);
        seen_at_level.resize(level + 1, false);
        if !seen_at_level[level] {
            last.insert(span["index"].as_u64().unwrap_or(0));
            seen_at_level[level] = true;
        }
    }
    last
}

/// Deeper levels than this are drawn at this one, with their level as a number: a run of
/// 5,000 levels must stay readable.
const LEVELS_DRAWN: usize = 16;

fn branch(guides: &[bool], level: usize, is_last: bool) -> String {
    if level == 0 {
        return String::new();
    }
    let mut lead: String = guides
        .iter()
        .take(level)
        .skip(1)
        .take(LEVELS_DRAWN)
        .map(|ended| if *ended { "   " } else { "│  " })
        .collect();
    lead.push_str(if is_last { "└─ " } else { "├─ " });
    if level > LEVELS_DRAWN + 1 {
        lead.push_str(&format!("[{level}] "));
    }
    lead
}

fn line(screen: &Screen, span: &Json, branch: &str) -> String {
    let paint = screen.paint;
    let category = span["category"].as_str().unwrap_or("other");
    let word = match (category, span["kind"].as_str()) {
        // An own word of the AgentOS SDKs is shown as it is (ruling 11).
        ("other" | "chain", Some(kind)) if kind.len() <= 9 => text::one_line(kind, 9),
        _ => category.to_owned(),
    };
    let name = span["display_name"].as_str().or(span["name"].as_str()).unwrap_or("");
    let name = if name.is_empty() { "(span not here yet)" } else { name };
    let failed = span["status"] == "error";
    let numbers = format!(
        "{:>8}  {:>13}  {:>8}",
        elapsed(span),
        tokens(span),
        numbers::money(
            span["cost"]["total"].as_str(),
            span["cost"]["estimated"].as_bool().unwrap_or(false)
        ),
    );
    let numbers_cells = text::width(&numbers);
    let left_cells = screen.columns.saturating_sub(numbers_cells + 2).max(24);
    let lead_cells = text::width(branch) + text::width(&word) + 1;
    let name = text::one_line(name, NAME_CELLS.min(left_cells.saturating_sub(lead_cells).max(8)));
    let mut left = format!(
        "{}{} {}",
        paint.paint(Style::Faint, branch),
        paint.paint(of_category(category), &word),
        if failed { paint.paint(Style::Bad, &name) } else { name.clone() },
    );
    let mut left_used = lead_cells + text::width(&name);
    for (mark, style) in marks(span) {
        let room = left_cells.saturating_sub(left_used + 1);
        let shown = text::one_line(&mark, room);
        if !shown.is_empty() {
            left_used += text::width(&shown) + 1;
            left = format!("{left} {}", paint.paint(style, &shown));
        }
    }
    let gap = " ".repeat(left_cells.saturating_sub(left_used) + 2);
    format!("{left}{gap}{}", paint.paint(Style::Faint, numbers.trim_end()))
}

fn marks(span: &Json) -> Vec<(String, Style)> {
    let mut marks = Vec::new();
    if span["status"] == "error" {
        let message = span["error"]["message"].as_str().filter(|text| !text.is_empty());
        let kind = span["error"]["kind"].as_str().unwrap_or_default();
        marks.push((format!("✗ {}", message.unwrap_or(kind)), Style::Bad));
    }
    if span["orphan"] == true {
        marks.push(("(parent missing)".to_owned(), Style::Warning));
    }
    marks
}

fn elapsed(span: &Json) -> String {
    if span["open"] == true {
        "open".to_owned()
    } else {
        numbers::duration(span["duration_nanos"].as_i64())
    }
}

/// `120 ▸ 17`, input and output; in brackets where it is not counted.
fn tokens(span: &Json) -> String {
    let usage = &span["usage"];
    if usage["input"].is_null() && usage["output"].is_null() {
        return numbers::ABSENT.to_owned();
    }
    let shown = format!(
        "{} ▸ {}",
        numbers::count(usage["input"].as_u64()),
        numbers::count(usage["output"].as_u64())
    );
    if span["counted"] == false { format!("({shown})") } else { shown }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spans(levels: &[u64]) -> Vec<Json> {
        levels
            .iter()
            .enumerate()
            .map(|(index, depth)| json!({"index": index, "depth": depth}))
            .collect()
    }

    fn drawn(levels: &[u64]) -> Vec<String> {
        let spans = spans(levels);
        let last = last_siblings(&spans);
        let mut guides: Vec<bool> = Vec::new();
        let mut lines = Vec::new();
        for (index, level) in levels.iter().map(|level| *level as usize).enumerate() {
            guides.truncate(level);
            let is_last = last.contains(&(index as u64));
            lines.push(branch(&guides, level, is_last));
            guides.resize(level, true);
            guides.push(is_last);
        }
        lines
    }

    #[test]
    fn guide_lines_end_where_the_last_sibling_is() {
        assert_eq!(drawn(&[0, 1, 2, 2, 1, 2]), ["", "├─ ", "│  ├─ ", "│  └─ ", "└─ ", "   └─ "]);
    }

    #[test]
    fn very_deep_levels_become_a_number() {
        let levels: Vec<u64> = (0..40).collect();
        let lines = drawn(&levels);
        assert_eq!(lines[39], format!("{}└─ [39] ", "   ".repeat(LEVELS_DRAWN)));
    }
}
