//! MLflow's runs: `traces.json` as it lies among the artifacts, and whole runs with their
//! info, as `Trace.to_json` writes them.

use clew_model::value::Value;

use super::{Reading, records};
use crate::WireError;
use crate::decoded::Decoded;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::json::write::{Object, value};
use crate::mlflow::{Context, artifact, info};

pub(super) fn read(text: &str, reading: &mut Reading<'_>) {
    let context = Context { now_nanos: reading.context.file_nanos, limits: reading.context.limits };
    for (number, line, fields) in records(text, reading.context.limits) {
        match fields {
            Ok(fields) if fields.has("spans") => {
                reading.absorb(number, artifact::spans(line.as_bytes(), None, &context));
            }
            Ok(fields) => reading.absorb(number, whole_run(fields, &context)),
            Err(fault) => reading.reject(number, fault),
        }
    }
}

fn whole_run(mut fields: Fields, context: &Context<'_>) -> Result<Decoded, WireError> {
    let (Some(told), Some(data)) = (fields.any("info"), fields.any("data")) else {
        let why = "this is no run of MLflow: `spans`, or `info` and `data`, are expected";
        return Err(Fault::content(why).into());
    };
    let request = wrapped("trace", &wrapped_value("trace_info", told));
    let mut decoded = info::trace_info(request.as_bytes(), context)?.decoded;
    let mut data_text = String::new();
    value(&mut data_text, &data);
    let spans = artifact::spans(data_text.as_bytes(), None, context)?;
    decoded.spans.extend(spans.spans);
    decoded.rejected.extend(spans.rejected);
    decoded.rejected_count += spans.rejected_count;
    Ok(decoded)
}

fn wrapped(key: &str, json: &str) -> String {
    let mut out = String::new();
    let mut object = Object::open(&mut out);
    object.key(key).push_str(json);
    object.close();
    out
}

fn wrapped_value(key: &str, of: Value) -> String {
    let mut json = String::new();
    value(&mut json, &of);
    wrapped(key, &json)
}
