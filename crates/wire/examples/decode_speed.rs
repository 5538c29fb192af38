//! How fast bodies are decoded: `cargo run --release -p clew-wire --example decode_speed`.
//!
//! One request of 500 spans is decoded again and again for two seconds, on one thread and
//! on two. Wide spans are like an agent's model calls (5.4 KB), narrow ones like steps.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring program")]

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/otlp/wire.rs"]
mod wire;

use std::time::{Duration, Instant};

use clew_wire::Limits;
use clew_wire::otlp::{Encoding, decode_traces, encode_json_lines};

const SPANS: usize = 500;

fn main() {
    for (name, span) in [("wide", wide as fn(usize) -> Vec<u8>), ("narrow", narrow)] {
        let spans: Vec<Vec<u8>> = (0..SPANS).map(span).collect();
        let resource = wire::bytes(1, &attribute_text(1, "service.name", "demo-agent"));
        let scope_spans: Vec<u8> = spans.iter().flat_map(|span| wire::bytes(2, span)).collect();
        let protobuf = wire::bytes(1, &[resource, wire::bytes(2, &scope_spans)].concat());
        let decoded = decode_traces(&protobuf, Encoding::Protobuf, &Limits::default()).unwrap();
        assert_eq!(decoded.spans.len(), SPANS);
        let json = encode_json_lines(&decoded.spans, &[], &[]).into_bytes();
        for (encoding, body) in [(Encoding::Protobuf, &protobuf), (Encoding::Json, &json)] {
            for threads in [1, 2] {
                let rate = spans_per_second(body, encoding, threads);
                let megabytes = rate * body.len() as f64 / SPANS as f64 / 1e6;
                println!(
                    "{name} {encoding:?} {} bytes a span, {threads} threads: \
                     {rate:.0} spans/s, {megabytes:.0} MB/s",
                    body.len() / SPANS
                );
            }
        }
    }
}

fn spans_per_second(body: &[u8], encoding: Encoding, threads: usize) -> f64 {
    let begin = Instant::now();
    let rounds: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut rounds = 0;
                    while begin.elapsed() < Duration::from_secs(2) {
                        let decoded = decode_traces(body, encoding, &Limits::default()).unwrap();
                        std::hint::black_box(&decoded);
                        rounds += 1;
                    }
                    rounds
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    (rounds * SPANS) as f64 / begin.elapsed().as_secs_f64()
}

fn attribute_text(number: u64, key: &str, text: &str) -> Vec<u8> {
    wire::attribute(number, key.as_bytes(), &wire::bytes(1, text.as_bytes()))
}

fn ids(index: usize) -> Vec<u8> {
    let index = index as u64 + 1;
    [
        wire::bytes(1, &[7; 16]),
        wire::bytes(2, &index.to_be_bytes()),
        wire::bytes(4, &(index / 2 + 1).to_be_bytes()),
        wire::integer(6, 3),
        wire::fixed64(7, 1_795_154_476_000_000_000 + index),
        wire::fixed64(8, 1_795_154_477_000_000_000 + index),
    ]
    .concat()
}

fn narrow(index: usize) -> Vec<u8> {
    let mut span = [ids(index), wire::bytes(5, b"execute_tool get_weather")].concat();
    for (key, text) in [
        ("gen_ai.operation.name", "execute_tool"),
        ("gen_ai.tool.name", "get_weather"),
        ("gen_ai.tool.call.id", "call_1234567890"),
        ("gen_ai.tool.call.arguments", "{\"city\": \"Paris\"}"),
        ("gen_ai.tool.call.result", "21C and sunny"),
        ("session.id", "sess-123"),
        ("gen_ai.agent.name", "planner"),
    ] {
        span.extend(attribute_text(9, key, text));
    }
    span
}

fn wide(index: usize) -> Vec<u8> {
    let mut span = [ids(index), wire::bytes(5, b"chat gpt-5-mini")].concat();
    let message = "{\"role\": \"user\", \"parts\": [{\"type\": \"text\", \"content\": \
                   \"What is the weather in Paris, and what should I wear?\"}]}, ";
    for (key, repeat) in [("gen_ai.input.messages", 38), ("gen_ai.output.messages", 5)] {
        span.extend(attribute_text(9, key, &message.repeat(repeat)));
    }
    for (key, text) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", "gpt-5-mini"),
        ("gen_ai.response.model", "gpt-5-mini-2026"),
        ("gen_ai.response.id", "resp_1234567890"),
        ("server.address", "127.0.0.1"),
        ("gen_ai.conversation.id", "sess-123"),
        ("session.id", "sess-123"),
        ("user.id", "user-42"),
        ("gen_ai.agent.name", "planner"),
    ] {
        span.extend(attribute_text(9, key, text));
    }
    for key in ["input_tokens", "output_tokens", "cache_read.input_tokens"] {
        let key = format!("gen_ai.usage.{key}");
        span.extend(wire::attribute(9, key.as_bytes(), &wire::integer(3, 120)));
    }
    span
}
