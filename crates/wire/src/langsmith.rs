//! LangSmith's runs, as its SDKs for Python and JavaScript send them: one by one, in
//! batches of JSON, or as a multipart form; with feedback and attachments.

mod answer;
mod feedback;
mod known;
mod order;
mod run;

use std::borrow::Cow;
use std::collections::HashMap;

use clew_model::attachment::{AttachmentContent, NewAttachment};
use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;

use crate::decoded::{Decoded, Rejected};
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::limits::Limits;
use crate::multipart::{self, Part};
use crate::otlp::utf8;
use crate::parts::{checked_span_id, checked_trace_id, keep_or_reject};
use crate::raw::{RawFields, elements, whole};

use known::Known;
use run::Call;

pub use crate::multipart::boundary;

/// What a call needs from outside.
pub struct Context<'a> {
    /// The time where the sender gave none.
    pub now_nanos: i64,
    /// The trace of a run of an earlier request, by its span.
    pub trace_of: &'a dyn Fn(SpanId) -> Option<TraceId>,
    /// Bounds on the body.
    pub limits: &'a Limits,
}

/// `POST /runs`.
pub fn create_run(body: &[u8], context: &Context<'_>) -> Result<Decoded, WireError> {
    let (text, replaced_texts) = utf8(body);
    let mut fields = RawFields::read_body(&text)?;
    let id = run::id_of(&mut fields)?;
    one(&id, Call::Post, fields, replaced_texts, context)
}

/// `PATCH /runs/{id}`.
pub fn update_run(id: &str, body: &[u8], context: &Context<'_>) -> Result<Decoded, WireError> {
    let (text, replaced_texts) = utf8(body);
    let mut fields = RawFields::read_body(&text)?;
    fields.raw("id");
    one(id, Call::Patch, fields, replaced_texts, context)
}

fn one(
    id: &str,
    call: Call,
    fields: RawFields<'_>,
    replaced_texts: u64,
    context: &Context<'_>,
) -> Result<Decoded, WireError> {
    let span = run::part(id, call, fields, &Known::default(), context)?;
    Ok(Decoded { spans: vec![span], accepted_count: 1, replaced_texts, ..Decoded::default() })
}

/// `POST /runs/batch`: `{"post":[...],"patch":[...]}`.
pub fn batch(body: &[u8], context: &Context<'_>) -> Result<Decoded, WireError> {
    let (text, replaced_texts) = utf8(body);
    let mut fields = RawFields::read_body(&text)?;
    let mut decoded = Decoded { replaced_texts, ..Decoded::default() };
    let lists = [
        ("post", Call::Post, fields.list("post")?.unwrap_or_default()),
        ("patch", Call::Patch, fields.list("patch")?.unwrap_or_default()),
    ];
    let mut known = Known::default();
    for fields in lists.iter().flat_map(|(_, _, items)| items) {
        if let Ok(mut fields) = RawFields::read(fields)
            && let Ok(id) = run::id_of(&mut fields)
        {
            known.note(&id, &fields);
        }
    }
    for (name, call, items) in lists {
        for (index, item) in items.into_iter().enumerate() {
            let part = RawFields::read(item).and_then(|mut fields| {
                let id = run::id_of(&mut fields)?;
                run::part(&id, call, fields, &known, context)
            });
            keep_or_reject(&mut decoded, context.limits, name, index, part, keep_span);
        }
    }
    Ok(decoded)
}

fn keep_span(decoded: &mut Decoded, span: SourceSpan) {
    decoded.spans.push(span);
}

/// `POST /feedback`: one, or a list of them. The second is whether one of them is about a run
/// of which nothing is known; `has_trace` tells whether a trace is.
pub fn feedback(
    body: &[u8],
    context: &Context<'_>,
    has_trace: &dyn Fn(TraceId) -> bool,
) -> Result<(Decoded, bool), WireError> {
    let (text, replaced_texts) = utf8(body);
    let mut decoded = Decoded { replaced_texts, ..Decoded::default() };
    let items = match text.trim_start().starts_with('[') {
        true => elements(&text, context.limits.items_per_request)?,
        false => vec![text.as_ref()],
    };
    let (mut known, mut is_unknown) = (Known::default(), false);
    for (index, item) in items.into_iter().enumerate() {
        let label = RawFields::read_body(item).and_then(|fields| {
            if !feedback::finds_run(&fields, &mut known, context, has_trace) {
                is_unknown = true;
                return Err(Fault::content("names a run that is not here").within("run_id"));
            }
            feedback::label(fields, &known, context)
        });
        keep_or_reject(&mut decoded, context.limits, "feedback", index, label, |decoded, label| {
            decoded.labels.push(label);
        });
    }
    Ok((decoded, is_unknown))
}

/// `POST /runs/multipart`. The body is refused whole where its last boundary is missing:
/// the SDK would not send the other half again, and half a run would read as a whole one.
pub fn multipart(body: &[u8], boundary: &str, context: &Context<'_>) -> Result<Decoded, WireError> {
    let parts = multipart::parts(body, boundary, context.limits.items_per_request)?;
    let mut decoded = Decoded::default();
    let texts: Vec<Cow<'_, str>> = parts
        .iter()
        .map(|part| match part.name.starts_with("attachment.") {
            true => Cow::Borrowed(""),
            false => {
                let (text, replaced) = utf8(part.content);
                decoded.replaced_texts += replaced;
                text
            }
        })
        .collect();
    let mut form = Form::default();
    for (part, text) in parts.iter().zip(&texts) {
        if let Err(fault) = form.add(part, text) {
            reject(&mut decoded, context.limits, part.name, &fault);
        }
    }
    form.read(&mut decoded, context);
    Ok(decoded)
}

fn reject(decoded: &mut Decoded, limits: &Limits, what: &str, fault: &Fault) {
    decoded.rejected_count += 1;
    if decoded.rejected.len() < limits.reasons_kept {
        let what: String = what.chars().take(200).collect();
        decoded.rejected.push(Rejected { what, reason: fault.reason() });
    }
}

/// The parts of a form, those of one run together.
#[derive(Default)]
struct Form<'a> {
    places: HashMap<(Call, &'a str), usize>,
    runs: Vec<(Call, &'a str, RawFields<'a>)>,
    feedback: Vec<(&'a str, &'a str)>,
    attachments: Vec<(&'a str, &'a str, Part<'a>)>,
}

impl<'a> Form<'a> {
    /// Adds a part by its name: `post.ID`, `patch.ID.outputs`, `feedback.ID`,
    /// `attachment.ID.NAME`.
    fn add(&mut self, part: &Part<'a>, text: &'a str) -> Parsed<()> {
        let (kind, rest) = part.name.split_once('.').unwrap_or((part.name, ""));
        let (id, field) = rest.split_once('.').unwrap_or((rest, ""));
        let call = match kind {
            "post" => Call::Post,
            "patch" => Call::Patch,
            "feedback" => {
                self.feedback.push((part.name, text));
                return Ok(());
            }
            "attachment" => {
                self.attachments.push((id, field, *part));
                return Ok(());
            }
            _ => return Err(Fault::content("is no part of a run, a feedback or an attachment")),
        };
        if id.is_empty() {
            return Err(Fault::content("names no run"));
        }
        let text = text.trim();
        // Read before the run is known: a broken part makes none.
        let core = match field {
            "" => Some(RawFields::read(text)?),
            _ => whole(text).map(|()| None)?,
        };
        let place = *self.places.entry((call, id)).or_insert_with(|| {
            self.runs.push((call, id, RawFields::default()));
            self.runs.len() - 1
        });
        let Some((_, _, fields)) = self.runs.get_mut(place) else { return Ok(()) };
        match core {
            Some(core) => fields.join(core),
            None => fields.put(field, text),
        }
        Ok(())
    }

    fn read(self, decoded: &mut Decoded, context: &Context<'_>) {
        let mut known = Known::default();
        for (_, id, fields) in &self.runs {
            known.note(id, fields);
        }
        for (index, (call, id, mut fields)) in self.runs.into_iter().enumerate() {
            fields.raw("id");
            let part = run::part(id, call, fields, &known, context);
            let name = if call == Call::Post { "post" } else { "patch" };
            keep_or_reject(decoded, context.limits, name, index, part, keep_span);
        }
        for (name, text) in self.feedback {
            let label =
                RawFields::read(text).and_then(|fields| feedback::label(fields, &known, context));
            match label {
                Ok(label) => {
                    decoded.accepted_count += 1;
                    decoded.labels.push(label);
                }
                Err(fault) => reject(decoded, context.limits, name, &fault),
            }
        }
        for (id, name, part) in self.attachments {
            match attachment(id, name, &part, &known, context) {
                Ok(file) => {
                    decoded.accepted_count += 1;
                    decoded.attachments.push(file);
                }
                Err(fault) => reject(decoded, context.limits, part.name, &fault),
            }
        }
    }
}

fn attachment(
    id: &str,
    name: &str,
    part: &Part<'_>,
    known: &Known,
    context: &Context<'_>,
) -> Parsed<NewAttachment> {
    let span_id = checked_span_id(id).within("run")?;
    let trace_id = match known.trace_of(span_id, context) {
        Some(trace_id) => trace_id,
        None => checked_trace_id(id).within("run")?,
    };
    Ok(NewAttachment {
        trace_id,
        span_id: Some(span_id),
        sender_id: None,
        name: if name.is_empty() { "attachment".to_owned() } else { name.to_owned() },
        content_type: content_type(part.content_type).to_owned(),
        content: AttachmentContent::Bytes(part.content.to_vec()),
    })
}

/// The media type without the length that JavaScript's SDK writes behind it.
fn content_type(said: &str) -> &str {
    match said.split_once(';') {
        Some((kind, rest)) if rest.trim_start().starts_with("length=") => kind.trim(),
        _ => said,
    }
}
