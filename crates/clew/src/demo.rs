//! The made-up runs of `clew demo`. Each is a file that reads as a story; what they say
//! is invented, their shape is that of real agents.

mod chat;
mod coder;
mod research;
pub(crate) mod run;
mod support;

use serde_json::json;

use crate::client::Client;
use run::MadeUpRun;

/// Every run, oldest first, as if it had happened within the last hour.
pub(crate) fn runs(now_nanos: i64, seed: u64) -> Vec<MadeUpRun> {
    const MINUTE: i64 = 60_000_000_000;
    let ago = |minutes: i64| now_nanos - minutes * MINUTE;
    let mut runs = vec![
        support::refund(ago(52), seed),
        research::market_report(ago(41), seed),
        coder::failing_fix(ago(29), seed),
        support::blocked_injection(ago(11), seed),
    ];
    runs.extend(chat::conversation(ago(8), seed));
    runs
}

/// One run that is still going on, over the AgentOS calls, since an OTLP exporter sends a
/// span only when it has ended.
pub(crate) fn open_run(client: &Client, seed: u64) -> anyhow::Result<()> {
    let run_id = format!("demo-nightly-{seed}");
    let body = json!({
        "run_id": run_id, "agent_name": "nightly-indexer", "name": "index the night's tickets",
        "input": "Index every ticket that was closed today.",
    });
    client.post("/api/ingest/v1/runs", &body)?;
    let spans = json!({ "spans": [
        { "id": "list", "name": "list closed tickets", "kind": "step" },
        { "id": "plan", "parent_id": "list", "name": "gpt-5-mini", "kind": "llm",
          "data": { "input": "Which of these 212 tickets are worth indexing?" },
          "end_data": { "input_tokens": 4210, "output_tokens": 388, "cached_input_tokens": 2048 } },
        { "id": "embed", "parent_id": "list", "name": "embed_batch", "kind": "tool",
          "data": { "arguments": { "batch": 3, "of": 9 } } },
    ]});
    client.post(&format!("/api/ingest/v1/runs/{run_id}/spans"), &spans)?;
    let events = json!({ "events": [
        { "id": "started", "name": "batch started", "data": { "batch": 3, "of": 9 } },
    ]});
    client.post(&format!("/api/ingest/v1/runs/{run_id}/events"), &events)?;
    Ok(())
}
