//! Braintrust's rows (`/logs3`). JSON in, parts of spans, labels and events out, told in the
//! attributes that Braintrust reads over OpenTelemetry.
//!
//! A span may come as one row or as several, in any order; a row that does not say `_is_merge`
//! merges all the same, or a late first row would wipe what came after it.

mod feedback;
mod files;
mod row;

use std::collections::HashMap;

use clew_model::ids::{SpanId, TraceId};
use clew_model::label::Label;
use clew_model::source::{RunEvent, SourceSpan};
use clew_model::value::{Attributes, Value, attribute};

use crate::batch::Shape;
use crate::decoded::Decoded;
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::Fields;
use crate::limits::Limits;
use crate::parts::{check_part, check_sizes, keep_or_reject, missing};

const ROWS: Shape = Shape {
    list: "rows",
    alone: false,
    inside: None,
    payloads: &["input", "output", "expected"],
    quoted: true,
};

/// What a request needs from outside.
pub struct Context<'a> {
    /// The time where the sender gave none.
    pub now_nanos: i64,
    /// The span of a row that was sent before: feedback names the row alone.
    pub span_of_row: &'a mut dyn FnMut(&str) -> Option<(TraceId, SpanId)>,
    /// Name of a project or an experiment, by its id.
    pub name_of: &'a mut dyn FnMut(&str) -> Option<String>,
    /// Bounds on the body.
    pub limits: &'a Limits,
}

/// A decoded request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Received {
    /// Parts of spans, labels, comments.
    pub decoded: Decoded,
    /// Ids of the rows, in order.
    pub ids: Vec<String>,
    /// Files that the rows name and that come apart.
    pub references: Vec<Reference>,
}

/// A file that a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Braintrust's key of it.
    pub key: String,
    /// Its name.
    pub filename: String,
    /// Its media type, as the sender says.
    pub content_type: String,
    /// The run.
    pub trace_id: TraceId,
    /// The span.
    pub span_id: SpanId,
}

/// A body of `/logs3` that only names rows which were uploaded apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overflow {
    /// The key that was given out for the upload.
    pub key: String,
}

/// Reads a body of `/logs3` as a mere reference, where it is one.
pub fn overflow(body: &[u8], limits: &Limits) -> Option<Overflow> {
    const REFERENCE_MAX_BYTES: usize = 16 * 1024;
    if body.len() > REFERENCE_MAX_BYTES {
        return None;
    }
    let rows = Fields::read(body, limits).ok()?.any("rows")?;
    let mut reference = Fields::of(rows).ok()?;
    let kind = reference.text("type").ok()??;
    let key = reference.word("key").ok()??;
    (kind == "logs3_overflow").then_some(Overflow { key })
}

/// `POST /logs3`.
pub fn rows(body: &[u8], context: &mut Context<'_>) -> Result<Received, WireError> {
    let batch = ROWS.read(body, context.limits)?;
    let mut received = Received::default();
    received.decoded.replaced_texts = batch.replaced_texts;
    let mut spans = HashMap::new();
    // Feedback may stand before the row that it is about.
    for (id, ids) in batch.items.iter().flatten().filter_map(row::ids) {
        spans.insert(id, ids);
    }
    let mut known = Known { spans, names: HashMap::new() };
    for (index, item) in batch.items.into_iter().enumerate() {
        let mut id = String::new();
        let said = item.and_then(|mut fields| {
            id = fields.word("id")?.unwrap_or_default();
            said(fields, &id, &mut known, context)
        });
        received.ids.push(id);
        let said = said.and_then(|said| said.checked(context.limits));
        let part = said.as_ref().ok().and_then(|said| said.part.as_ref());
        received.references.extend(part.map(files::named).unwrap_or_default());
        keep_or_reject(
            &mut received.decoded,
            context.limits,
            "rows",
            index,
            said,
            |decoded, said| {
                said.add_to(decoded);
            },
        );
    }
    Ok(received)
}

/// What is known of the rows and projects that a request names.
struct Known {
    spans: HashMap<String, (TraceId, SpanId)>,
    names: HashMap<String, Option<String>>,
}

impl Known {
    fn span(&self, row: &str, context: &mut Context<'_>) -> Parsed<(TraceId, SpanId)> {
        let found = self.spans.get(row).copied().or_else(|| (context.span_of_row)(row));
        found.ok_or_else(|| Fault::content(format!("no span is known of the row {row:?}")))
    }

    fn name(&mut self, id: &str, context: &mut Context<'_>) -> Option<String> {
        let named = self.names.entry(id.to_owned());
        named.or_insert_with(|| (context.name_of)(id)).clone()
    }
}

/// What one row says.
#[derive(Default)]
struct Said {
    part: Option<SourceSpan>,
    labels: Vec<Label>,
    event: Option<RunEvent>,
    /// Why it says nothing about a run.
    ignored: Option<&'static str>,
}

impl Said {
    fn checked(self, limits: &Limits) -> Parsed<Said> {
        if let Some(part) = &self.part {
            check_part(part, limits)?;
        }
        for label in &self.labels {
            check_sizes(&label.name, &Vec::new(), limits).within("scores")?;
        }
        Ok(self)
    }

    fn add_to(self, decoded: &mut Decoded) {
        decoded.spans.extend(self.part);
        decoded.labels.extend(self.labels);
        decoded.run_events.extend(self.event);
        if let Some(why) = self.ignored {
            *decoded.ignored.entry(why.to_owned()).or_default() += 1;
        }
    }
}

fn said(
    mut fields: Fields,
    id: &str,
    known: &mut Known,
    context: &mut Context<'_>,
) -> Parsed<Said> {
    let ignored = |why| Ok(Said { ignored: Some(why), ..Said::default() });
    if fields.any("_object_delete") == Some(Value::Bool(true)) {
        return ignored("deleted row");
    }
    if fields.has("dataset_id") {
        return ignored("row of a dataset");
    }
    if fields.has("prompt_session_id") || fields.has("function_data") {
        return ignored("row of a playground");
    }
    if id.is_empty() {
        return Err(missing("id"));
    }
    if fields.has("comment") {
        return feedback::comment(fields, id, known, context);
    }
    row::said(fields, id, known, context)
}

/// Takes any value as it is: objects merge deeply with what other rows say.
fn take_any(attributes: &mut Attributes, fields: &mut Fields, key: &str, ours: &str) {
    let value = fields.any(key).filter(|value| *value != Value::Map(Vec::new()));
    attributes.extend(value.map(|value| (ours.to_owned(), value)));
}

/// A member of an object.
fn member<'a>(object: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    match object? {
        Value::Map(members) => attribute(members, name).filter(|value| **value != Value::Empty),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
