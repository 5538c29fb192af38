//! Recorded runs as conversations, line by line, against what the recording programs did.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read its recording has to stop"
)]

#[path = "oracle/reader.rs"]
mod reader;

use std::collections::HashMap;
use std::fmt::Write;

use clew_model::content::content;
use clew_model::fold::{fold, resolve_pending};
use clew_model::ids::SpanId;
use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use clew_model::trace::Tree;
use clew_model::transcript::{Body, Card, Entry, transcript};

/// One line an entry: enough to see who said what and what folded into what.
fn lines(entries: &[Entry], indent: usize, out: &mut String) {
    for entry in entries {
        let _ = write!(out, "{}", "  ".repeat(indent));
        match &entry.body {
            Body::Text { role, text } => {
                let _ = writeln!(out, "{role}: {}", text.as_ref().map_or("-", |it| &it.text));
            }
            Body::Thinking { .. } => out.push_str("thinking\n"),
            Body::Tools { name, calls, identical } => {
                let mark = if *identical { ", identical" } else { "" };
                let _ = writeln!(out, "{name} x{}{mark}", calls.len());
                for call in calls {
                    let text = |json: &Option<serde_json::Value>| {
                        json.as_ref().map_or("-".to_owned(), ToString::to_string)
                    };
                    let failed = if call.failed { " failed" } else { "" };
                    let _ = writeln!(
                        out,
                        "{}({}) -> {}{failed}",
                        "  ".repeat(indent + 1),
                        text(&call.arguments),
                        text(&call.result)
                    );
                    lines(&call.inside, indent + 2, out);
                }
            }
            Body::Agent { card } => show(card, indent, out),
            Body::Failed { error } => {
                let _ = writeln!(out, "failed: {}", error.message);
            }
            Body::Step { category, name, .. } => {
                let _ = writeln!(out, "{}: {name}", category.as_str());
            }
            Body::Media { modality, .. } => {
                let _ = writeln!(out, "({modality})");
            }
            Body::Compaction { .. } => out.push_str("(compaction)\n"),
            Body::Other { .. } => out.push_str("(other)\n"),
        }
    }
}

fn show(card: &Card, indent: usize, out: &mut String) {
    let tokens = card.totals.usage.unwrap_or_default();
    let _ = writeln!(
        out,
        "[{} {}/{}, {} errors]",
        card.agent.as_deref().unwrap_or("-"),
        tokens.input.unwrap_or(0),
        tokens.output.unwrap_or(0),
        card.totals.errors
    );
    lines(&card.entries, indent + 1, out);
}

/// The conversation of the recording's largest trace.
fn conversation(recording: &str) -> String {
    let prices = PriceTable::shipped();
    let mut sources: HashMap<SpanId, SourceSpan> = HashMap::new();
    for part in reader::spans_of(recording).into_iter().map(resolve_pending) {
        let whole = sources.get(&part.span_id).map_or(part.clone(), |known| fold(known, &part));
        sources.insert(whole.span_id, whole);
    }
    let mut traces: HashMap<_, Vec<Span>> = HashMap::new();
    for source in sources.values() {
        traces.entry(source.trace_id).or_default().push(normalise(source, &prices));
    }
    let tree = traces.into_values().map(Tree::build).max_by_key(|tree| tree.nodes().len()).unwrap();
    let mut payload = |span: &Span| sources.get(&span.span_id).map(content);
    let mut out = String::new();
    for section in transcript(&tree, 60, &mut payload).turns {
        out.push_str(if section.turn.is_some() { "turn " } else { "between " });
        show(&section.card, 0, &mut out);
    }
    out
}

#[test]
fn a_planner_that_asks_a_researcher_through_a_tool() {
    let want = "\
turn [planner 720/102, 1 errors]
  system: You are planner
  user: What is the weather in Paris?
  get_weather x1
    ({\"city\":\"Paris\"}) -> {\"city\":\"Paris\",\"temp_c\":21}
  broken_tool x1
    ({\"value\":\"text for value\"}) -> \
[{\"type\":\"text\",\"content\":\"\\\"error: tool exploded: text for value\\\"\"}] failed
  ask_researcher x1
    ({\"question\":\"text for question\"}) -> \"It is 21C and sunny in Paris.\"
      [researcher 240/34, 0 errors]
        system: You are researcher
        user: text for question
        get_weather x1
          ({\"city\":\"Paris\"}) -> {\"city\":\"Paris\",\"temp_c\":21}
        assistant: It is 21C and sunny in Paris.
  assistant: It is 21C and sunny in Paris.
";
    assert_eq!(conversation("otel-http-json"), want);
}

#[test]
fn two_agents_after_each_other_are_two_turns() {
    let want = "\
turn [planner 600/85, 2 errors]
  system: You plan
  user: What is the weather in Paris?
  get_weather x1
    ({\"city\":\"Paris\"}) -> \"21C\"
  ask_researcher x1
    ({\"question\":\"text for question\"}) -> \"It is 21C and sunny in Paris.\"
      [researcher 240/34, 0 errors]
        system: You research
        user: text for question
        get_weather x1
          ({\"city\":\"Paris\"}) -> \"21C\"
        assistant: It is 21C and sunny in Paris.
  broken_tool x1
    ({\"value\":\"text for value\"}) -> - failed
turn [researcher 240/34, 0 errors]
  system: You research
  user: second question
  get_weather x1
    ({\"city\":\"Paris\"}) -> \"21C\"
  assistant: It is 21C and sunny in Paris.
";
    for recording in ["logfire-otlp", "logfire-native"] {
        assert_eq!(conversation(recording), want, "{recording}");
    }
}

#[test]
fn model_calls_beside_the_agents_stand_between_the_turns() {
    let want = "\
turn [planner 960/136, 1 errors]
  system: You are planner
  user: What is the weather in Paris?
  get_weather x1
    ({\"args\":[],\"kwargs\":{\"city\":\"Paris\"}}) -> {\"city\":\"Paris\",\"temp_c\":21}
  broken_tool x1
    ({\"args\":[],\"kwargs\":{\"value\":\"text for value\"}}) -> \"tool exploded: text for value\" failed
  ask_researcher x1
    ({\"question\":\"text for question\"}) -> \"It is 21C and sunny in Paris.\"
  [researcher 360/51, 0 errors]
    system: You are researcher
    user: text for question
    get_weather x1
      ({\"args\":[],\"kwargs\":{\"city\":\"Paris\"}}) -> {\"city\":\"Paris\",\"temp_c\":21}
    assistant: It is 21C and sunny in Paris.
    user: summarise
    assistant: It is 21C and sunny in Paris.
  assistant: It is 21C and sunny in Paris.
  user: summarise
  assistant: It is 21C and sunny in Paris.
between [- 128/17, 1 errors]
  user: hello
  assistant: It is 21C and sunny in Paris.
  user: FORCE_429
  failed: Error code: 429 - Rate limit reached
";
    assert_eq!(conversation("traceloop"), want);
}

#[test]
fn each_prompt_of_claude_code_is_a_turn() {
    let text = conversation("claude-code-parent-proto");
    let turns: Vec<&str> = text.lines().filter(|line| line.starts_with("turn ")).collect();
    assert_eq!(turns, ["turn [- 912/102, 2 errors]", "turn [- 152/17, 0 errors]"]);
    for line in [
        "  user: MAIN_MARK What is the weather in Paris?",
        "    (\"/nonexistent/file.txt\") -> - failed",
        "  assistant: It is 21C and sunny in Paris.",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}
