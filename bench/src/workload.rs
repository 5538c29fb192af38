//! What is sent: four shapes of agent traffic, cut into requests.

use serde_json::json;

use crate::otlp_writer::{Attribute, SpanToWrite, request};
use crate::text::{Random, Vocabulary};

/// The shapes of design section 9.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Shape {
    /// Agent traces of 30 spans whose calls resend their history: about 5.4 KB a span.
    Full,
    /// The same spans without payload: about 0.4 KB.
    Narrow,
    /// Traces of 1,500 spans with a sliding history: about 7.5 KB a span.
    Long,
    /// Sessions of 20 turns, a trace each, the whole conversation resent: about 16.5 KB.
    Chat,
}

impl Shape {
    /// Spans of one trace.
    pub(crate) fn spans_per_trace(self) -> usize {
        match self {
            Shape::Full | Shape::Narrow => 30,
            Shape::Long => 1_500,
            Shape::Chat => 4,
        }
    }
}

/// Requests ready to be sent, and what is in them.
pub(crate) struct Workload {
    /// Bodies in the order in which they are to be sent.
    pub bodies: Vec<Vec<u8>>,
    /// Spans in all bodies.
    pub spans: usize,
    /// Bytes in all bodies.
    pub bytes: usize,
}

impl Workload {
    /// Mean bytes of a span on the wire.
    pub(crate) fn bytes_per_span(&self) -> usize {
        self.bytes / self.spans.max(1)
    }
}

const AGENTS: usize = 24;
/// Spans of one trace that stand together in a request, as a batching exporter sends them.
const RUN_IN_REQUEST: usize = 4;
const START_NANOS: u64 = 1_795_000_000_000_000_000;

struct Conversation {
    trace: u64,
    session: u64,
    agent: usize,
    history: Vec<serde_json::Value>,
    next_span: usize,
}

/// Builds `spans` spans in requests of `request_spans`, with `active` traces at once,
/// visited in turn.
pub(crate) fn build(
    shape: Shape,
    spans: usize,
    active: usize,
    request_spans: usize,
    seed: u64,
) -> Workload {
    let vocabulary = Vocabulary::new();
    let mut random = Random::new(seed);
    let prompts: Vec<String> = (0..AGENTS).map(|_| vocabulary.text(&mut random, 1_200)).collect();
    let mut next_trace = seed << 32;
    let mut open = |previous: Option<Conversation>| {
        next_trace += 1;
        match previous {
            // A chat goes on in a new trace until its session has had 20 turns.
            Some(done) if shape == Shape::Chat && done.history.len() < 20 * 3 => {
                Conversation { trace: next_trace, next_span: 0, ..done }
            }
            _ => Conversation {
                trace: next_trace,
                session: next_trace,
                agent: next_trace as usize % AGENTS,
                history: Vec::new(),
                next_span: 0,
            },
        }
    };
    let mut conversations: Vec<Option<Conversation>> =
        (0..active).map(|_| Some(open(None))).collect();
    let (mut bodies, mut batch, mut built, mut turn) = (Vec::new(), Vec::new(), 0, 0);
    while built < spans {
        let slot = turn % active;
        turn += 1;
        for _ in 0..RUN_IN_REQUEST.min(spans - built) {
            let mut conversation = conversations[slot].take().unwrap_or_else(|| open(None));
            batch.push(span(shape, &mut conversation, &prompts, &vocabulary, &mut random));
            built += 1;
            let finished = conversation.next_span == shape.spans_per_trace();
            conversations[slot] =
                Some(if finished { open(Some(conversation)) } else { conversation });
            if batch.len() == request_spans || built == spans {
                bodies.push(request(&batch));
                batch.clear();
            }
        }
    }
    let bytes = bodies.iter().map(Vec::len).sum();
    Workload { bodies, spans, bytes }
}

fn span(
    shape: Shape,
    conversation: &mut Conversation,
    prompts: &[String],
    vocabulary: &Vocabulary,
    random: &mut Random,
) -> SpanToWrite {
    let number = conversation.next_span;
    conversation.next_span += 1;
    let mut trace_id = [0; 16];
    trace_id[..8]
        .copy_from_slice(&conversation.trace.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    trace_id[8..].copy_from_slice(&conversation.trace.to_be_bytes());
    let trace = conversation.trace;
    let span_id = |number: usize| (trace << 24 | (number as u64 + 1)).to_be_bytes();
    let start =
        START_NANOS + conversation.trace % 1_000_000 * 1_000_000 + number as u64 * 50_000_000;
    let mut attributes =
        vec![Attribute::Text("session.id", format!("session-{:x}", conversation.session))];
    let name = match number {
        0 => agent_span(conversation, &mut attributes),
        _ if number % 2 == 1 => {
            llm_span(shape, conversation, prompts, vocabulary, random, &mut attributes)
        }
        _ => tool_span(shape, conversation, vocabulary, random, &mut attributes),
    };
    SpanToWrite {
        trace_id,
        span_id: span_id(number),
        parent: (number > 0).then(|| span_id(0)),
        name,
        start_nanos: start,
        end_nanos: start + 40_000_000 + random.below(9_000_000) as u64,
        attributes,
        failed: random.below(50) == 0,
    }
}

fn agent_span(conversation: &Conversation, attributes: &mut Vec<Attribute>) -> String {
    let agent = format!("agent-{}", conversation.agent);
    attributes.push(Attribute::Text("gen_ai.operation.name", "invoke_agent".to_owned()));
    attributes.push(Attribute::Text("gen_ai.agent.name", agent.clone()));
    format!("invoke_agent {agent}")
}

fn llm_span(
    shape: Shape,
    conversation: &mut Conversation,
    prompts: &[String],
    vocabulary: &Vocabulary,
    random: &mut Random,
    attributes: &mut Vec<Attribute>,
) -> String {
    attributes.push(Attribute::Text("gen_ai.operation.name", "chat".to_owned()));
    attributes.push(Attribute::Text("gen_ai.provider.name", "openai".to_owned()));
    attributes.push(Attribute::Text("gen_ai.request.model", "gpt-5-mini".to_owned()));
    attributes.push(Attribute::Number("gen_ai.usage.input_tokens", 900 + random.below(900) as i64));
    attributes.push(Attribute::Number("gen_ai.usage.output_tokens", random.below(400) as i64));
    attributes.push(Attribute::Number("gen_ai.usage.cache_read.input_tokens", 512));
    if shape != Shape::Narrow {
        let (message_bytes, window) = match shape {
            Shape::Long => (1_500, 8),
            Shape::Chat => (850, usize::MAX),
            _ => (460, usize::MAX),
        };
        let text = vocabulary.text(random, message_bytes);
        conversation
            .history
            .push(json!({"role": "user", "parts": [{"type": "text", "content": text}]}));
        let from = conversation.history.len().saturating_sub(window);
        let system = json!({"role": "system", "parts": [{"type": "text", "content": prompts[conversation.agent]}]});
        let mut messages = vec![system];
        messages.extend_from_slice(&conversation.history[from..]);
        let answer = json!({"role": "assistant", "parts": [{"type": "text", "content": vocabulary.text(random, message_bytes / 2)}]});
        attributes.push(Attribute::Text("gen_ai.input.messages", json!(messages).to_string()));
        attributes.push(Attribute::Text("gen_ai.output.messages", json!([answer]).to_string()));
        conversation.history.push(answer);
    }
    "chat gpt-5-mini".to_owned()
}

fn tool_span(
    shape: Shape,
    conversation: &mut Conversation,
    vocabulary: &Vocabulary,
    random: &mut Random,
    attributes: &mut Vec<Attribute>,
) -> String {
    const TOOLS: [&str; 6] = ["read_file", "search", "write_file", "run_tests", "fetch", "plan"];
    let tool = TOOLS[random.below(TOOLS.len())];
    attributes.push(Attribute::Text("gen_ai.operation.name", "execute_tool".to_owned()));
    attributes.push(Attribute::Text("gen_ai.tool.name", tool.to_owned()));
    attributes.push(Attribute::Text("gen_ai.tool.call.id", format!("call_{:016x}", random.next())));
    if shape != Shape::Narrow {
        let arguments = json!({"path": vocabulary.text(random, 40), "limit": random.below(100)});
        attributes.push(Attribute::Text("gen_ai.tool.call.arguments", arguments.to_string()));
        let result = vocabulary.text(random, if shape == Shape::Full { 400 } else { 600 });
        attributes.push(Attribute::Text("gen_ai.tool.call.result", result.clone()));
        conversation.history.push(
            json!({"role": "tool", "parts": [{"type": "tool_call_response", "response": result}]}),
        );
    }
    format!("execute_tool {tool}")
}

/// A narrow trace of any number of spans, in requests of 1,000.
pub(crate) struct OneTrace {
    /// 32 hex digits.
    pub trace_id: String,
    /// 16 hex digits.
    pub middle_span_id: String,
    /// Its requests.
    pub bodies: Vec<Vec<u8>>,
}

/// Builds it: an agent span and alternating model and tool calls under it.
pub(crate) fn one_trace(spans: usize, seed: u64) -> OneTrace {
    let vocabulary = Vocabulary::new();
    let mut random = Random::new(seed);
    let mut conversation = Conversation {
        trace: seed << 32 | 1,
        session: seed,
        agent: 1,
        history: Vec::new(),
        next_span: 0,
    };
    let prompts = vec![String::new(); AGENTS];
    let built: Vec<SpanToWrite> = (0..spans)
        .map(|_| span(Shape::Narrow, &mut conversation, &prompts, &vocabulary, &mut random))
        .collect();
    let hex = |id: &[u8]| id.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let trace_id = built.first().map(|span| hex(&span.trace_id)).unwrap_or_default();
    let middle = built.get(spans / 2);
    let middle_span_id = middle.map(|span| hex(&span.span_id)).unwrap_or_default();
    OneTrace { trace_id, middle_span_id, bodies: built.chunks(1_000).map(request).collect() }
}
