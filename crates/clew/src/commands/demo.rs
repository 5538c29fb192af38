//! `clew demo`: made-up runs that show what Clew shows, within a minute of the first start.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::traces::plural;
use crate::arguments::Demo;
use crate::client::Client;
use crate::demo;
use crate::demo::run::MadeUpRun;
use crate::render::Screen;
use crate::render::progress::Progress;
use crate::render::style::Style;

/// Spans of one request, as a batching exporter would send them.
const REQUEST_SPANS: usize = 64;

/// Sends each made-up run over OTLP, as any tracer would.
pub(super) fn run(client: &Client, demo: &Demo, screen: &mut Screen) -> anyhow::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as i64;
    // The same ids each time, so that sending twice shows nothing twice.
    let seed = if demo.again { now as u64 } else { 0 };
    let runs = demo::runs(now, seed);
    let mut progress = Progress::new("sending");
    let mut sent = 0;
    for run in &runs {
        for spans in run.spans.chunks(REQUEST_SPANS) {
            let body = run.request(spans);
            client.post("/v1/traces", &body)?;
            sent += spans.len();
            progress.show(|| plural(sent, "span"));
        }
    }
    demo::open_run(client, seed)?;
    drop(progress);
    if screen.json {
        let ids: Vec<&str> = runs.iter().map(|run| run.trace_id.as_str()).collect();
        return screen.value(&json!({ "trace_ids": ids, "spans": sent }));
    }
    report(&runs, sent, screen)
}

fn report(runs: &[MadeUpRun], sent: usize, screen: &mut Screen) -> anyhow::Result<()> {
    screen.line(&format!("sent {} with {}:", plural(runs.len(), "run"), plural(sent, "span")))?;
    for run in runs {
        let id = screen.paint.paint(Style::Faint, &run.trace_id[..super::traces::ID_DIGITS]);
        screen.line(&format!("  {id}  {}", run.story))?;
    }
    screen.line("and one more that is still running. Look at them:")?;
    let failing = runs.iter().find(|run| run.failed).map_or("", |run| &run.trace_id[..8]);
    for line in [
        "  clew traces list".to_owned(),
        format!("  clew traces show {failing}"),
        format!("  clew traces show {failing} --transcript"),
        "  clew traces stats --by agent".to_owned(),
    ] {
        screen.line(&line)?;
    }
    Ok(())
}
