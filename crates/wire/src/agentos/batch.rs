//! Many calls about many runs in one body, so that a sender with a queue needs one request
//! and the store one commit.

use clew_model::source::{SourceSpan, StatusCode};
use clew_model::value::Value;

use super::{Context, Run, end_part, start_part, take_events, take_spans};
use crate::decoded::Decoded;
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::Fields;
use crate::limits::Limits;
use crate::parts::{keep_or_reject_at, missing};

/// Levels that `runs` and its elements stand above the body of a single call.
const OWN_DEPTH: usize = 2;

/// `POST /api/ingest/v1/batch`: `{"runs": [{"run_id", "start", "spans", "events", "complete" or
/// "fail"}]}`, each part with the body of its own call. What is wrong with one part is a
/// rejected item; the others land.
pub fn add_batch(body: &[u8], context: &mut Context<'_>) -> Result<Decoded, WireError> {
    let limits = context.limits;
    let deeper = Limits { attribute_depth: limits.attribute_depth + OWN_DEPTH, ..*limits };
    let mut fields = Fields::read(body, &deeper)?;
    let runs = fields.list("runs")?.ok_or_else(|| missing("runs"))?;
    let mut decoded = Decoded { replaced_texts: fields.replaced_texts, ..Decoded::default() };
    for (index, run) in runs.into_iter().enumerate() {
        let place = format!("runs[{index}]");
        if let Err(fault) = take_run(&mut decoded, &place, run, context) {
            reject(&mut decoded, context, place, fault);
        }
    }
    Ok(decoded)
}

/// Takes what is said of one run. An error is about the whole element, and then none of it
/// is taken.
fn take_run(
    decoded: &mut Decoded,
    place: &str,
    element: Value,
    context: &mut Context<'_>,
) -> Parsed<()> {
    let mut fields = Fields::of(element)?;
    let run_id = fields.word("run_id")?.ok_or_else(|| missing("run_id"))?;
    let run = Run::of(&run_id).within("run_id")?;
    let spans = fields.list("spans")?;
    let events = fields.list("events")?;
    let start = fields.any("start");
    let ends = [("complete", StatusCode::Ok), ("fail", StatusCode::Error)]
        .map(|(key, code)| (key, code, fields.any(key)));
    if let Some((name, _)) = fields.rest("").first() {
        return Err(Fault::content("is no part of a run in a batch").within(name));
    }
    if let Some(start) = start {
        let part = Fields::of(start).and_then(|start| start_part(&run, &run_id, start, context));
        take_part(decoded, context, || format!("{place}.start"), part);
    }
    let list = |name: &str| format!("{place}.{name}");
    take_spans(decoded, &run, &list("spans"), spans.unwrap_or_default(), context);
    take_events(decoded, &run, &list("events"), events.unwrap_or_default(), context);
    for (key, code, end) in ends {
        if let Some(end) = end {
            let part = Fields::of(end).and_then(|end| end_part(&run, end, code, context));
            take_part(decoded, context, || format!("{place}.{key}"), part);
        }
    }
    Ok(())
}

fn take_part(
    decoded: &mut Decoded,
    context: &Context<'_>,
    what: impl FnOnce() -> String,
    part: Parsed<SourceSpan>,
) {
    keep_or_reject_at(decoded, context.limits, what, part, |decoded, part| {
        decoded.spans.push(part)
    });
}

fn reject(decoded: &mut Decoded, context: &Context<'_>, place: String, fault: Box<Fault>) {
    take_part(decoded, context, || place, Err(fault));
}
