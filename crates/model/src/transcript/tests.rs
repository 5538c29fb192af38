//! Hand-made conversations.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::ids::TraceId;
use crate::message::{Message, Part};
use crate::span::{SpanWords, Status};
use crate::usage::UsageScope;

/// Spans with their payload.
#[derive(Default)]
struct Run {
    spans: Vec<Span>,
    contents: HashMap<SpanId, Content>,
}

fn id(number: u8) -> SpanId {
    SpanId::from_bytes(&[0, 0, 0, 0, 0, 0, 0, number]).unwrap()
}

/// The span with other words, which are its own from then on.
fn saying(mut span: Span, say: impl FnOnce(&mut SpanWords)) -> Span {
    say(&mut span);
    span
}

fn span(number: u8, parent: u8, category: Category) -> Span {
    Span {
        trace_id: TraceId::from_bytes(&[7; 16]).unwrap(),
        span_id: id(number),
        parent_span_id: (parent > 0).then(|| id(parent)),
        forced_root: false,
        placeholder: false,
        trace_name: None,
        category,
        status: Status::Unset,
        error: None,
        error_marks_parent: false,
        start_nanos: 1_767_225_600_000_000_000 + i64::from(number),
        end_nanos: Some(1_767_225_600_000_000_000 + i64::from(number) + 5),
        sequence: None,
        response_id: None,
        tool_call_id: None,
        usage: None,
        usage_scope: UsageScope::Own,
        cached: false,
        cost: None,
        ttft_nanos: None,
        input_preview: None,
        output_preview: None,
        input_bytes: 0,
        output_bytes: 0,
        call_hash: None,
        result_hash: None,
        dropped_count: 0,
        truncated: false,
        has_events: false,
        has_links: false,
        rejected_keys: Vec::new(),
        words: Arc::new(SpanWords { name: format!("span {number}"), ..SpanWords::default() }),
    }
}

fn text(role: &str, text: &str) -> Message {
    message(role, Part::Text { content: Some(text.to_owned()) })
}

fn message(role: &str, part: Part) -> Message {
    Message { role: role.to_owned(), parts: vec![part], name: None, finish_reason: None }
}

fn asks(call: Option<&str>, name: &str, arguments: Json) -> Message {
    let part = Part::ToolCall { id: call.map(str::to_owned), name: name.to_owned(), arguments };
    message("assistant", part)
}

fn answers(call: Option<&str>, response: Json) -> Message {
    message("tool", Part::ToolCallResponse { id: call.map(str::to_owned), response })
}

impl Run {
    fn agent(mut self, number: u8, parent: u8, name: &str) -> Run {
        let mut span = span(number, parent, Category::Agent);
        span.agent.name = Some(name.to_owned());
        self.spans.push(span);
        self
    }

    fn llm(mut self, number: u8, parent: u8, input: &[Message], output: &[Message]) -> Run {
        let content = Content {
            input_messages: input.to_vec(),
            output_messages: output.to_vec(),
            ..Content::default()
        };
        self.contents.insert(id(number), content);
        self.spans.push(span(number, parent, Category::Llm));
        self
    }

    fn tool(mut self, number: u8, parent: u8, name: &str, call: Option<&str>, result: Json) -> Run {
        let tool = span(number, parent, Category::Tool);
        let content = Content { output: Some(result), ..Content::default() };
        self.contents.insert(id(number), content);
        self.spans.push(saying(Span { tool_call_id: call.map(str::to_owned), ..tool }, |words| {
            words.tool_name = Some(name.to_owned())
        }));
        self
    }

    fn transcript(&self) -> Transcript {
        let tree = Tree::build(self.spans.clone());
        transcript(&tree, 100, &mut |span| self.contents.get(&span.span_id).cloned())
    }

    /// The entries of the only section.
    fn entries(&self) -> Vec<Entry> {
        let mut sections = self.transcript().turns;
        assert_eq!(sections.len(), 1);
        sections.remove(0).card.entries
    }
}

fn words(entries: &[Entry]) -> Vec<String> {
    entries
        .iter()
        .map(|entry| match &entry.body {
            Body::Text { role, text } => {
                format!("{role}: {}", text.as_ref().map_or("-", |it| &it.text))
            }
            Body::Thinking { .. } => "thinking".to_owned(),
            Body::Tools { name, calls, .. } => format!("{name} x{}", calls.len()),
            Body::Agent { card } => format!("[{}]", card.agent.clone().unwrap_or_default()),
            other => format!("{other:?}"),
        })
        .collect()
}

fn calls(entry: &Entry) -> &[Call] {
    match &entry.body {
        Body::Tools { calls, .. } => calls,
        other => panic!("{other:?}"),
    }
}

#[test]
fn history_is_shown_once_and_a_repeated_answer_again() {
    let history = [text("system", "s"), text("user", "yes"), text("assistant", "go on?")];
    let run = Run::default().agent(1, 0, "a").llm(2, 1, &history[..2], &history[2..]).llm(
        3,
        1,
        &[&history[..], &[text("user", "yes")]].concat(),
        &[text("assistant", "done")],
    );
    assert_eq!(
        words(&run.entries()),
        ["system: s", "user: yes", "assistant: go on?", "user: yes", "assistant: done"]
    );
}

#[test]
fn calls_of_one_tool_in_a_row_are_one_entry() {
    let mut run = Run::default().agent(1, 0, "a");
    let mut history = vec![text("user", "read all")];
    for number in 0..14_u8 {
        let call = format!("c{number}");
        let ask = asks(Some(&call), "read_file", json!({"path": "a.txt"}));
        run = run.llm(2 + number * 2, 1, &history, std::slice::from_ref(&ask)).tool(
            3 + number * 2,
            1,
            "read_file",
            Some(&call),
            json!(number),
        );
        history.push(ask);
        history.push(answers(Some(&call), json!(number)));
    }
    let entries = run.llm(40, 1, &history, &[text("assistant", "read")]).entries();
    assert_eq!(words(&entries), ["user: read all", "read_file x14", "assistant: read"]);
    let calls = calls(&entries[1]);
    assert_eq!(calls[13].span_id, Some(id(29)));
    assert_eq!(calls[13].arguments, Some(json!({"path": "a.txt"})));
    assert_eq!(calls[13].result, Some(json!(13)));
    assert_eq!(calls[13].duration_nanos, Some(5));
    assert!(matches!(entries[1].body, Body::Tools { identical: true, .. }));
}

#[test]
fn calls_at_once_find_their_spans_by_id_and_else_by_name() {
    let asked = [
        asks(Some("c1"), "f", json!(1)),
        asks(Some("c2"), "f", json!(2)),
        asks(None, "g", json!(3)),
    ];
    let run = Run::default()
        .agent(1, 0, "a")
        .llm(2, 1, &[text("user", "go")], &asked)
        .tool(3, 1, "f", Some("c2"), json!("two"))
        .tool(4, 1, "g", None, json!("three"))
        .tool(5, 1, "f", Some("c1"), json!("one"))
        .tool(6, 1, "f", Some("c9"), json!("nine"));
    let entries = run.entries();
    assert_eq!(words(&entries), ["user: go", "f x2", "g x1", "f x1"]);
    let results = |entry: &Entry| -> Vec<Json> {
        calls(entry).iter().filter_map(|call| call.result.clone()).collect()
    };
    assert_eq!(results(&entries[1]), [json!("one"), json!("two")]);
    assert_eq!(results(&entries[2]), [json!("three")]);
    assert_eq!(results(&entries[3]), [json!("nine")]);
}

#[test]
fn tools_without_spans_get_their_answers_from_messages() {
    let asked = asks(Some("c1"), "f", json!({"a": 1}));
    let run = Run::default()
        .agent(1, 0, "a")
        .llm(2, 1, &[text("user", "go")], std::slice::from_ref(&asked))
        .llm(
            3,
            1,
            &[text("user", "go"), asked, answers(Some("c1"), json!("42"))],
            &[text("assistant", "it is 42")],
        );
    let entries = run.entries();
    assert_eq!(words(&entries), ["user: go", "f x1", "assistant: it is 42"]);
    assert_eq!(calls(&entries[1])[0].result, Some(json!("42")));
    assert_eq!(calls(&entries[1])[0].span_id, Some(id(2)));
}

#[test]
fn two_reports_of_one_model_call_are_one() {
    let (input, output) = ([text("user", "hi")], [text("assistant", "hello")]);
    let nested = Run::default().llm(1, 0, &input, &output).llm(2, 1, &input, &output);
    assert_eq!(words(&nested.entries()), ["user: hi", "assistant: hello"]);
    let mut beside =
        Run::default().agent(1, 0, "a").llm(2, 1, &input, &output).llm(3, 1, &input, &output);
    for span in &mut beside.spans[1..] {
        span.response_id = Some("resp-1".to_owned());
    }
    assert_eq!(words(&beside.entries()), ["user: hi", "assistant: hello"]);
}

#[test]
fn agents_below_are_cards_inside_and_too_deep_ones_are_counted() {
    let mut run = Run::default();
    for number in 1..=30 {
        run = run.agent(number, number - 1, &format!("a{number}"));
    }
    let transcript = run.llm(31, 30, &[text("user", "deep")], &[]).transcript();
    let mut card = &transcript.turns[0].card;
    let mut depth = 0;
    while let Some(Entry { body: Body::Agent { card: inner }, .. }) = card.entries.first() {
        card = inner;
        depth += 1;
    }
    assert_eq!((depth, card.agent.as_deref()), (CARD_DEPTH_MAX, Some("a17")));
    // Agents 18 to 30 and the model call.
    assert_eq!((card.omitted_spans, card.totals.spans), (14, 15));
}

#[test]
fn an_agent_without_model_calls_speaks_for_itself() {
    let mut run = Run::default().agent(1, 0, "remote").tool(2, 1, "f", None, json!("ok"));
    let said = Content {
        input: Some(json!("what?")),
        output: Some(json!({"answer": 42})),
        ..Content::default()
    };
    run.contents.insert(id(1), said);
    assert_eq!(words(&run.entries()), ["user: what?", "f x1", r#"assistant: {"answer":42}"#]);
}

#[test]
fn a_failed_model_call_says_why() {
    let mut run = Run::default().llm(1, 0, &[text("user", "hi")], &[]);
    run.spans[0].status = Status::Error;
    let error = SpanError { kind: "RateLimitError".to_owned(), message: "429".to_owned() };
    run.spans[0].error = Some(error.clone());
    let entries = run.entries();
    assert_eq!(entries[1].body, Body::Failed { error });
}

#[test]
fn long_texts_are_cut_at_a_character_and_say_so() {
    let cut = Clipped::new("aäb", 2);
    assert_eq!((cut.text.as_str(), cut.clipped_bytes), ("a", 3));
    let run = Run::default().llm(1, 0, &[text("user", &"x".repeat(150))], &[]);
    let Body::Text { text: Some(text), .. } = &run.entries()[0].body else { panic!() };
    assert_eq!((text.text.len(), text.clipped_bytes), (100, 50));
}

#[test]
fn without_agents_a_turn_ends_where_the_user_says_something_new() {
    let first = [text("user", "one")];
    let second = [text("user", "one"), text("assistant", "1"), text("user", "two")];
    let run = Run::default()
        .llm(1, 0, &first, &[text("assistant", "1")])
        // Another prompt over the same run is no new turn.
        .llm(2, 0, &[text("user", "rate the answer")], &[text("assistant", "good")])
        .llm(3, 0, &second, &[text("assistant", "2")])
        .llm(4, 0, &[&second[..], &[asks(None, "f", json!(1))]].concat(), &[]);
    let turns: Vec<_> = run.transcript().turns.iter().filter_map(|section| section.turn).collect();
    let want =
        [Turn { span_id: id(1), first: 0, end: 2 }, Turn { span_id: id(3), first: 2, end: 4 }];
    assert_eq!(turns, want);
}

#[test]
fn a_transcript_is_plain_json() {
    let run = Run::default().agent(1, 0, "a").llm(
        2,
        1,
        &[text("user", "hi")],
        &[asks(Some("c1"), "f", json!({"a": 1}))],
    );
    let transcript = run.transcript();
    let json = serde_json::to_value(&transcript).unwrap();
    let entry = &json["turns"][0]["card"]["entries"][0];
    assert_eq!(entry["kind"], "text");
    assert_eq!(entry["role"], "user");
    assert_eq!(entry["span_id"], "0000000000000002");
    assert_eq!(entry["start_offset_nanos"], 1);
    assert_eq!(serde_json::from_value::<Transcript>(json).unwrap(), transcript);
}
