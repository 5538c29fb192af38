//! One line of a session file.

use clew_model::value::{Attributes, Value};

use crate::fault::{Fault, Parsed, Within};
use crate::fields::Fields;
use crate::time::parse_time;

/// A line that belongs to a run.
pub(super) struct Line {
    /// Of which thread: the sub-agent's id, `None` for the main one.
    pub(super) agent: Option<String>,
    pub(super) said: Said,
}

/// What a line says.
pub(super) enum Said {
    /// A person, a tool or Claude Code itself spoke to the model.
    User(User),
    /// The model spoke: one content block of an answer, or several.
    Assistant(Box<Assistant>),
    /// A request went out; answers refer to it.
    Request { id: String, at: i64 },
    /// What a sub-agent is.
    Agent(Agent),
}

pub(super) struct User {
    pub(super) uuid: String,
    pub(super) session: String,
    pub(super) at: i64,
    /// The message's content, as sent.
    pub(super) content: Value,
    /// Put there by Claude Code, not by a person.
    pub(super) is_meta: bool,
    /// Directory, version and branch, under the names of attributes.
    pub(super) surroundings: Attributes,
    /// The sub-agent that a tool's result tells of.
    pub(super) started_agent: Option<String>,
}

pub(super) struct Assistant {
    pub(super) uuid: String,
    pub(super) at: i64,
    /// Id of the answer; all lines of one answer share it.
    pub(super) message_id: Option<String>,
    pub(super) model: Option<String>,
    pub(super) content: Vec<Value>,
    pub(super) usage: Attributes,
    pub(super) stop_reason: Option<String>,
    /// The request that it answers.
    pub(super) request: Option<String>,
    /// Instead of an answer the API gave an error, whose text is the content.
    pub(super) is_error: bool,
}

/// What is known of a sub-agent beside its lines.
pub(super) struct Agent {
    /// Id of the tool call that started it.
    pub(super) tool_call: Option<String>,
    /// Its type, such as `general-purpose`.
    pub(super) kind: Option<String>,
    /// What it was started for.
    pub(super) description: Option<String>,
}

impl Line {
    /// Reads a line; `None` where it is no part of a run.
    pub(super) fn of(mut fields: Fields) -> Parsed<Option<Line>> {
        let kind = fields.text("type")?.unwrap_or_default();
        let agent = fields.word("agentId")?;
        let said = match kind.as_str() {
            "user" => Said::User(user(&mut fields)?),
            "assistant" => Said::Assistant(Box::new(assistant(&mut fields)?)),
            "api-request" => Said::Request { id: id(&mut fields, "id")?, at: at(&mut fields)? },
            "agent-meta" => Said::Agent(Agent {
                tool_call: fields.word("toolUseId")?,
                kind: fields.text("agentType")?,
                description: fields.text("description")?,
            }),
            _ => return Ok(None),
        };
        Ok(Some(Line { agent, said }))
    }
}

fn user(fields: &mut Fields) -> Parsed<User> {
    let mut message = Fields::of(fields.any("message").ok_or_else(|| missing("message"))?)?;
    let started_agent = match fields.any("toolUseResult") {
        Some(Value::Map(pairs)) => Fields::from(pairs).word("agentId")?,
        _ => None,
    };
    let places = [
        ("cwd", "claude_code.cwd"),
        ("version", "claude_code.version"),
        ("gitBranch", "claude_code.git_branch"),
    ];
    let mut surroundings = Vec::new();
    for (theirs, ours) in places {
        let text = fields.word(theirs)?;
        surroundings.extend(text.map(|text| (ours.to_owned(), Value::String(text))));
    }
    Ok(User {
        uuid: id(fields, "uuid")?,
        session: fields.word("sessionId")?.unwrap_or_default(),
        at: at(fields)?,
        content: message.any("content").unwrap_or_default(),
        is_meta: fields.any("isMeta") == Some(Value::Bool(true)),
        surroundings,
        started_agent,
    })
}

fn assistant(fields: &mut Fields) -> Parsed<Assistant> {
    let mut message = Fields::of(fields.any("message").ok_or_else(|| missing("message"))?)?;
    let content = match message.any("content") {
        Some(Value::Array(blocks)) => blocks,
        Some(text @ Value::String(_)) => vec![text_block(text)],
        _ => Vec::new(),
    };
    let usage = match message.any("usage") {
        Some(Value::Map(pairs)) => pairs,
        _ => Vec::new(),
    };
    Ok(Assistant {
        uuid: id(fields, "uuid")?,
        at: at(fields)?,
        message_id: message.word("id")?,
        model: message.word("model")?,
        content,
        usage,
        stop_reason: message.word("stop_reason")?,
        request: fields.word("requestRef")?,
        is_error: fields.any("isApiErrorMessage") == Some(Value::Bool(true)),
    })
}

fn text_block(text: Value) -> Value {
    Value::Map(vec![("type".to_owned(), "text".into()), ("text".to_owned(), text)])
}

fn id(fields: &mut Fields, key: &str) -> Parsed<String> {
    fields.word(key)?.ok_or_else(|| missing(key))
}

fn at(fields: &mut Fields) -> Parsed<i64> {
    let value = fields.any("timestamp").ok_or_else(|| missing("timestamp"))?;
    parse_time(&value).within("timestamp")?.ok_or_else(|| missing("timestamp"))
}

fn missing(field: &str) -> Box<Fault> {
    Fault::content("is missing; is this a line of a Claude Code session file?").within(field)
}
