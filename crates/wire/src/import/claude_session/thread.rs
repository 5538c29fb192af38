//! One thread of a session, line by line: prompts, model calls, tools.

use std::collections::HashMap;
use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{Resource, Scope, Sender, SourceSpan, SpanKind, StatusCode};
use clew_model::value::{Attributes, Value};

use super::line::{Assistant, Said, User};
use super::session::ToolPlace;
use crate::json::write::payload;

/// Name of a sub-agent's span.
pub(super) const SUB_AGENT: &str = "claude_code.subagent";

/// What a sub-agent's thread begins with.
pub(super) struct Start<'a> {
    pub(super) agent: &'a str,
    pub(super) kind: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    /// The tool call that started it.
    pub(super) place: ToolPlace,
}

/// A run of the main thread.
#[derive(Clone, Copy)]
pub(super) struct RunPlace {
    pub(super) trace_id: TraceId,
    pub(super) span_id: SpanId,
    pub(super) at: i64,
}

/// A thread that is being read.
pub(super) struct Thread {
    spans: Vec<SourceSpan>,
    /// Runs that were begun, oldest first; a sub-agent begins none.
    pub(super) runs: Vec<RunPlace>,
    /// Place of the agent's span that is going on.
    agent: Option<usize>,
    is_main: bool,
    session: String,
    /// What was said to the model since its last answer.
    unanswered: Vec<Value>,
    requests: HashMap<String, i64>,
    call: Option<OpenCall>,
    /// Tool calls by their ids.
    tools: HashMap<String, usize>,
    last_nanos: i64,
    resource: Arc<Resource>,
    scope: Arc<Scope>,
}

/// An answer of the model, of which more lines may follow.
struct OpenCall {
    id: String,
    place: usize,
    content: Vec<Value>,
}

impl Thread {
    pub(super) fn main() -> Thread {
        let service = vec![("service.name".to_owned(), "claude-code".into())];
        Thread {
            spans: Vec::new(),
            runs: Vec::new(),
            agent: None,
            is_main: true,
            session: String::new(),
            unanswered: Vec::new(),
            requests: HashMap::new(),
            call: None,
            tools: HashMap::new(),
            last_nanos: 0,
            resource: Arc::new(Resource { attributes: service, ..Resource::default() }),
            scope: Arc::new(Scope { name: "claude_code.session_file".into(), ..Scope::default() }),
        }
    }

    pub(super) fn sub_agent(start: &Start<'_>) -> Thread {
        let mut thread = Thread { is_main: false, ..Thread::main() };
        let name = start.kind.unwrap_or("sub-agent");
        let mut span = thread.span(start.place.trace_id, start.agent, SUB_AGENT);
        span.parent_span_id = Some(start.place.span_id);
        span.attributes = vec![
            ("gen_ai.operation.name".to_owned(), "invoke_agent".into()),
            ("gen_ai.agent.name".to_owned(), name.into()),
            ("agent_id".to_owned(), start.agent.into()),
        ];
        let description =
            start.description.map(|text| ("gen_ai.agent.description".to_owned(), text.into()));
        span.attributes.extend(description);
        thread.agent = Some(0);
        thread.spans.push(span);
        thread
    }

    pub(super) fn read(&mut self, said: Vec<Said>) {
        for said in said {
            match said {
                Said::User(user) => self.user(user),
                Said::Assistant(answer) => self.assistant(*answer),
                Said::Request { id, at } => _ = self.requests.insert(id, at),
                Said::Agent(_) => {}
            }
        }
        self.end_call();
    }

    /// The spans; tool calls are made known to the sub-agents that they started.
    pub(super) fn finish(self, tools: &mut HashMap<String, ToolPlace>) -> Vec<SourceSpan> {
        for (call, place) in self.tools {
            let SourceSpan { trace_id, span_id, .. } = self.spans[place];
            tools.insert(call, ToolPlace { trace_id, span_id });
        }
        self.spans
    }

    fn user(&mut self, user: User) {
        self.end_call();
        if self.session.is_empty() {
            self.session.clone_from(&user.session);
        }
        let results = tool_results(&user.content);
        if results.is_empty() && !user.is_meta {
            self.prompt(&user);
        }
        for (call, result) in results {
            self.end_tool(call, result, user.at);
        }
        self.touch(user.at);
        self.unanswered.push(message("user", user.content));
    }

    /// A person's words: on the main thread a run begins, a sub-agent gets its task.
    fn prompt(&mut self, user: &User) {
        let text = match &user.content {
            Value::String(text) => Value::String(text.clone()),
            blocks => payload(texts_of(blocks)),
        };
        if !self.is_main {
            let Some(agent) = self.agent else { return };
            let span = &mut self.spans[agent];
            if span.start_nanos.is_none() {
                span.start_nanos = Some(user.at);
                span.attributes.push(("user_prompt".to_owned(), text));
                let session = ("session.id".to_owned(), Value::String(user.session.clone()));
                span.attributes.push(session);
            }
            return;
        }
        let Ok(trace_id) = TraceId::from_sender(&user.uuid) else { return };
        let mut span = self.span(trace_id, &user.uuid, "claude_code.interaction");
        span.sender_trace_id = Some(user.uuid.clone());
        span.start_nanos = Some(user.at);
        span.attributes = vec![
            ("gen_ai.operation.name".to_owned(), "invoke_agent".into()),
            ("session.id".to_owned(), Value::String(user.session.clone())),
            ("user_prompt".to_owned(), text),
            ("interaction.sequence".to_owned(), Value::Int(self.runs.len() as i64 + 1)),
        ];
        span.attributes.extend(user.surroundings.iter().cloned());
        self.runs.push(RunPlace { trace_id, span_id: span.span_id, at: user.at });
        self.agent = Some(self.spans.len());
        self.spans.push(span);
    }

    fn assistant(&mut self, answer: Assistant) {
        let Some(agent) = self.agent else { return };
        let id = answer.message_id.clone().unwrap_or_else(|| answer.uuid.clone());
        if self.call.as_ref().is_none_or(|call| call.id != id) {
            self.end_call();
            self.begin_call(agent, &id, &answer);
        }
        let Some(mut call) = self.call.take() else { return };
        let span = &mut self.spans[call.place];
        span.end_nanos = Some(answer.at.max(span.start_nanos.unwrap_or(answer.at)));
        set(&mut span.attributes, "stop_reason", answer.stop_reason.map(Value::String));
        usage(&answer.usage).for_each(|(key, value)| set(&mut span.attributes, key, Some(value)));
        if answer.is_error {
            span.status.code = StatusCode::Error;
            span.status.message = first_text(&answer.content).unwrap_or_default().to_owned();
        }
        let (trace_id, parent) = (span.trace_id, self.spans[agent].span_id);
        for block in &answer.content {
            self.begin_tool(trace_id, parent, block, answer.at);
        }
        call.content.extend(answer.content);
        self.call = Some(call);
        self.touch(answer.at);
    }

    fn begin_call(&mut self, agent: usize, id: &str, answer: &Assistant) {
        let sent = answer.request.as_ref().and_then(|request| self.requests.get(request)).copied();
        let (trace_id, parent) = (self.spans[agent].trace_id, self.spans[agent].span_id);
        let mut span = self.span(trace_id, id, "claude_code.llm_request");
        span.kind = SpanKind::Client;
        span.parent_span_id = Some(parent);
        // Where the request is not told of, the model was asked when the line before came.
        let start = sent.or((self.last_nanos > 0).then_some(self.last_nanos));
        span.start_nanos = Some(start.unwrap_or(answer.at).min(answer.at));
        let said = std::mem::take(&mut self.unanswered);
        let is_real = |model: &String| model != "<synthetic>";
        let model = answer.model.clone().filter(is_real).map(Value::String);
        set(&mut span.attributes, "model", model);
        set(&mut span.attributes, "gen_ai.response.id", Some(Value::String(id.to_owned())));
        set(&mut span.attributes, "new_context", Some(payload(Value::Array(said))));
        self.call =
            Some(OpenCall { id: id.to_owned(), place: self.spans.len(), content: Vec::new() });
        self.spans.push(span);
    }

    fn end_call(&mut self) {
        let Some(call) = self.call.take() else { return };
        let answer = Value::Array(vec![message("assistant", Value::Array(call.content))]);
        let attributes = &mut self.spans[call.place].attributes;
        set(attributes, "gen_ai.output.messages", Some(payload(answer)));
    }

    fn begin_tool(&mut self, trace_id: TraceId, parent: SpanId, block: &Value, at: i64) {
        let Value::Map(pairs) = block else { return };
        if text(pairs, "type") != Some("tool_use") {
            return;
        }
        let (Some(id), Some(name)) = (text(pairs, "id"), text(pairs, "name")) else { return };
        let mut span = self.span(trace_id, id, "claude_code.tool");
        span.parent_span_id = Some(parent);
        span.start_nanos = Some(at);
        span.attributes =
            vec![("tool_name".to_owned(), name.into()), ("tool_use_id".to_owned(), id.into())];
        let input = find(pairs, "input").map(|input| payload(input.clone()));
        set(&mut span.attributes, "tool_input", input);
        self.tools.insert(id.to_owned(), self.spans.len());
        self.spans.push(span);
    }

    fn end_tool(&mut self, call: &str, result: &Attributes, at: i64) {
        let Some(place) = self.tools.get(call) else { return };
        let span = &mut self.spans[*place];
        span.end_nanos = Some(at.max(span.start_nanos.unwrap_or(at)));
        let content = find(result, "content").map(|content| payload(content.clone()));
        if find(result, "is_error") == Some(&Value::Bool(true)) {
            span.status.code = StatusCode::Error;
            if let Some(Value::String(text)) = &content {
                span.status.message.clone_from(text);
            }
        }
        set(&mut span.attributes, "gen_ai.tool.call.result", content);
    }

    /// The agent's span lasts as long as something happens in its thread.
    fn touch(&mut self, at: i64) {
        self.last_nanos = self.last_nanos.max(at);
        if let Some(agent) = self.agent {
            let span = &mut self.spans[agent];
            span.start_nanos = span.start_nanos.or(Some(at));
            span.end_nanos = span.end_nanos.max(Some(at));
        }
    }

    fn span(&self, trace_id: TraceId, id: &str, name: &str) -> SourceSpan {
        // Every id here says something: none is empty or all zeros.
        let span_id = SpanId::from_sender(id).unwrap_or(SpanId::NOTE);
        let mut span = SourceSpan::part(trace_id, span_id, Sender::ClaudeSession);
        span.sender_span_id = Some(id.to_owned());
        span.name = Some(name.to_owned());
        span.kind = SpanKind::Internal;
        span.resource = Arc::clone(&self.resource);
        span.scope = Arc::clone(&self.scope);
        span
    }
}

/// The tool call that a message answers.
pub(super) fn answered_call(content: &Value) -> Option<String> {
    tool_results(content).first().map(|(call, _)| (*call).to_owned())
}

fn tool_results<'v>(content: &'v Value) -> Vec<(&'v str, &'v Attributes)> {
    let Value::Array(blocks) = content else { return Vec::new() };
    let result = |block: &'v Value| {
        let Value::Map(pairs) = block else { return None };
        let is_result = text(pairs, "type") == Some("tool_result");
        is_result.then_some((text(pairs, "tool_use_id")?, pairs))
    };
    blocks.iter().filter_map(result).collect()
}

/// The texts of content blocks; a picture stays a block.
fn texts_of(blocks: &Value) -> Value {
    match blocks {
        Value::Array(items) => match items.as_slice() {
            [Value::Map(only)] => match find(only, "text") {
                Some(text) => text.clone(),
                None => blocks.clone(),
            },
            _ => blocks.clone(),
        },
        other => other.clone(),
    }
}

fn first_text(content: &[Value]) -> Option<&str> {
    content.iter().find_map(|block| match block {
        Value::Map(pairs) => text(pairs, "text"),
        _ => None,
    })
}

/// Tokens under the names of Claude Code's telemetry: input without what the cache gave.
fn usage(usage: &Attributes) -> impl Iterator<Item = (&'static str, Value)> {
    let places = [
        ("input_tokens", "input_tokens"),
        ("output_tokens", "output_tokens"),
        ("cache_read_input_tokens", "cache_read_tokens"),
        ("cache_creation_input_tokens", "cache_creation_tokens"),
    ];
    places.into_iter().filter_map(|(theirs, ours)| match find(usage, theirs) {
        Some(Value::Int(count)) => Some((ours, Value::Int(*count))),
        _ => None,
    })
}

fn message(role: &str, content: Value) -> Value {
    Value::Map(vec![("role".to_owned(), role.into()), ("content".to_owned(), content)])
}

fn find<'v>(pairs: &'v Attributes, key: &str) -> Option<&'v Value> {
    clew_model::value::attribute(pairs, key)
}

fn text<'v>(pairs: &'v Attributes, key: &str) -> Option<&'v str> {
    find(pairs, key)?.as_str()
}

/// Sets an attribute, the last value counts.
fn set(attributes: &mut Attributes, key: &str, value: Option<Value>) {
    let Some(value) = value else { return };
    match attributes.iter_mut().find(|(name, _)| name == key) {
        Some((_, place)) => *place = value,
        None => attributes.push((key.to_owned(), value)),
    }
}
