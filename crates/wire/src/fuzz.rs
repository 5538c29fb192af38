//! Entry functions for fuzzers: any bytes may go in, nothing may panic, and what was
//! understood can be given out and read again.

use crate::agentos::{self, Context};
use crate::decoded::Decoded;
use crate::limits::Limits;
use crate::otlp::{self, Encoding, Signal};
use crate::{braintrust, laminar, langfuse, langsmith, mlflow, openai_agents, phoenix, traceloop};

/// All three signals as protobuf.
pub fn protobuf(bytes: &[u8]) {
    decode(bytes, Encoding::Protobuf);
}

/// All three signals as JSON.
pub fn json(bytes: &[u8]) {
    decode(bytes, Encoding::Json);
}

fn decode(bytes: &[u8], encoding: Encoding) {
    let limits = Limits::default();
    let decoders = [otlp::decode_traces, otlp::decode_logs, otlp::decode_metrics];
    for (decode, signal) in decoders.iter().zip([Signal::Traces, Signal::Logs, Signal::Metrics]) {
        let Ok(decoded) = decode(bytes, encoding, &limits) else { continue };
        otlp::encode_response(signal, encoding, &decoded);
        export(&decoded);
    }
}

/// Every AgentOS call.
pub fn agentos(bytes: &[u8]) {
    let mut new_id = || "00000000000000000000000000000001".to_owned();
    let limits = Limits::default();
    let mut context = Context { now_nanos: 1, new_id: &mut new_id, limits: &limits };
    let run = "0198c3c2-b5d0-7f3e-8a4f-1234567890ab";
    let calls = [
        agentos::start_run(bytes, &mut context).map(|run| run.decoded),
        agentos::add_spans(run, bytes, &mut context),
        agentos::add_events(run, bytes, &mut context),
        agentos::complete_run(run, bytes, &mut context),
        agentos::fail_run(run, bytes, &mut context),
    ];
    calls.iter().flatten().for_each(export);
}

/// What the exporter of OpenAI's Agents SDK sends.
pub fn openai_agents(bytes: &[u8]) {
    if let Ok(decoded) = openai_agents::decode(bytes, &Limits::default()) {
        export(&decoded);
    }
}

/// Langfuse's events and scores.
pub fn langfuse(bytes: &[u8]) {
    let limits = Limits::default();
    let mut run_of = |_| None;
    let mut context = langfuse::Context { now_nanos: 1, run_of: &mut run_of, limits: &limits };
    for call in [langfuse::ingest, langfuse::scores] {
        if let Ok(received) = call(bytes, &mut context) {
            export(&received.decoded);
        }
    }
}

/// Braintrust's rows.
pub fn braintrust(bytes: &[u8]) {
    let limits = Limits::default();
    braintrust::overflow(bytes, &limits);
    let mut context = braintrust::Context {
        now_nanos: 1,
        span_of_row: &mut |_| None,
        name_of: &mut |id| Some(id.to_owned()),
        limits: &limits,
    };
    if let Ok(received) = braintrust::rows(bytes, &mut context) {
        export(&received.decoded);
    }
}

/// Every call of LangSmith's SDKs; the boundary of a form is what its first line says.
pub fn langsmith(bytes: &[u8]) {
    let limits = Limits::default();
    let context = langsmith::Context { now_nanos: 1, trace_of: &|_| None, limits: &limits };
    let first_line = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let boundary = std::str::from_utf8(first_line).unwrap_or_default();
    let boundary = boundary.strip_prefix("--").filter(|text| !text.is_empty()).unwrap_or("b");
    let calls = [
        langsmith::create_run(bytes, &context),
        langsmith::update_run("01a1f78d-98cc-7d9d-8c47-a335f3932748", bytes, &context),
        langsmith::batch(bytes, &context),
        langsmith::feedback(bytes, &context, &|_| true).map(|(decoded, _)| decoded),
        langsmith::multipart(bytes, boundary, &context),
    ];
    calls.iter().flatten().for_each(export);
}

/// MLflow's calls, and those that Phoenix, Laminar and Traceloop make beside OpenTelemetry.
pub fn products(bytes: &[u8]) {
    let limits = Limits::default();
    let context = mlflow::Context { now_nanos: 1, limits: &limits };
    let run = "tr-e593952dfb6b600a1d561a1528dd671e";
    let told = [
        mlflow::info::trace_info(bytes, &context),
        mlflow::info::start_trace(run, bytes, &context),
        mlflow::info::end_trace(run, bytes, &context),
        mlflow::info::set_tag(run, bytes, &context),
        mlflow::info::link_prompts(bytes, &context),
    ];
    told.iter().flatten().for_each(|told| export(&told.decoded));
    let calls = [
        mlflow::artifact::spans(bytes, Some(run), &context),
        mlflow::artifact::spans(bytes, None, &context),
        phoenix::spans(bytes, "shop", &limits),
        laminar::tags(bytes, 1, &limits),
        laminar::metadata(bytes, 1, &limits),
        traceloop::annotations(bytes, 1, &limits),
    ];
    calls.iter().flatten().for_each(export);
    if let Ok(label) = mlflow::assessment::created(run, bytes, &context) {
        let _ = mlflow::assessment::changed(&label, bytes, &context);
    }
    for subject in [phoenix::Subject::Span, phoenix::Subject::Session, phoenix::Subject::Note] {
        let _ = phoenix::annotations(subject, bytes, 1, &limits);
    }
}

fn export(decoded: &Decoded) {
    let lines = otlp::encode_json_lines(&decoded.spans, &decoded.run_events, &decoded.notes);
    if lines.is_empty() {
        return;
    }
    let again = otlp::decode_traces(lines.as_bytes(), Encoding::Json, &Limits::default());
    assert!(again.is_ok_and(|again| again.rejected_count == 0), "an export reads back: {lines}");
}
