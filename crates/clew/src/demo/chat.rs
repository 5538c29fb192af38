//! A conversation of three turns, a trace each, in the names of the Vercel AI SDK.

use serde_json::{Value as Json, json};

use super::run::{MadeUpRun, Recorder};

const TURNS: [(&str, &str); 3] = [
    (
        "Plan me two days in Lisbon with a five-year-old.",
        "Day one: the oceanarium in the morning, the cable car, an ice cream by the river. Day two: tram 28 early, the castle, a playground at Jardim da Estrela.",
    ),
    (
        "It will rain on day two.",
        "Then swap: the Pavilion of Knowledge for the castle; it is indoors and made for children. Keep the tram.",
    ),
    (
        "And where do we eat?",
        "Near the oceanarium: Cantinho, simple grilled fish. On day two: the market hall; everybody finds something.",
    ),
];

/// Three runs of one session.
pub(super) fn conversation(start_nanos: i64, seed: u64) -> Vec<MadeUpRun> {
    const BETWEEN_TURNS: i64 = 95_000_000_000;
    let mut history: Vec<Json> = vec![json!({
        "role": "system", "content": "You are a travel guide who knows children.",
    })];
    TURNS
        .iter()
        .enumerate()
        .map(|(number, (question, answer))| {
            history
                .push(json!({ "role": "user", "content": [{ "type": "text", "text": question }] }));
            let start = start_nanos + number as i64 * BETWEEN_TURNS;
            let made = turn(number as u64, start, seed, question, answer, &history);
            history.push(
                json!({ "role": "assistant", "content": [{ "type": "text", "text": answer }] }),
            );
            made
        })
        .collect()
}

fn turn(
    number: u64,
    start_nanos: i64,
    seed: u64,
    question: &str,
    answer: &str,
    history: &[Json],
) -> MadeUpRun {
    let story = ["a chat of three turns: the question", "the second turn", "the third turn"]
        [number as usize % 3];
    let mut run = Recorder::new(story, "travel-chat", start_nanos, seed, 10 + number);
    let input = 180 + 140 * number;
    run.open(
        "ai.streamText",
        json!({
            "operation.name": "ai.streamText travel-guide",
            "ai.operationId": "ai.streamText",
            "ai.telemetry.functionId": "travel-guide",
            "ai.telemetry.metadata.sessionId": format!("lisbon-{seed}"),
            "ai.telemetry.metadata.userId": "jonas",
            "ai.prompt": json!({ "prompt": question }).to_string(),
            "ai.usage.inputTokens": input,
            "ai.usage.outputTokens": 74 - 11 * number,
        }),
    );
    run.span(
        "ai.streamText.doStream",
        2_100 + 300 * number as i64,
        json!({
            "operation.name": "ai.streamText.doStream travel-guide",
            "ai.operationId": "ai.streamText.doStream",
            "ai.model.id": "gpt-5-mini",
            "ai.model.provider": "openai.responses",
            "ai.prompt.messages": json!(history).to_string(),
            "ai.response.text": answer,
            "ai.response.msToFirstChunk": 412.5,
            "ai.response.finishReason": "stop",
            "ai.usage.inputTokens": input,
            "ai.usage.outputTokens": 74 - 11 * number,
            "gen_ai.system": "openai.responses",
            "gen_ai.request.model": "gpt-5-mini",
            "gen_ai.usage.input_tokens": input,
            "gen_ai.usage.output_tokens": 74 - 11 * number,
        }),
        None,
    );
    run.close(json!({ "ai.response.text": answer }), None);
    run.finish()
}
