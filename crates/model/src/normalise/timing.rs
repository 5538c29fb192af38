//! Time to the first token (span-conventions 3.14), in the senders' various units.

use crate::attributes::{AttrView, Key, decode, key};
use crate::convention::Layers;
use crate::source::SourceSpan;
use crate::time::parse_iso_nanos;

/// Unit of an attribute.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Seconds,
    Milliseconds,
}

static KEYS: &[(Key, Layers, Unit)] = &[
    (key("gen_ai.response.time_to_first_chunk"), Layers::ANY, Unit::Seconds),
    (key("gen_ai.client.operation.time_to_first_chunk"), Layers::ANY, Unit::Seconds),
    (key("ai.response.msToFirstChunk"), Layers::ANY, Unit::Milliseconds),
    (key("ai.stream.msToFirstChunk"), Layers::ANY, Unit::Milliseconds),
    (key("gen_ai.server.time_to_first_token"), Layers::ST, Unit::Milliseconds),
    (key("ttft_ms"), Layers::CC, Unit::Milliseconds),
    (key("lk.response.ttft"), Layers::ANY, Unit::Seconds),
    (key("agentos.end.time_to_first_token"), Layers::AO, Unit::Seconds),
    (key("agentos.end.ttft_ms"), Layers::AO, Unit::Milliseconds),
];

/// Events whose first occurrence is the first token.
const FIRST_TOKEN_EVENTS: &[&str] = &[
    "ai.stream.firstChunk",
    "mlflow.chunk.item.0",
    "gen_ai.content.completion.chunk",
    "llm.content.completion.chunk",
    "First Token Stream Event",
    "new_token",
];

/// Nanoseconds from the start to the first token.
pub(crate) fn ttft_nanos(view: &AttrView<'_>, source: &SourceSpan) -> Option<i64> {
    completion_start(view, source)
        .or_else(|| {
            KEYS.iter()
                .filter(|(_, layers, _)| layers.meets(view.layers))
                .find_map(|(key, _, unit)| in_nanos(view.float(*key)?, *unit))
        })
        .or_else(|| {
            let metrics = decode::json_of(view.get(const { key("braintrust.metrics") })?);
            in_nanos(metrics.get("time_to_first_token")?.as_f64()?, Unit::Seconds)
        })
        .or_else(|| {
            let event = source
                .events
                .iter()
                .find(|event| FIRST_TOKEN_EVENTS.contains(&event.name.as_str()))?;
            after_start(source, event.time_nanos)
        })
}

/// Langfuse and Mastra give the moment, some SDKs in JSON in JSON; OpenAI's Agents SDK of speech.
fn completion_start(view: &AttrView<'_>, source: &SourceSpan) -> Option<i64> {
    let text = view
        .text(const { key("langfuse.observation.completion_start_time") })
        .or_else(|| view.text(const { key("mastra.completion_start_time") }))
        .or_else(|| view.text(const { key("openai_agents.first_content_at") }))?;
    after_start(source, parse_iso_nanos(&decode::unquoted(text))?)
}

fn after_start(source: &SourceSpan, moment: i64) -> Option<i64> {
    moment.checked_sub(source.start_nanos?).filter(|nanos| *nanos >= 0)
}

fn in_nanos(amount: f64, unit: Unit) -> Option<i64> {
    let nanos = match unit {
        Unit::Seconds => amount * 1e9,
        Unit::Milliseconds => amount * 1e6,
    };
    // A year is longer than any first token takes.
    (0.0..3.2e16).contains(&nanos).then_some(nanos.round() as i64)
}
