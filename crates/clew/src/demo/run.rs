//! A made-up run: spans on a clock of their own, written as OTLP JSON.

use serde_json::{Map, Value as Json, json};

/// One run.
pub(crate) struct MadeUpRun {
    /// 32 hex digits.
    pub trace_id: String,
    /// What happens in it, in a line.
    pub story: &'static str,
    /// Its root fails.
    pub failed: bool,
    /// In the order in which they end.
    pub spans: Vec<Json>,
    service: &'static str,
}

impl MadeUpRun {
    /// An OTLP request with some of the run's spans.
    pub(crate) fn request(&self, spans: &[Json]) -> Json {
        json!({ "resourceSpans": [{
            "resource": { "attributes": attributes(&json!({
                "service.name": self.service, "deployment.environment.name": "demo",
            })) },
            "scopeSpans": [{ "scope": { "name": "clew.demo" }, "spans": spans }],
        }]})
    }
}

/// Builds a run span by span. Its clock goes on with each span that is added.
pub(crate) struct Recorder {
    trace_id: String,
    story: &'static str,
    service: &'static str,
    failed: bool,
    spans: Vec<Json>,
    open: Vec<Open>,
    clock_nanos: i64,
    next_span: u64,
    seed: u64,
}

struct Open {
    id: String,
    name: String,
    start_nanos: i64,
    attributes: Json,
}

const MILLISECOND: i64 = 1_000_000;

impl Recorder {
    /// `number` tells the runs of one demo apart.
    pub(crate) fn new(
        story: &'static str,
        service: &'static str,
        start_nanos: i64,
        seed: u64,
        number: u64,
    ) -> Self {
        // Spread over all digits, since people name a run by its first ones.
        let mixed = seed.wrapping_add(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self {
            trace_id: format!("{mixed:016x}{number:012x}c1e0"),
            story,
            service,
            failed: false,
            spans: Vec::new(),
            open: Vec::new(),
            clock_nanos: start_nanos,
            next_span: 0,
            seed: mixed,
        }
    }

    /// Opens a span under the one that is open; [`Recorder::close`] ends it.
    pub(crate) fn open(&mut self, name: &str, attributes: Json) {
        let id = self.span_id();
        let start_nanos = self.clock_nanos;
        self.clock_nanos += 2 * MILLISECOND;
        self.open.push(Open { id, name: name.to_owned(), start_nanos, attributes });
    }

    /// Ends the span opened last. `more` adds what is known at the end, `error` fails it.
    pub(crate) fn close(&mut self, more: Json, error: Option<&str>) {
        self.clock_nanos += MILLISECOND;
        let Some(span) = self.open.pop() else { return };
        self.failed = self.open.is_empty() && error.is_some();
        let attributes = joined(span.attributes, more);
        let parent = self.open.last().map(|parent| parent.id.clone());
        self.push(span.id, parent, &span.name, span.start_nanos, attributes, error);
    }

    /// A span without children that takes `milliseconds`.
    pub(crate) fn span(
        &mut self,
        name: &str,
        milliseconds: i64,
        attributes: Json,
        error: Option<&str>,
    ) {
        let id = self.span_id();
        let start_nanos = self.clock_nanos;
        self.clock_nanos += milliseconds * MILLISECOND + 137_000;
        let parent = self.open.last().map(|parent| parent.id.clone());
        self.push(id, parent, name, start_nanos, attributes, error);
        self.clock_nanos += MILLISECOND;
    }

    /// The run.
    pub(crate) fn finish(self) -> MadeUpRun {
        MadeUpRun {
            trace_id: self.trace_id,
            story: self.story,
            failed: self.failed,
            spans: self.spans,
            service: self.service,
        }
    }

    fn span_id(&mut self) -> String {
        self.next_span += 1;
        format!("{:016x}", (self.seed ^ 0xc1e0_0000_0000_0000).wrapping_add(self.next_span))
    }

    fn push(
        &mut self,
        id: String,
        parent: Option<String>,
        name: &str,
        start_nanos: i64,
        mut attribute_map: Json,
        error: Option<&str>,
    ) {
        let mut events = Vec::new();
        let status = match error {
            None => json!({}),
            Some(message) => {
                let kind = message.split(':').next().unwrap_or("Error");
                attribute_map["error.type"] = json!(kind);
                events.push(json!({
                    "name": "exception",
                    "timeUnixNano": self.clock_nanos.to_string(),
                    "attributes": attributes(&json!({
                        "exception.type": kind, "exception.message": message,
                    })),
                }));
                json!({ "code": 2, "message": message })
            }
        };
        self.spans.push(json!({
            "traceId": self.trace_id,
            "spanId": id,
            "parentSpanId": parent.unwrap_or_default(),
            "name": name,
            "kind": 1,
            "startTimeUnixNano": start_nanos.to_string(),
            "endTimeUnixNano": self.clock_nanos.to_string(),
            "attributes": attributes(&attribute_map),
            "events": events,
            "status": status,
        }));
    }
}

/// Messages in OTel's shape, as text in an attribute.
pub(crate) fn messages(messages: &[Json]) -> String {
    json!(messages).to_string()
}

/// A message of one text.
pub(crate) fn says(role: &str, content: &str) -> Json {
    json!({ "role": role, "parts": [{ "type": "text", "content": content }] })
}

/// The model asks for a tool.
pub(crate) fn calls(id: &str, tool: &str, arguments: &Json) -> Json {
    json!({ "role": "assistant", "parts": [
        { "type": "tool_call", "id": id, "name": tool, "arguments": arguments },
    ]})
}

/// A tool answers.
pub(crate) fn answers(id: &str, response: &str) -> Json {
    json!({ "role": "tool", "parts": [
        { "type": "tool_call_response", "id": id, "response": response },
    ]})
}

/// Attributes of a model call in the names of OpenTelemetry's GenAI conventions.
pub(crate) fn chat(model: &str, history: &[Json], answer: &Json, tokens: (u64, u64, u64)) -> Json {
    let (input, cached, output) = tokens;
    json!({
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.response.model": model,
        "gen_ai.usage.input_tokens": input,
        "gen_ai.usage.cache_read.input_tokens": cached,
        "gen_ai.usage.output_tokens": output,
        "gen_ai.input.messages": messages(history),
        "gen_ai.output.messages": messages(std::slice::from_ref(answer)),
    })
}

/// Attributes of a tool call.
pub(crate) fn tool(id: &str, name: &str, arguments: &Json, result: &str) -> Json {
    json!({
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.id": id,
        "gen_ai.tool.call.arguments": arguments.to_string(),
        "gen_ai.tool.call.result": result,
    })
}

fn joined(first: Json, second: Json) -> Json {
    let mut all: Map<String, Json> = first.as_object().cloned().unwrap_or_default();
    all.extend(second.as_object().cloned().unwrap_or_default());
    Json::Object(all)
}

fn attributes(map: &Json) -> Json {
    let pairs = map.as_object().into_iter().flatten().map(|(key, value)| {
        let value = match value {
            Json::Number(number) if number.is_f64() => json!({ "doubleValue": number }),
            Json::Number(number) => json!({ "intValue": number.to_string() }),
            Json::Bool(flag) => json!({ "boolValue": flag }),
            Json::String(text) => json!({ "stringValue": text }),
            other => json!({ "stringValue": other.to_string() }),
        };
        json!({ "key": key, "value": value })
    });
    Json::Array(pairs.collect())
}
