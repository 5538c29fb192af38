//! The fields and namespaces as data: the parser, messages, completion and docs read this.

use super::FieldType::{
    self, Count, Duration, FullText, Id, Money, Number, Open, Set, Share, Size, Text, Time,
};
use super::{Field, FieldInfo, Namespace, NamespaceInfo};
use crate::subject::Subject::{self, Session, Span, Trace};

const ANY: &[Subject] = &[Session, Trace, Span];
const TRACE_AND_SPAN: &[Subject] = &[Trace, Span];
const SESSION_AND_TRACE: &[Subject] = &[Session, Trace];
const SPAN: &[Subject] = &[Span];
const TRACE: &[Subject] = &[Trace];
const SESSION: &[Subject] = &[Session];

const STATUS: &[&str] = &["ok", "error", "unset"];

/// Closed by ruling 23; `kind` is the sender's own word.
const CATEGORIES: &[&str] = &[
    "agent",
    "llm",
    "tool",
    "embedding",
    "retrieval",
    "reranker",
    "guardrail",
    "evaluator",
    "memory",
    "workflow",
    "chain",
    "other",
];

/// Ruling 10.
const STATES: &[&str] = &["live", "quiet", "abandoned", "resumed", "done"];

const FLAGS: &[&str] =
    &["error", "failed", "root", "orphan", "live", "quiet", "abandoned", "resumed", "done"];

/// In the order of [`Field`], which indexes it.
pub(crate) static FIELDS: &[FieldInfo] = &[
    row(Id, Field::Trace, "trace", TRACE_AND_SPAN, "id of the trace", "trace:4bf92f*"),
    row(Id, Field::Span, "span", SPAN, "id of the span", "span:00f067*"),
    row(Text, Field::Session, "session", ANY, "session (conversation)", "session:chat-42"),
    row(Text, Field::User, "user", ANY, "end user", "user:ada"),
    row(Text, Field::Agent, "agent", ANY, "agent", "agent:billing"),
    row(Text, Field::Model, "model", SPAN, "model that was asked or answered", "model:gpt-*"),
    row(Text, Field::Provider, "provider", SPAN, "provider of the model", "provider:openai"),
    row(Text, Field::Tool, "tool", SPAN, "tool that was called", "tool:(search, fetch)"),
    row(Text, Field::Service, "service", SPAN, "service that sent it", "service:checkout"),
    row(Text, Field::Env, "env", SPAN, "deployment environment", "env:production"),
    row(Text, Field::Version, "version", SPAN, "version of the service", "version=1.2.0"),
    row(Text, Field::Finish, "finish", SPAN, "why the model stopped", "finish:length"),
    row(Text, Field::Tag, "tag", TRACE_AND_SPAN, "tag", "tag:beta"),
    row(Text, Field::Label, "label", ANY, "label, by its name", "label:refusal"),
    row(Text, Field::Name, "name", TRACE_AND_SPAN, "name", "name:\"checkout flow\""),
    row(Text, Field::Kind, "kind", SPAN, "kind of span in the sender's word", "kind:llm"),
    set(Field::Category, "category", SPAN, CATEGORIES, "kind of span in our word", "category:tool"),
    set(Field::Status, "status", ANY, STATUS, "error when anything in it failed", "status:error"),
    set(
        Field::RootStatus,
        "root_status",
        TRACE,
        STATUS,
        "error when the run itself failed",
        "root_status:error",
    ),
    set(Field::State, "state", SESSION_AND_TRACE, STATES, "whether it still goes on", "state:live"),
    set(Field::Is, "is", ANY, FLAGS, "flag", "is:failed"),
    row(FullText, Field::Text, "text", ANY, "all text of it", "text:\"refund policy\""),
    row(FullText, Field::Input, "input", TRACE_AND_SPAN, "what went in", "input:refund"),
    row(FullText, Field::Output, "output", TRACE_AND_SPAN, "what came out", "output:sorry"),
    row(FullText, Field::Error, "error", SPAN, "error message", "error ~ \"timeout after\""),
    row(Duration, Field::Duration, "duration", ANY, "start to end", "duration > 2s"),
    row(Duration, Field::Ttft, "ttft", SPAN, "time to the first token", "ttft > 500ms"),
    row(Money, Field::Cost, "cost", ANY, "cost in dollars", "cost >= 0.05"),
    row(Count, Field::Tokens, "tokens", ANY, "tokens in and out", "tokens > 10k"),
    row(
        Count,
        Field::TokensIn,
        "tokens.in",
        ANY,
        "input tokens, cached ones too",
        "tokens.in > 100k",
    ),
    row(Count, Field::TokensOut, "tokens.out", ANY, "output tokens", "tokens.out < 1k"),
    row(
        Count,
        Field::TokensCacheRead,
        "tokens.cache_read",
        ANY,
        "input tokens read from the cache",
        "tokens.cache_read = 0",
    ),
    row(
        Count,
        Field::TokensCacheWrite,
        "tokens.cache_write",
        ANY,
        "input tokens written to the cache",
        "tokens.cache_write > 0",
    ),
    row(
        Count,
        Field::TokensReasoning,
        "tokens.reasoning",
        ANY,
        "output tokens spent on reasoning",
        "tokens.reasoning > 1k",
    ),
    row(Share, Field::CacheHit, "cache_hit", ANY, "share of input from cache", "cache_hit < 35%"),
    row(Count, Field::Spans, "spans", SESSION_AND_TRACE, "number of spans", "spans > 100"),
    row(Count, Field::Errors, "errors", SESSION_AND_TRACE, "number of failed spans", "errors > 2"),
    row(Count, Field::Depth, "depth", TRACE_AND_SPAN, "levels of the tree", "depth > 5"),
    row(Count, Field::Traces, "traces", SESSION, "number of traces", "traces > 3"),
    row(Count, Field::LlmCalls, "llm_calls", SESSION_AND_TRACE, "model calls", "llm_calls > 20"),
    row(Count, Field::ToolCalls, "tool_calls", SESSION_AND_TRACE, "tool calls", "tool_calls = 0"),
    row(
        Count,
        Field::ReceiptGaps,
        "receipt.gaps",
        TRACE,
        "gaps in the receipt",
        "receipt.gaps > 0",
    ),
    row(Size, Field::Size, "size", ANY, "bytes received", "size > 2MB"),
    row(Time, Field::Start, "start", ANY, "when it began", "start > -24h"),
    row(Time, Field::End, "end", ANY, "when it ended", "end:yesterday"),
    row(Time, Field::Arrived, "arrived", TRACE_AND_SPAN, "when it was received", "arrived > -1h"),
];

/// In the order of [`Namespace`], which indexes it.
pub(crate) static NAMESPACES: &[NamespaceInfo] = &[
    namespace(Open, Namespace::Attr, "attr", SPAN, "attribute of a span", "attr.retries >= 3"),
    namespace(
        Open,
        Namespace::Resource,
        "resource",
        SPAN,
        "attribute of the process",
        "resource.host.name:web-1",
    ),
    namespace(Open, Namespace::Meta, "meta", ANY, "metadata", "meta.region:eu"),
    namespace(Open, Namespace::Label, "label", ANY, "value of a label", "label.outcome:resolved"),
    namespace(Number, Namespace::Score, "score", ANY, "score", "score.quality < 0.5"),
    namespace(
        Open,
        Namespace::Event,
        "event",
        SPAN,
        "attribute of an event",
        "event.exception.type:*",
    ),
];

const fn row(
    field_type: FieldType,
    field: Field,
    name: &'static str,
    owners: &'static [Subject],
    summary: &'static str,
    example: &'static str,
) -> FieldInfo {
    let (aliases, operators) = (aliases(field), field_type.operators());
    FieldInfo { field, name, aliases, field_type, operators, owners, summary, example, values: &[] }
}

const fn set(
    field: Field,
    name: &'static str,
    owners: &'static [Subject],
    values: &'static [&'static str],
    summary: &'static str,
    example: &'static str,
) -> FieldInfo {
    FieldInfo { values, ..row(Set, field, name, owners, summary, example) }
}

const fn aliases(field: Field) -> &'static [&'static str] {
    match field {
        Field::Duration => &["latency"],
        Field::Start => &["time"],
        Field::Trace => &["trace_id"],
        Field::Span => &["span_id"],
        Field::Session => &["session_id"],
        Field::User => &["user_id"],
        Field::Tag => &["tags"],
        _ => &[],
    }
}

const fn namespace(
    field_type: FieldType,
    namespace: Namespace,
    name: &'static str,
    owners: &'static [Subject],
    summary: &'static str,
    example: &'static str,
) -> NamespaceInfo {
    let operators = field_type.operators();
    NamespaceInfo { namespace, name, field_type, operators, owners, summary, example }
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, NAMESPACES};

    #[test]
    fn rows_stand_in_the_order_of_the_enums() {
        for (index, info) in FIELDS.iter().enumerate() {
            assert_eq!(info.field as usize, index, "{}", info.name);
        }
        for (index, info) in NAMESPACES.iter().enumerate() {
            assert_eq!(info.namespace as usize, index, "{}", info.name);
        }
    }

    #[test]
    fn no_name_stands_for_two_fields() {
        let names = FIELDS.iter().flat_map(|info| info.aliases.iter().chain([&info.name]));
        let mut names: Vec<_> = names.collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
