//! Scores and comments: what was said about a span.

use clew_model::label::{Label, LabelSource, LabelTarget};
use clew_model::source::{RunEvent, SourceSpan};
use clew_model::value::Value;

use super::{Context, Known, Said, member};
use crate::batch::inner;
use crate::fault::{Parsed, Within};
use crate::fields::{Fields, wrong_type};
use crate::parts::missing;

/// The scores of a row. A score of null says that there is none.
pub(super) fn scores(fields: &Fields, part: &SourceSpan, created: i64) -> Parsed<Vec<Label>> {
    let Some(Value::Map(scores)) = fields.get("scores") else { return Ok(Vec::new()) };
    let target = LabelTarget::Span { trace_id: part.trace_id, span_id: part.span_id };
    let said = scores.iter().filter(|(name, value)| *value != Value::Empty && !name.is_empty());
    said.map(|(name, value)| {
        let (score, word) = match value {
            Value::Int(number) => (Some(*number as f64), None),
            Value::Double(number) if number.is_finite() => (Some(*number), None),
            Value::Bool(yes) => (Some(f64::from(u8::from(*yes))), Some(yes.to_string())),
            other => return Err(wrong_type("a number", other).within(name).within("scores")),
        };
        Ok(Label {
            target: target.clone(),
            name: name.clone(),
            score,
            value: word,
            explanation: None,
            source: LabelSource::Sdk,
            author: author(fields),
            created_nanos: created,
        })
    })
    .collect()
}

/// A comment on a row: a label, which the next comment of the same person replaces, and an
/// event of the run, which stays.
pub(super) fn comment(
    mut fields: Fields,
    id: &str,
    known: &Known,
    context: &mut Context<'_>,
) -> Parsed<Said> {
    let mut comment = inner(&mut fields, "comment")?;
    let text = comment.text("text").within("comment")?.ok_or_else(|| missing("comment.text"))?;
    let row = inner(&mut fields, "origin")?.word("id").within("origin")?;
    let row = row.ok_or_else(|| missing("origin.id"))?;
    let (trace_id, span_id) = known.span(&row, context).within("origin.id")?;
    let created_nanos = fields.time("created")?.unwrap_or(context.now_nanos);
    let author = author(&fields);
    let about = [
        ("text", Some(text.clone())),
        ("span_id", Some(span_id.to_string())),
        ("author", Some(author.clone()).filter(|author| !author.is_empty())),
    ];
    let about = about.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.into())));
    let event = RunEvent {
        trace_id,
        event_id: id.to_owned(),
        time_nanos: created_nanos,
        name: "comment".to_owned(),
        attributes: about.collect(),
    };
    let label = Label {
        target: LabelTarget::Span { trace_id, span_id },
        name: "comment".to_owned(),
        score: None,
        value: None,
        explanation: Some(text),
        source: LabelSource::Sdk,
        author,
        created_nanos,
    };
    Ok(Said { labels: vec![label], event: Some(event), ..Said::default() })
}

/// Who gave the feedback, where the sender says: empty on scores that a program gave.
fn author(fields: &Fields) -> String {
    let who = member(fields.get("_audit_metadata"), "user_id").and_then(Value::as_str);
    who.unwrap_or_default().to_owned()
}
