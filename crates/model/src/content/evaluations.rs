//! Verdicts and guardrails that came with a span (span-conventions 3.16).

use serde_json::Value as Json;

use super::Evaluation;
use crate::attributes::indexed::{Members, entries, member};
use crate::attributes::{AttrView, Key, decode, float_of, key, text_of};
use crate::normalise::events;
use crate::source::{Sender, SourceEvent, SourceSpan};
use crate::span::Category;
use crate::value::{Value, attribute};

/// Every verdict on the span, its trace or its session.
pub(super) fn evaluations(
    source: &SourceSpan,
    view: &AttrView<'_>,
    category: Category,
) -> Vec<Evaluation> {
    let mut found: Vec<Evaluation> = source.events.iter().filter_map(of_event).collect();
    for (prefix, inner, target) in FLATTENED {
        found.extend(
            entries(view.all(), prefix)
                .values()
                .filter_map(|members| flattened(members, inner, target)),
        );
    }
    found.extend(of_scores(source, view));
    if category == Category::Evaluator && found.is_empty() {
        found.extend(of_output(view, source.name.as_deref().unwrap_or("")));
    }
    found
}

/// Prefix of the list, name inside an entry, target.
const FLATTENED: &[(&str, &str, &str)] = &[
    ("evaluations.", "evaluation", "span"),
    ("annotations.", "annotation", "span"),
    ("trace.evaluations.", "evaluation", "trace"),
    ("trace.annotations.", "annotation", "trace"),
    ("session.evaluations.", "evaluation", "session"),
    ("session.annotations.", "annotation", "session"),
];

fn flattened(members: &Members<'_>, inner: &str, target: &str) -> Option<Evaluation> {
    let field = |name: &str| member(members, &format!("{inner}.{name}"));
    let text = |name: &str| field(name).and_then(text_of).map(|text| text.into_owned());
    Some(Evaluation {
        name: text("name")?,
        score: field("score").and_then(float_of),
        label: text("label"),
        explanation: text("explanation"),
        annotator: text("annotator_kind"),
        target: target.to_owned(),
    })
}

fn of_event(event: &SourceEvent) -> Option<Evaluation> {
    let (prefix, label, explanation) = match events::name(event) {
        "gen_ai.evaluation.result" => ("gen_ai.evaluation.", "score.label", "explanation"),
        "gen_ai.guardrail.result" => ("gen_ai.guardrail.", "result.value", "result.reason"),
        _ => return None,
    };
    let field =
        |name: &str| -> Option<&Value> { attribute(&event.attributes, &format!("{prefix}{name}")) };
    let text = |name: &str| field(name).and_then(text_of).map(|text| text.into_owned());
    Some(Evaluation {
        name: text("name")
            .or_else(|| text("component.name"))
            .or_else(|| text("policy.id"))
            .unwrap_or_else(|| "guardrail".to_owned()),
        score: field("score.value").and_then(float_of),
        label: text(label).or_else(|| text("result.type")),
        explanation: text(explanation),
        annotator: None,
        target: "span".to_owned(),
    })
}

/// Braintrust's scores by name. Those of its own rows are labels of the span already.
fn of_scores(source: &SourceSpan, view: &AttrView<'_>) -> Vec<Evaluation> {
    let scores = view.get(const { key("braintrust.scores") }).map(decode::json_of);
    let Some(Json::Object(scores)) = scores.filter(|_| source.sender != Sender::Braintrust) else {
        return Vec::new();
    };
    let verdicts = scores.into_iter().filter_map(|(name, score)| {
        Some(Evaluation {
            name,
            score: Some(score.as_f64()?),
            label: None,
            explanation: None,
            annotator: None,
            target: "span".to_owned(),
        })
    });
    verdicts.collect()
}

static OUTPUTS: &[Key] = &[
    key("output.value"),
    key("langfuse.observation.output"),
    key("braintrust.output_json"),
    key("braintrust.output"),
    key("lmnr.span.output"),
    key("mlflow.spanOutputs"),
];

/// An evaluator's own answer: a number, or an object with a score.
fn of_output(view: &AttrView<'_>, name: &str) -> Option<Evaluation> {
    let value = OUTPUTS.iter().find_map(|key| view.get(*key))?;
    let json = match decode::json_of(value) {
        Json::String(text) => serde_json::from_str(text.trim()).unwrap_or(Json::String(text)),
        other => other,
    };
    let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    let score = json.as_f64().or_else(|| json.get("score").and_then(Json::as_f64));
    let label = text("label").or_else(|| text("value"));
    if score.is_none() && label.is_none() {
        return None;
    }
    Some(Evaluation {
        name: text("name").unwrap_or_else(|| name.to_owned()),
        score,
        label,
        explanation: text("explanation").or_else(|| text("reason")).or_else(|| text("comment")),
        annotator: None,
        target: "span".to_owned(),
    })
}
