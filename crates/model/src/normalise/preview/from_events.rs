//! Payloads that stand in span events and joined log records.

use super::first_text::{Shape, first_text};
use super::{Side, as_text, byte_count};
use crate::normalise::events;
use crate::source::SourceEvent;
use crate::value::{Value, attribute};

/// Adds what events tell where attributes told nothing.
pub(super) fn complete(span_events: &[SourceEvent], input: &mut Side, output: &mut Side) {
    for event in span_events {
        let field = |name: &str| attribute(&event.attributes, name);
        match events::name(event) {
            "gen_ai.client.inference.operation.details" => {
                take(input, field("gen_ai.input.messages"), Shape::Messages);
                take(output, field("gen_ai.output.messages"), Shape::Messages);
            }
            "gen_ai.system.message" | "gen_ai.user.message" | "gen_ai.assistant.message" => {
                take(input, message_of(event), Shape::Content);
            }
            "gen_ai.choice" => {
                let message = field("message").or_else(|| message_of(event));
                take(output, message, Shape::Messages);
            }
            "gen_ai.content.prompt" => take(input, field("gen_ai.prompt"), Shape::Model),
            "gen_ai.content.completion" => take(output, field("gen_ai.completion"), Shape::Model),
            "user_prompt" => take(input, field("prompt"), Shape::Payload),
            // The last answer is the turn's; earlier ones led to tools.
            "assistant_response" => {
                let mut last = Side::default();
                take(&mut last, field("response"), Shape::Payload);
                if last.preview.is_some() {
                    *output = last;
                }
            }
            _ => {}
        }
    }
}

/// The content of a message event; a log record has it inside its body.
fn message_of(event: &SourceEvent) -> Option<&Value> {
    let named = attribute(&event.attributes, "content")
        .or_else(|| attribute(&event.attributes, "gen_ai.event.content"));
    named.or_else(|| match attribute(&event.attributes, "body") {
        Some(Value::Map(members)) => {
            attribute(members, "content").or_else(|| attribute(members, "message"))
        }
        other => other,
    })
}

fn take(side: &mut Side, value: Option<&Value>, shape: Shape) {
    let Some(value) = value.filter(|_| side.preview.is_none()) else { return };
    side.bytes += byte_count(value);
    side.preview = first_text(&as_text(value), shape);
}
