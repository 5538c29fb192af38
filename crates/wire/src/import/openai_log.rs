//! Logged calls of OpenAI's API, one a record: a request with its answer, as proxies write
//! them; the files of the Batch API; stored chat completions and responses; or bare
//! conversations, as training sets hold them. Each becomes a run of one model call.

use clew_model::source::{Sender, SourceSpan, SpanKind, StatusCode};
use clew_model::value::{Attributes, Value};

use super::{Reading, part, records};
use crate::fault::{Fault, Parsed, Within};
use crate::fields::Fields;
use crate::json::write::payload;
use crate::time::parse_time;

/// Times of a record, the first that is there counts.
const STARTS: &[&str] =
    &["start_time", "started_at", "request_time", "timestamp", "time", "created_at", "created"];
const ENDS: &[&str] = &["end_time", "ended_at", "completed_at", "response_time"];
/// Durations and what one of them is in nanoseconds.
const DURATIONS: &[(&str, f64)] = &[
    ("duration_ms", 1e6),
    ("latency_ms", 1e6),
    ("response_ms", 1e6),
    ("duration", 1e9),
    ("latency", 1e9),
];
/// Who talked, in the record, its metadata or the request.
const SESSIONS: &[&str] = &["session_id", "conversation_id", "thread_id"];
const USERS: &[&str] = &["user_id", "user", "safety_identifier"];

pub(super) fn read(text: &str, reading: &mut Reading<'_>) {
    for (number, line, fields) in records(text, reading.context.limits) {
        let file_nanos = reading.context.file_nanos;
        let span = fields.and_then(|fields| call(fields, line, file_nanos));
        reading.take(number, span.map(|span| vec![span]));
    }
}

/// A record taken apart.
struct Call {
    record: Fields,
    request: Fields,
    answer: Fields,
}

fn call(record: Fields, line: &str, file_nanos: i64) -> Parsed<SourceSpan> {
    let mut call = Call::of(record)?;
    let is_call = call.request.has("messages")
        || call.request.has("input")
        || call.request.has("prompt")
        || call.answer.has("choices")
        || call.answer.has("output")
        // A call of a batch that came to nothing.
        || (call.record.has("custom_id") && call.record.has("error"));
    if !is_call {
        return Err(Fault::content(
            "this is no call: a record has `messages`, a `request` with its `response`, or is a chat completion or a response",
        ));
    }
    let answer_id = call.answer.word("id")?;
    // A conversation without an id is known by what it says.
    let id =
        answer_id.clone().unwrap_or_else(|| blake3::hash(line.as_bytes()).to_hex().to_string());
    let mut span = part(&id, &id, Sender::OpenaiLog)?;
    span.kind = SpanKind::Client;
    call.set_times(&mut span, file_nanos)?;
    call.set_status(&mut span)?;
    let mut attributes = call.models(answer_id)?;
    attributes.extend(call.who()?);
    attributes.extend(call.messages()?);
    attributes.extend(call.usage());
    attributes.extend(call.request.rest("gen_ai.request."));
    attributes.extend(call.answer.rest("openai.response."));
    attributes.extend(call.record.rest("openai.record."));
    span.attributes.extend(attributes);
    span.name = Some("chat".to_owned());
    Ok(span)
}

impl Call {
    fn of(mut record: Fields) -> Parsed<Call> {
        let mut request = Fields::default();
        let mut answer = Fields::default();
        for key in ["request", "request_body", "body", "kwargs"] {
            if let Some(value) = record.any(key) {
                request = object(value).within(key)?;
                break;
            }
        }
        for key in ["response", "response_body", "completion"] {
            if let Some(value) = record.any(key) {
                answer = object(value).within(key)?;
                break;
            }
        }
        // The Batch API wraps the answer once more.
        if let Some(body) = answer.any("body") {
            answer = object(body).within("response.body")?;
        }
        // A stored answer, perhaps with what was asked beside it.
        if record.has("choices") || record.has("output") {
            let request = asked(&mut record);
            return Ok(Call { record: Fields::default(), request, answer: record });
        }
        if record.has("messages") {
            request = asked(&mut record);
        }
        Ok(Call { record, request, answer })
    }

    fn set_times(&mut self, span: &mut SourceSpan, file_nanos: i64) -> Parsed<()> {
        let mut start = time(&mut self.record, STARTS)?;
        if start.is_none() {
            start = time(&mut self.answer, &["created", "created_at"])?;
        }
        let start = start.unwrap_or(file_nanos);
        let mut end = time(&mut self.record, ENDS)?;
        if end.is_none() {
            end = time(&mut self.answer, &["completed_at"])?;
        }
        for (key, unit) in DURATIONS {
            let taken = match self.record.any(key) {
                Some(Value::Int(number)) => number as f64,
                Some(Value::Double(number)) => number,
                _ => continue,
            };
            let nanos = (taken * unit).round();
            if end.is_none() && nanos >= 0.0 && nanos < i64::MAX as f64 {
                end = start.checked_add(nanos as i64);
            }
        }
        span.start_nanos = Some(start);
        span.end_nanos = Some(end.unwrap_or(start).max(start));
        Ok(())
    }

    fn set_status(&mut self, span: &mut SourceSpan) -> Parsed<()> {
        let error = self.record.any("error").or_else(|| self.answer.any("error"));
        let (message, kind) = match error {
            None => return Ok(()),
            Some(Value::String(text)) => (Some(text), None),
            Some(Value::Map(pairs)) => {
                let mut fields = Fields::of(Value::Map(pairs))?;
                let kind = fields.word("type")?.or(fields.word("code")?);
                (fields.text("message")?, kind)
            }
            Some(other) => (Some(text_of(other)), None),
        };
        span.status.code = StatusCode::Error;
        span.status.message = message.unwrap_or_default();
        span.attributes.extend(kind.map(|kind| ("error.type".to_owned(), Value::String(kind))));
        Ok(())
    }

    fn models(&mut self, answer_id: Option<String>) -> Parsed<Attributes> {
        let asked = self.request.word("model")?;
        let answered = self.answer.word("model")?;
        let named = asked.as_deref().or(answered.as_deref()).map(str::to_owned);
        let words = [
            ("gen_ai.operation.name", Some("chat".to_owned())),
            ("gen_ai.request.model", named),
            ("gen_ai.response.model", answered),
            ("gen_ai.response.id", answer_id),
        ];
        Ok(texts(words))
    }

    fn who(&mut self) -> Parsed<Attributes> {
        let metadata = self.record.any("metadata").or_else(|| self.request.any("metadata"));
        let mut metadata = match metadata {
            Some(Value::Map(pairs)) => Fields::of(Value::Map(pairs))?,
            _ => Fields::default(),
        };
        let mut found = |keys: &[&str]| -> Parsed<Option<String>> {
            for key in keys {
                for place in [&mut self.record, &mut metadata, &mut self.request] {
                    if let Some(Value::String(word)) = place.any(key) {
                        return Ok(Some(word));
                    }
                }
            }
            Ok(None)
        };
        let (session, user) = (found(SESSIONS)?, found(USERS)?);
        let mut attributes = texts([("session.id", session), ("user.id", user)]);
        attributes.extend(metadata.rest("metadata."));
        Ok(attributes)
    }

    /// What was said to the model, and what it said. Without an answer of its own the last
    /// message of the conversation is it.
    fn messages(&mut self) -> Parsed<Attributes> {
        let input = ["messages", "input", "prompt"].iter().find_map(|key| self.request.any(key));
        let output = ["choices", "output"].iter().find_map(|key| self.answer.any(key));
        let (input, output) = match (input, output) {
            (Some(Value::Array(mut said)), None) if says_assistant(said.last()) => {
                let last = said.pop();
                (Some(Value::Array(said)), last.map(|last| Value::Array(vec![last])))
            }
            other => other,
        };
        let mut attributes = Vec::new();
        let mut add = |key: &str, value: Option<Value>| {
            attributes.extend(value.map(|value| (key.to_owned(), payload(value))));
        };
        add("gen_ai.input.messages", input);
        add("gen_ai.output.messages", output);
        add("gen_ai.system_instructions", self.request.any("instructions"));
        add("gen_ai.tool.definitions", self.request.any("tools"));
        Ok(attributes)
    }

    /// Both of OpenAI's shapes of usage.
    fn usage(&mut self) -> Attributes {
        let usage = self.answer.any("usage").or_else(|| self.record.any("usage"));
        let Some(Value::Map(usage)) = usage else { return Vec::new() };
        let places: [(&str, &[&[&str]]); 5] = [
            ("gen_ai.usage.input_tokens", &[&["input_tokens"], &["prompt_tokens"]]),
            ("gen_ai.usage.output_tokens", &[&["output_tokens"], &["completion_tokens"]]),
            ("gen_ai.usage.total_tokens", &[&["total_tokens"]]),
            (
                "gen_ai.usage.cache_read.input_tokens",
                &[
                    &["input_tokens_details", "cached_tokens"],
                    &["prompt_tokens_details", "cached_tokens"],
                ],
            ),
            (
                "gen_ai.usage.reasoning_tokens",
                &[
                    &["output_tokens_details", "reasoning_tokens"],
                    &["completion_tokens_details", "reasoning_tokens"],
                ],
            ),
        ];
        let found = places.into_iter().filter_map(|(key, paths)| {
            let value = paths.iter().find_map(|path| at(&usage, path))?;
            Some((key.to_owned(), value.clone()))
        });
        found.collect()
    }
}

/// What belongs to the request of a record that does not keep it apart.
fn asked(record: &mut Fields) -> Fields {
    const ASKED: &[&str] = &[
        "messages",
        "input",
        "prompt",
        "instructions",
        "tools",
        "metadata",
        "temperature",
        "user",
    ];
    let found = ASKED.iter().filter_map(|key| Some(((*key).to_owned(), record.any(key)?)));
    let mut request: Attributes = found.collect();
    if !record.has("choices") && !record.has("output") {
        request.extend(record.any("model").map(|model| ("model".to_owned(), model)));
    }
    Fields::from(request)
}

fn object(value: Value) -> Parsed<Fields> {
    match value {
        // Some logs keep bodies as texts.
        Value::String(text) => {
            Fields::of_text(&text, &mut Fields::tally(&crate::Limits::default()))
        }
        other => Fields::of(other),
    }
}

fn text_of(value: Value) -> String {
    match payload(value) {
        Value::String(text) => text,
        _ => String::new(),
    }
}

fn at<'v>(pairs: &'v Attributes, path: &[&str]) -> Option<&'v Value> {
    let (name, rest) = path.split_first()?;
    let (_, value) = pairs.iter().find(|(key, _)| key == name)?;
    match (value, rest) {
        (Value::Int(_), []) => Some(value),
        (Value::Map(inner), [_, ..]) => at(inner, rest),
        _ => None,
    }
}

fn says_assistant(message: Option<&Value>) -> bool {
    let Some(Value::Map(pairs)) = message else { return false };
    pairs.iter().any(|(key, value)| key == "role" && value.as_str() == Some("assistant"))
}

fn texts<const N: usize>(words: [(&str, Option<String>); N]) -> Attributes {
    words.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.into()))).collect()
}

fn time(fields: &mut Fields, keys: &[&str]) -> Parsed<Option<i64>> {
    for key in keys {
        if let Some(value) = fields.any(key) {
            return parse_time(&value).within(key);
        }
    }
    Ok(None)
}
