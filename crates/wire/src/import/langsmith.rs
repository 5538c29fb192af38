//! LangSmith's runs, as its SDK's `list_runs` and its exports give them, one a record or as
//! a tree in `child_runs`.

use clew_model::value::Value;

use super::{Reading, records};
use crate::WireError;
use crate::decoded::Decoded;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::json::write::value;
use crate::langsmith::{Context, create_run};

/// Runs inside runs are followed this deep.
const DEPTH_MAX: usize = 64;

pub(super) fn read(text: &str, reading: &mut Reading<'_>) {
    let (now_nanos, limits) = (reading.context.file_nanos, reading.context.limits);
    // Records name their runs themselves.
    let context = Context { now_nanos, trace_of: &|_| None, limits };
    for (number, line, fields) in records(text, limits) {
        match fields {
            Ok(fields) if !fields.has("child_runs") => {
                reading.absorb(number, create_run(line.as_bytes(), &context));
            }
            Ok(fields) => tree(fields, number, 0, &context, reading),
            Err(fault) => reading.reject(number, fault),
        }
    }
}

fn tree(
    mut run: Fields,
    number: usize,
    depth: usize,
    context: &Context<'_>,
    reading: &mut Reading<'_>,
) {
    let children = match run.list("child_runs") {
        Ok(children) => children.unwrap_or_default(),
        Err(fault) => return reading.reject(number, fault),
    };
    let mut body = String::new();
    value(&mut body, &Value::Map(run.rest("")));
    let decoded: Result<Decoded, WireError> = create_run(body.as_bytes(), context);
    reading.absorb(number, decoded);
    for child in children {
        match Fields::of(child) {
            Ok(child) if depth < DEPTH_MAX => tree(child, number, depth + 1, context, reading),
            Ok(_) => {
                let why = format!("runs nest deeper than {DEPTH_MAX} levels");
                reading.reject(number, Fault::content(why));
            }
            Err(fault) => reading.reject(number, fault),
        }
    }
}
