//! What a span cost: as its sender said (span-conventions 3.12), else by the price table.

use serde_json::Value as Json;

use crate::attributes::{AttrView, Key, Source, Table, decode, float_of, key};
use crate::convention::Layers;
use crate::source::SourceEvent;
use crate::usage::{Cost, CostSource, PicoUsd};
use crate::value::{Value, attribute};

use super::events;

/// One sender's way to say what a call cost.
struct Row {
    total: &'static Table,
    input: &'static Table,
    output: &'static Table,
}

/// The cost that the sender reported. Numbers that are not amounts of money go to
/// `rejected`.
pub(crate) fn reported(
    view: &AttrView<'_>,
    span_events: &[SourceEvent],
    rejected: &mut Vec<String>,
) -> Option<Cost> {
    OBJECTS
        .iter()
        .find_map(|(key, members)| from_object(view, *key, members, rejected))
        .or_else(|| {
            ROWS.iter().find_map(|row| {
                let total = amount(view, row.total, rejected);
                let input = amount(view, row.input, rejected);
                let output = amount(view, row.output, rejected);
                whole(total, input, output)
            })
        })
        .or_else(|| of_events(span_events, rejected))
}

/// Total, or the sum of its parts.
fn whole(total: Option<PicoUsd>, input: Option<PicoUsd>, output: Option<PicoUsd>) -> Option<Cost> {
    let total = match (total, input, output) {
        (Some(total), _, _) => total,
        (None, Some(input), Some(output)) => input.plus(output),
        (None, Some(part), None) | (None, None, Some(part)) => part,
        (None, None, None) => return None,
    };
    let source = CostSource::Reported;
    Some(Cost { total, input, output, source, estimated: false, price_version: 0 })
}

fn amount(
    view: &AttrView<'_>,
    sources: &'static Table,
    rejected: &mut Vec<String>,
) -> Option<PicoUsd> {
    view.rows(sources).find_map(|source| {
        let value = view.get(source.key)?;
        let found = dollars(value);
        if found.is_none() {
            rejected.push(source.key.name().to_owned());
        }
        found
    })
}

fn dollars(value: &Value) -> Option<PicoUsd> {
    float_of(value).filter(|amount| *amount >= 0.0).and_then(PicoUsd::from_usd)
}

/// Names of the members that hold total, input and output.
type Members = [&'static str; 3];

fn from_object(
    view: &AttrView<'_>,
    key: Key,
    [total, input, output]: &Members,
    rejected: &mut Vec<String>,
) -> Option<Cost> {
    let object = decode::json_of(view.get(key)?);
    let mut read = |name: &str| match object.get(name)? {
        Json::Null => None,
        found => {
            let amount = found
                .as_f64()
                .or_else(|| found.as_str()?.trim().parse().ok())
                .filter(|amount: &f64| amount.is_finite() && *amount >= 0.0)
                .and_then(PicoUsd::from_usd);
            if amount.is_none() {
                rejected.push(format!("{}.{name}", key.name()));
            }
            amount
        }
    };
    let (total, input, output) = (read(total), read(input), read(output));
    whole(total, input, output)
}

/// Claude Code says what its calls cost in log records, which stand at the interaction,
/// not at the call: a sum, on a span that is no call itself.
fn of_events(span_events: &[SourceEvent], rejected: &mut Vec<String>) -> Option<Cost> {
    let mut total: Option<PicoUsd> = None;
    for event in span_events.iter().filter(|event| events::name(event) == "api_request") {
        match attribute(&event.attributes, "cost_usd").map(dollars) {
            Some(Some(amount)) => total = Some(total.map_or(amount, |sum| sum.plus(amount))),
            Some(None) => rejected.push("cost_usd".to_owned()),
            None => {}
        }
    }
    whole(total, None, None)
}

static OBJECTS: &[(Key, Members)] = &[
    (key("langfuse.observation.cost_details"), ["total", "input", "output"]),
    (key("mlflow.llm.cost"), ["total_cost", "input_cost", "output_cost"]),
];

static ROWS: &[Row] = &[
    Row {
        total: &Table::of(&[Source::any("llm.cost.total")]),
        input: &Table::of(&[Source::any("llm.cost.prompt")]),
        output: &Table::of(&[Source::any("llm.cost.completion")]),
    },
    Row {
        total: &Table::of(&[
            Source::any("gen_ai.usage.cost"),
            Source::any("gen_ai.usage.total_cost"),
        ]),
        input: &Table::of(&[Source::any("gen_ai.usage.input_cost")]),
        output: &Table::of(&[Source::any("gen_ai.usage.output_cost")]),
    },
    Row {
        total: &Table::of(&[Source::any("litellm.cost.total")]),
        input: &Table::of(&[Source::any("litellm.cost.input")]),
        output: &Table::of(&[Source::any("litellm.cost.output")]),
    },
    Row {
        total: &Table::of(&[Source::any("gen_ai.cost.total_cost")]),
        input: &Table::of(&[Source::any("gen_ai.cost.input_cost")]),
        output: &Table::of(&[Source::any("gen_ai.cost.output_cost")]),
    },
    Row {
        total: &Table::of(&[
            Source::any("operation.cost"),
            Source::any("opencode.llm.cost.total"),
            Source::only(Layers::CC, "cost_usd"),
            Source::only(Layers::AO, "agentos.end.cost"),
            Source::only(Layers::AO, "agentos.end.cost_usd"),
        ]),
        input: &Table::of(&[Source::only(Layers::AO, "agentos.end.input_cost")]),
        output: &Table::of(&[Source::only(Layers::AO, "agentos.end.output_cost")]),
    },
];
