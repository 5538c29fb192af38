//! Langfuse's exports: runs with their observations and scores, as its API and its page give
//! them, or observations alone. Each becomes the events that its SDK of version 2 sends.

use clew_model::value::{Attributes, Value};

use super::{Reading, records};
use crate::WireError;
use crate::decoded::Decoded;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::json::write::value;
use crate::langfuse::{Context, ingest};

pub(super) fn read(text: &str, reading: &mut Reading<'_>) {
    let (now_nanos, limits) = (reading.context.file_nanos, reading.context.limits);
    for (number, _, fields) in records(text, limits) {
        // Records name their runs themselves.
        let mut context = Context { now_nanos, run_of: &mut |_| None, limits };
        match fields {
            Ok(fields) => reading.absorb(number, record(fields, &mut context)),
            Err(fault) => reading.reject(number, fault),
        }
    }
}

fn record(mut fields: Fields, context: &mut Context<'_>) -> Result<Decoded, WireError> {
    let mut events = Vec::new();
    if fields.has("traceId") {
        events.push(observation(fields, None)?);
    } else if fields.has("id") {
        let trace = fields.word("id")?;
        let observations = fields.list("observations")?.unwrap_or_default();
        let scores = fields.list("scores")?.unwrap_or_default();
        let mut pairs = fields.rest("");
        pairs.extend(trace.clone().map(|id| ("id".to_owned(), Value::String(id))));
        events.push(event("trace-create", pairs));
        for inner in observations {
            // Where only their ids are listed, they stand in a file of their own.
            if matches!(inner, Value::Map(_)) {
                events.push(observation(Fields::of(inner)?, trace.as_deref())?);
            }
        }
        for score in scores {
            if let Value::Map(pairs) = score {
                events.push(event("score-create", with_trace(pairs, trace.as_deref())));
            }
        }
    } else {
        let why = "this is no record of Langfuse: a run has `id`, an observation `traceId`";
        return Err(Fault::content(why).into());
    }
    let mut body = String::new();
    value(&mut body, &map([("batch", Value::Array(events))]));
    Ok(ingest(body.as_bytes(), context)?.decoded)
}

/// An observation or a score that stands alone.
fn observation(mut fields: Fields, trace: Option<&str>) -> Result<Value, WireError> {
    if fields.has("value") || fields.has("stringValue") {
        let pairs = fields.rest("");
        return Ok(event("score-create", with_trace(pairs, trace)));
    }
    let kind = fields.text("type")?.unwrap_or_default().to_lowercase();
    let model = fields.any("model").or_else(|| fields.any("providedModelName"));
    let cost = fields.any("calculatedTotalCost").or_else(|| fields.any("totalCost"));
    let mut pairs = fields.rest("");
    pairs.extend(model.map(|model| ("model".to_owned(), model)));
    if let Some(cost @ (Value::Double(_) | Value::Int(_))) = cost
        && !pairs.iter().any(|(key, _)| key == "costDetails")
    {
        pairs.push(("costDetails".to_owned(), map([("total", cost)])));
    }
    let kind = if kind.is_empty() { "span".to_owned() } else { kind };
    Ok(event(&format!("{kind}-create"), with_trace(pairs, trace)))
}

fn with_trace(mut pairs: Attributes, trace: Option<&str>) -> Attributes {
    if let Some(trace) = trace
        && !pairs.iter().any(|(key, _)| key == "traceId")
    {
        pairs.push(("traceId".to_owned(), trace.into()));
    }
    pairs
}

fn event(kind: &str, body: Attributes) -> Value {
    let id = body.iter().find(|(key, _)| key == "id").and_then(|(_, id)| id.as_str());
    let said = ["timestamp", "startTime", "createdAt"];
    let at = said.iter().find_map(|name| body.iter().find(|(key, _)| key == name));
    let at = at.map_or(Value::Empty, |(_, at)| at.clone());
    let id = Value::String(format!("import-{kind}-{}", id.unwrap_or_default()));
    map([("id", id), ("type", kind.into()), ("timestamp", at), ("body", Value::Map(body))])
}

fn map<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    Value::Map(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
