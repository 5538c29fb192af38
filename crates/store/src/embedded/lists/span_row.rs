//! A span as the evaluator sees it. Its payload is read when the filter asks for it.

use clew_model::source::SourceSpan;
use clew_model::span::Span;
use clew_model::trace::TreeNode;
use clew_model::usage::Usage;
use clew_model::value::Value as Attribute;
use clew_query::{
    Field, FieldRef, MILLIONTHS, Namespace, Row as FilterRow, Subject, Value, billionths,
};

use super::candidate::{Candidate, label_value, status_word};
use super::spans_of::Spans;
use crate::embedded::search::text::each_text_of;

/// A span of a trace.
pub(crate) struct SpanRow<'a> {
    trace: &'a Candidate<'a>,
    spans: &'a Spans,
    index: usize,
}

impl<'a> SpanRow<'a> {
    /// `index` is a place in the order of the tree.
    pub(crate) fn new(trace: &'a Candidate<'a>, spans: &'a Spans, index: usize) -> SpanRow<'a> {
        SpanRow { trace, spans, index }
    }

    fn node(&self) -> &'a TreeNode {
        &self.spans.tree.nodes()[self.index]
    }

    fn span(&self) -> &'a Span {
        &self.node().span
    }

    fn source(&self) -> Option<&'a SourceSpan> {
        let context = self.trace.context;
        let load = || context.spans.sources(context.workspace, &self.span().trace_id);
        context.kept(self.spans.source(self.index, load)).flatten()
    }

    fn figure(&self, field: Field) -> Option<i128> {
        let span = self.span();
        let counted =
            |of: fn(&Usage) -> Option<u64>| span.usage.as_ref().and_then(of).map(i128::from);
        match field {
            Field::Duration => span.duration_nanos().map(i128::from),
            Field::Ttft => span.ttft_nanos.map(i128::from),
            Field::Cost => span.cost.map(|cost| cost.total.0.into()),
            Field::Tokens => counted(|usage| match (usage.input, usage.output) {
                (None, None) => usage.total,
                (input, output) => Some(input.unwrap_or(0).saturating_add(output.unwrap_or(0))),
            }),
            Field::TokensIn => counted(|usage| usage.input),
            Field::TokensOut => counted(|usage| usage.output),
            Field::TokensCacheRead => counted(|usage| usage.cache_read),
            Field::TokensCacheWrite => counted(|usage| usage.cache_write),
            Field::TokensReasoning => counted(|usage| usage.reasoning),
            Field::CacheHit => {
                let usage = span.usage.as_ref()?;
                let input = usage.input.filter(|input| *input > 0)?;
                Some(i128::from(usage.cache_read?) * MILLIONTHS / i128::from(input))
            }
            Field::Depth => Some(self.node().depth.into()),
            Field::Size => Some(i128::from(span.input_bytes) + i128::from(span.output_bytes)),
            Field::Start => (span.start_nanos != 0).then_some(span.start_nanos.into()),
            Field::End => span.end_nanos.map(i128::from),
            Field::Arrived => self.trace.arrived_nanos().map(i128::from),
            _ => None,
        }
    }

    fn open_value(
        &self,
        namespace: Namespace,
        name: &str,
        holds: &mut dyn FnMut(Value<'_>) -> bool,
    ) -> bool {
        if matches!(namespace, Namespace::Label | Namespace::Score) {
            let mut labels = self.trace.labels_of(self.span().span_id);
            return labels.any(|label| label_value(label, namespace, name, holds));
        }
        let Some(source) = self.source() else { return false };
        match namespace {
            Namespace::Attr => attribute_holds(&source.attributes, name, holds),
            Namespace::Resource => attribute_holds(&source.resource.attributes, name, holds),
            Namespace::Event => {
                source.events.iter().any(|event| attribute_holds(&event.attributes, name, holds))
            }
            Namespace::Meta => {
                let content = clew_model::content::content(source);
                content.metadata.get(name).is_some_and(|value| json_holds(value, holds))
            }
            Namespace::Label | Namespace::Score => false,
        }
    }

    fn input_or_output(&self, field: Field, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let Some(source) = self.source() else { return false };
        let content = clew_model::content::content(source);
        let mut found = false;
        let mut visit = |text: &str| found = found || holds(Value::Text(text));
        let (messages, whole) = match field {
            Field::Input => (&content.input_messages, &content.input),
            _ => (&content.output_messages, &content.output),
        };
        for part in messages.iter().flat_map(|message| &message.parts) {
            let mut part = serde_json::to_value(part).unwrap_or_default();
            // Our own word for what the part is; nobody said it.
            part.as_object_mut().map(|part| part.shift_remove("type"));
            json_texts(&part, &mut visit);
        }
        if let Some(whole) = whole {
            json_texts(whole, &mut visit);
        }
        if let Some(tool) = &content.tool {
            let side = if field == Field::Input { &tool.arguments } else { &tool.result };
            side.iter().for_each(|value| json_texts(value, &mut visit));
        }
        found
    }
}

/// The last value under a key, as the filter language compares attributes.
fn attribute_holds(
    attributes: &[(String, Attribute)],
    name: &str,
    holds: &mut dyn FnMut(Value<'_>) -> bool,
) -> bool {
    match clew_model::value::attribute(attributes, name) {
        None | Some(Attribute::Empty) => false,
        Some(Attribute::String(text)) => holds(Value::Text(text)),
        Some(Attribute::Bool(flag)) => holds(Value::Text(if *flag { "true" } else { "false" })),
        Some(Attribute::Int(number)) => {
            holds(Value::Number(i128::from(*number) * clew_query::BILLIONTHS))
        }
        Some(Attribute::Double(number)) => holds(Value::Number(billionths(*number))),
        Some(value) => holds(Value::Text(&plain_json(value).to_string())),
    }
}

/// Arrays and objects without the tags that serde would give to our enum.
fn plain_json(value: &Attribute) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Attribute::Empty => Json::Null,
        Attribute::String(text) => Json::from(text.as_str()),
        Attribute::Bool(flag) => Json::from(*flag),
        Attribute::Int(number) => Json::from(*number),
        Attribute::Double(number) => Json::from(*number),
        Attribute::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Attribute::Array(values) => values.iter().map(plain_json).collect(),
        Attribute::Map(entries) => {
            entries.iter().map(|(key, value)| (key.clone(), plain_json(value))).collect()
        }
    }
}

pub(super) fn json_holds(
    value: &serde_json::Value,
    holds: &mut dyn FnMut(Value<'_>) -> bool,
) -> bool {
    use serde_json::Value as Json;
    match value {
        Json::Null => false,
        Json::String(text) => holds(Value::Text(text)),
        Json::Bool(flag) => holds(Value::Text(if *flag { "true" } else { "false" })),
        Json::Number(number) => {
            let number = match number.as_i64() {
                Some(whole) => i128::from(whole) * clew_query::BILLIONTHS,
                None => billionths(number.as_f64().unwrap_or(0.0)),
            };
            holds(Value::Number(number))
        }
        Json::Array(_) | Json::Object(_) => holds(Value::Text(&value.to_string())),
    }
}

/// Each text inside of a value, numbers as they are written.
fn json_texts(value: &serde_json::Value, visit: &mut dyn FnMut(&str)) {
    use serde_json::Value as Json;
    match value {
        Json::String(text) => visit(text),
        Json::Number(number) => visit(&number.to_string()),
        Json::Array(values) => values.iter().for_each(|value| json_texts(value, visit)),
        Json::Object(entries) => entries.values().for_each(|value| json_texts(value, visit)),
        Json::Null | Json::Bool(_) => {}
    }
}

impl FilterRow for SpanRow<'_> {
    fn any_value(&self, field: &FieldRef, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let field = match field {
            FieldRef::Open(namespace, name) => return self.open_value(*namespace, name, holds),
            FieldRef::Field(field) => *field,
        };
        let span = self.span();
        let mut text = |text: Option<&str>| text.is_some_and(|text| holds(Value::Text(text)));
        match field {
            Field::Trace => text(Some(&span.trace_id.to_string())),
            Field::Span => text(Some(&span.span_id.to_string())),
            Field::Session => text(self.spans.tree.session_id(self.index)),
            Field::User => text(self.spans.tree.user_id(self.index)),
            Field::Agent => text(self.spans.tree.agent_name(self.index)),
            Field::Model => {
                text(span.request_model.as_deref())
                    || (span.response_model != span.request_model
                        && text(span.response_model.as_deref()))
            }
            Field::Provider => text(span.provider.as_deref()),
            Field::Tool => text(span.tool_name.as_deref()),
            Field::Service => text(span.agent.service.as_deref()),
            Field::Env => text(span.environment.as_deref()),
            Field::Version => text(span.release.as_deref()),
            Field::Finish => text(span.finish_reason.as_deref()),
            Field::Tag => span.tags.iter().any(|tag| text(Some(tag))),
            Field::Label => self.trace.labels_of(span.span_id).any(|label| text(Some(&label.name))),
            Field::Name => text(Some(&span.name)),
            Field::Kind => text(span.kind.as_deref()),
            Field::Category => text(Some(span.category.as_str())),
            Field::Status if self.node().failed() => text(Some("error")),
            Field::Status => text(Some(status_word(span.status))),
            Field::Is => {
                let is_root = span.parent_span_id.is_none() || span.forced_root;
                (is_root && text(Some("root"))) || (self.node().orphan && text(Some("orphan")))
            }
            Field::Error => span.error.as_ref().is_some_and(|error| {
                text(Some(&error.message)) || (!error.kind.is_empty() && text(Some(&error.kind)))
            }),
            Field::Text => {
                let Some(source) = self.source() else { return false };
                let mut found = false;
                each_text_of(source, &mut |piece| found = found || text(Some(piece)));
                found
            }
            Field::Input | Field::Output => self.input_or_output(field, holds),
            _ => self.figure(field).is_some_and(|number| holds(Value::Number(number))),
        }
    }

    fn any_below(&self, subject: Subject, holds: &mut dyn FnMut(&dyn FilterRow) -> bool) -> bool {
        subject == Subject::Span
            && (self.index + 1..self.spans.tree.end_of(self.index))
                .any(|index| holds(&SpanRow::new(self.trace, self.spans, index)))
    }
}
