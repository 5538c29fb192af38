//! Claude Code's session files: the lines of one session, of its main thread and of its
//! sub-agents, as runs. Every prompt of a person begins a run; model calls, tools and
//! sub-agents stand below it, by the names that Claude Code's own telemetry uses.
//!
//! The format is not documented; what is read here was found in files of 2.1. A line that
//! says nothing about a run is passed over. `clew import` puts the lines of
//! `SESSION/subagents/agent-ID.jsonl` behind those of `SESSION.jsonl`, and what
//! `agent-ID.meta.json` says as a line of the type `agent-meta`.

mod line;
mod session;
mod thread;

use super::{Reading, records};
use line::Line;
use session::Session;

pub(super) fn read(text: &str, reading: &mut Reading<'_>) {
    let mut lines = Vec::new();
    for (number, _, fields) in records(text, reading.context.limits) {
        match fields.and_then(Line::of) {
            Ok(Some(line)) => lines.push(line),
            Ok(None) => reading.ignore("no part of a run"),
            Err(fault) => reading.reject(number, fault),
        }
    }
    let taken = lines.len() as u64;
    let spans = Session::of(lines).spans();
    reading.decoded.accepted_count += taken;
    for span in spans {
        match crate::parts::check_part(&span, reading.context.limits) {
            Ok(()) => reading.decoded.spans.push(span),
            Err(fault) => reading.reject(0, fault),
        }
    }
}
