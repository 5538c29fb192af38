//! What MLflow says about a run: the third version of its protocol in one call at the end,
//! the second in one at the start and one at the end, and tags at any time.

use clew_model::ids::TraceId;
use clew_model::source::{SourceSpan, StatusCode};
use clew_model::value::{Attributes, Value};

use super::{Context, assessment, note};
use crate::decoded::Decoded;
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::{Fields, wrong_type};
use crate::json::write::payload;
use crate::parts::{check_part, keep_or_reject, missing};

/// Where the sender's own tags stand.
const TAG: &str = "mlflow.trace.tag.";
/// Where the sender's own metadata stand.
const METADATA: &str = "mlflow.trace.metadata.";
/// MLflow's own keys stand as they are.
const OWN: &str = "mlflow.";

/// A call about one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// MLflow's id of the run.
    pub request_id: String,
    /// The run.
    pub trace_id: TraceId,
    /// The experiment that it says it belongs to.
    pub experiment_id: Option<String>,
    /// The note, with the assessments that came along.
    pub decoded: Decoded,
}

impl Told {
    /// Names the project of the run.
    pub fn set_project(&mut self, name: &str) {
        for note in &mut self.decoded.notes {
            note.attributes.push(("mlflow.experimentName".to_owned(), name.into()));
        }
    }
}

/// `POST /api/3.0/mlflow/traces`.
pub fn trace_info(body: &[u8], context: &Context<'_>) -> Result<Told, WireError> {
    let mut whole = Fields::read(body, context.limits)?;
    let mut trace = object(&mut whole, "trace")?;
    let mut info = object(&mut trace, "trace_info").within("trace")?;
    let told = read_info(&mut info).within("trace.trace_info")?;
    let mut told =
        Told { decoded: Decoded { replaced_texts: whole.replaced_texts, ..told.decoded }, ..told };
    let assessments = info.list("assessments").within("trace.trace_info")?.unwrap_or_default();
    for (index, item) in assessments.into_iter().enumerate() {
        let label = Fields::of(item)
            .and_then(|fields| assessment::label_of(&told.request_id, fields, context));
        let decoded = &mut told.decoded;
        keep_or_reject(decoded, context.limits, "assessments", index, label, |decoded, label| {
            decoded.labels.push(label);
        });
    }
    let rest = info.rest("mlflow.trace_info.");
    for note in &mut told.decoded.notes {
        note.attributes.extend(rest.clone());
        check_part(note, context.limits)?;
    }
    Ok(told)
}

fn read_info(info: &mut Fields) -> Parsed<Told> {
    let request_id = required(info, "trace_id")?;
    let begun = info.time("request_time")?;
    let took = info.text("execution_duration")?.map(|text| duration(&text)).transpose();
    let took = took.within("execution_duration")?;
    let mut said = note(&request_id, 0).within("trace_id")?;
    let state = info.text("state")?.unwrap_or_default();
    said.status.code = status(&state);
    // A run that goes on is older than its end, whenever that is told.
    let end = begun.unwrap_or(0).saturating_add(took.unwrap_or(0));
    said.version = Some(if is_over(&state) { end } else { begun.unwrap_or(0) });
    let experiment_id = experiment(info)?;
    push_text(&mut said, "mlflow.trace.state", Some(state));
    push_text(&mut said, "mlflow.experimentId", experiment_id.clone());
    push_time(&mut said, "mlflow.request_time", begun);
    push_time(&mut said, "mlflow.execution_duration", took);
    push_text(&mut said, "mlflow.trace.client_request_id", info.word("client_request_id")?);
    push_text(&mut said, "mlflow.trace.request_preview", info.text("request_preview")?);
    push_text(&mut said, "mlflow.trace.response_preview", info.text("response_preview")?);
    keep_pairs(&mut said.attributes, info.prefixed("trace_metadata", "")?, METADATA);
    keep_pairs(&mut said.attributes, info.prefixed("tags", "")?, TAG);
    Ok(told(request_id, experiment_id, said))
}

/// `POST /api/2.0/mlflow/traces`, to which the server gives the id.
pub fn start_trace(
    request_id: &str,
    body: &[u8],
    context: &Context<'_>,
) -> Result<Told, WireError> {
    let mut fields = Fields::read(body, context.limits)?;
    let experiment_id = fields.word("experiment_id")?;
    let begun = fields.time("timestamp_ms")?;
    let mut said = note(request_id, begun.unwrap_or(context.now_nanos))?;
    push_text(&mut said, "mlflow.experimentId", experiment_id.clone());
    push_time(&mut said, "mlflow.request_time", begun);
    keep_older(&mut said.attributes, &mut fields)?;
    check_part(&said, context.limits)?;
    Ok(told(request_id.to_owned(), experiment_id, said))
}

/// `PATCH /api/2.0/mlflow/traces/{request_id}`.
pub fn end_trace(request_id: &str, body: &[u8], context: &Context<'_>) -> Result<Told, WireError> {
    let mut fields = Fields::read(body, context.limits)?;
    let over = fields.time("timestamp_ms")?;
    let state = fields.text("status")?.unwrap_or_default();
    let mut said = note(request_id, over.unwrap_or(context.now_nanos)).within("request_id")?;
    said.status.code = status(&state);
    push_text(&mut said, "mlflow.trace.state", Some(state));
    push_time(&mut said, "mlflow.trace.end_time", over);
    fields.any("request_id");
    keep_older(&mut said.attributes, &mut fields)?;
    check_part(&said, context.limits)?;
    Ok(told(request_id.to_owned(), None, said))
}

/// `PATCH .../traces/{id}/tags`: one tag, given or (`value` none) taken back.
pub fn set_tag(request_id: &str, body: &[u8], context: &Context<'_>) -> Result<Told, WireError> {
    let mut fields = Fields::read(body, context.limits)?;
    let key = required(&mut fields, "key")?;
    let value = fields.any("value").unwrap_or_else(|| "".into());
    let mut said = note(request_id, context.now_nanos).within("request_id")?;
    keep_pairs(&mut said.attributes, vec![(key, value)], TAG);
    check_part(&said, context.limits)?;
    Ok(told(request_id.to_owned(), None, said))
}

/// `POST .../traces/link-prompts`: the prompts that a run used.
pub fn link_prompts(body: &[u8], context: &Context<'_>) -> Result<Told, WireError> {
    let mut fields = Fields::read(body, context.limits)?;
    let request_id = required(&mut fields, "trace_id")?;
    let mut said = note(&request_id, context.now_nanos).within("trace_id")?;
    let prompts = fields.any("prompt_versions").unwrap_or_default();
    said.attributes.push(("mlflow.linkedPrompts".to_owned(), payload(prompts)));
    check_part(&said, context.limits)?;
    Ok(told(request_id, None, said))
}

fn told(request_id: String, experiment_id: Option<String>, said: SourceSpan) -> Told {
    let trace_id = said.trace_id;
    let decoded = Decoded { notes: vec![said], accepted_count: 1, ..Decoded::default() };
    Told { request_id, trace_id, experiment_id, decoded }
}

fn object(fields: &mut Fields, key: &str) -> Parsed<Fields> {
    match fields.any(key) {
        Some(value) => Fields::of(value).within(key),
        None => Err(missing(key)),
    }
}

pub(super) fn required(fields: &mut Fields, key: &str) -> Parsed<String> {
    fields.word(key)?.ok_or_else(|| missing(key))
}

/// The experiment, which stands two levels down.
fn experiment(info: &mut Fields) -> Parsed<Option<String>> {
    let Some(location) = info.any("trace_location") else { return Ok(None) };
    let mut location = Fields::of(location).within("trace_location")?;
    let Some(experiment) = location.any("mlflow_experiment") else { return Ok(None) };
    Fields::of(experiment)?.word("experiment_id").within("trace_location.mlflow_experiment")
}

fn status(state: &str) -> StatusCode {
    match state {
        "OK" => StatusCode::Ok,
        "ERROR" => StatusCode::Error,
        _ => StatusCode::Unset,
    }
}

fn is_over(state: &str) -> bool {
    matches!(state, "OK" | "ERROR")
}

/// Nanoseconds of protobuf's `1.5s`.
fn duration(text: &str) -> Parsed<i64> {
    let seconds = text.strip_suffix('s').and_then(|number| number.parse::<f64>().ok());
    match seconds.map(|seconds| (seconds * 1e9).round()) {
        Some(nanos) if (0.0..9e18).contains(&nanos) => Ok(nanos as i64),
        _ => Err(Fault::content("is no duration such as \"1.5s\"")),
    }
}

fn push_text(said: &mut SourceSpan, key: &str, text: Option<String>) {
    let text = text.filter(|text| !text.is_empty());
    said.attributes.extend(text.map(|text| (key.to_owned(), Value::String(text))));
}

fn push_time(said: &mut SourceSpan, key: &str, nanos: Option<i64>) {
    said.attributes.extend(nanos.map(|nanos| (key.to_owned(), Value::Int(nanos))));
}

/// MLflow's own keys as they are, the sender's behind a prefix.
fn keep_pairs(attributes: &mut Attributes, pairs: Attributes, prefix: &str) {
    for (key, value) in pairs {
        let key = if key.starts_with(OWN) { key } else { format!("{prefix}{key}") };
        attributes.push((key, value));
    }
}

/// Tags and metadata of the second version: lists of keys and values.
fn keep_older(attributes: &mut Attributes, fields: &mut Fields) -> Parsed<()> {
    for (field, prefix) in [("request_metadata", METADATA), ("tags", TAG)] {
        for (index, item) in fields.list(field)?.unwrap_or_default().into_iter().enumerate() {
            let pair = pair(item).within(&format!("{field}[{index}]"))?;
            keep_pairs(attributes, vec![pair], prefix);
        }
    }
    attributes.extend(fields.rest("mlflow.trace_info."));
    Ok(())
}

fn pair(item: Value) -> Parsed<(String, Value)> {
    let Value::Map(_) = &item else { return Err(wrong_type("an object", &item)) };
    let mut fields = Fields::of(item)?;
    Ok((required(&mut fields, "key")?, fields.any("value").unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use clew_model::value::attribute;

    use super::*;
    use crate::limits::Limits;

    const RUN: &str = "tr-e593952dfb6b600a1d561a1528dd671e";

    fn with<T>(call: impl FnOnce(&Context<'_>) -> T) -> T {
        let limits = Limits::default();
        call(&Context { now_nanos: 1_800_000_000_000_000_000, limits: &limits })
    }

    fn text<'a>(told: &'a Told, key: &str) -> Option<&'a str> {
        attribute(&told.decoded.notes[0].attributes, key).and_then(Value::as_str)
    }

    /// As recorded from MLflow 3.17.2, shortened.
    #[test]
    fn what_is_said_of_a_run_becomes_a_note() {
        let body = br#"{"trace":{"trace_info":{"trace_id":"tr-e593952dfb6b600a1d561a1528dd671e",
            "trace_location":{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"1"}},
            "request_time":"2026-11-20T06:25:54.749Z","execution_duration":"2.062s","state":"OK",
            "trace_metadata":{"mlflow.trace.user":"user-42","mlflow.trace.session":"sess-123","own":"1"},
            "tags":{"t":"demo","mlflow.traceName":"demo"},"request_preview":"hi","new":{"a":1},
            "assessments":[{"assessment_name":"good","feedback":{"value":1}},{"feedback":{}}]}}}"#;
        let told = with(|context| trace_info(body, context)).unwrap();
        assert_eq!(told.trace_id.to_string(), "e593952dfb6b600a1d561a1528dd671e");
        assert_eq!(told.experiment_id.as_deref(), Some("1"));
        let note = &told.decoded.notes[0];
        assert_eq!(note.status.code, StatusCode::Ok);
        // 06:25:54.749 and 2.062 s.
        assert_eq!(note.version, Some(1_795_155_956_811_000_000));
        assert_eq!(text(&told, "mlflow.trace.session"), Some("sess-123"));
        assert_eq!(text(&told, "mlflow.traceName"), Some("demo"));
        assert_eq!(text(&told, "mlflow.trace.tag.t"), Some("demo"));
        assert_eq!(text(&told, "mlflow.trace.metadata.own"), Some("1"));
        assert!(attribute(&note.attributes, "mlflow.trace_info.new").is_some());
        assert_eq!((told.decoded.labels.len(), told.decoded.rejected_count), (1, 1));
    }

    #[test]
    fn the_second_version_tells_a_run_in_two_calls() {
        let body = br#"{"experiment_id":"5","timestamp_ms":1700000000000,
            "request_metadata":[{"key":"mlflow.trace.session","value":"s"}],
            "tags":[{"key":"mlflow.traceName","value":"n"},{"key":"mine","value":"x"}]}"#;
        let told = with(|context| start_trace(RUN, body, context)).unwrap();
        assert_eq!(told.decoded.notes[0].version, Some(1_700_000_000_000_000_000));
        assert_eq!(text(&told, "mlflow.trace.tag.mine"), Some("x"));
        let body = br#"{"request_id":"x","timestamp_ms":1700000002000,"status":"ERROR"}"#;
        let told = with(|context| end_trace(RUN, body, context)).unwrap();
        assert_eq!(told.decoded.notes[0].status.code, StatusCode::Error);
        assert_eq!(told.decoded.notes[0].version, Some(1_700_000_002_000_000_000));
    }

    #[test]
    fn a_tag_said_later_is_newer() {
        let told = with(|context| set_tag(RUN, br#"{"key":"k","value":"v"}"#, context)).unwrap();
        assert_eq!(text(&told, "mlflow.trace.tag.k"), Some("v"));
        assert_eq!(told.decoded.notes[0].version, Some(1_800_000_000_000_000_000));
    }

    #[test]
    fn what_cannot_be_understood_names_its_place() {
        let error =
            |body: &[u8]| with(|context| trace_info(body, context)).unwrap_err().to_string();
        assert_eq!(error(b"{}"), "trace: is missing");
        assert_eq!(
            error(br#"{"trace":{"trace_info":{}}}"#),
            "trace.trace_info.trace_id: is missing"
        );
        assert_eq!(
            error(br#"{"trace":{"trace_info":{"trace_id":"tr-1","execution_duration":"long"}}}"#),
            "trace.trace_info.execution_duration: is no duration such as \"1.5s\""
        );
        let zeros =
            br#"{"trace":{"trace_info":{"trace_id":"tr-00000000000000000000000000000000"}}}"#;
        assert_eq!(error(zeros), "trace.trace_info.trace_id: id is all zeros");
    }
}
