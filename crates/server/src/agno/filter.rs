//! agno's filter expressions: `{"op":"AND","conditions":[{"op":"EQ","key":"status",...}]}`.

mod evaluate;
mod prefilter;

use serde_json::Value as Json;

use super::{instant, python};

pub(super) use evaluate::{Fact, evaluate};
pub(super) use prefilter::{May, prefilter};

/// Operators above a leaf, at most.
const DEPTH_MAX: usize = 10;

/// What can be asked of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    TraceId,
    Name,
    Status,
    StartTime,
    EndTime,
    CreatedAt,
    DurationMs,
    RunId,
    SessionId,
    UserId,
    AgentId,
    TeamId,
    WorkflowId,
}

impl Field {
    fn from_key(key: &str) -> Option<Field> {
        Some(match key {
            "trace_id" => Field::TraceId,
            "name" => Field::Name,
            "status" => Field::Status,
            "start_time" => Field::StartTime,
            "end_time" => Field::EndTime,
            "created_at" => Field::CreatedAt,
            "duration_ms" => Field::DurationMs,
            "run_id" => Field::RunId,
            "session_id" => Field::SessionId,
            "user_id" => Field::UserId,
            "agent_id" => Field::AgentId,
            "team_id" => Field::TeamId,
            "workflow_id" => Field::WorkflowId,
            _ => return None,
        })
    }

    /// Known only from the attributes of a span, not from the row of the trace.
    pub(super) fn is_in_spans(self) -> bool {
        matches!(self, Field::RunId | Field::AgentId | Field::TeamId | Field::WorkflowId)
    }

    fn is_time(self) -> bool {
        matches!(self, Field::StartTime | Field::EndTime | Field::CreatedAt)
    }
}

/// A filter that has been read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// All of them. Of none: everything.
    And(Vec<Condition>),
    /// One of them.
    Or(Vec<Condition>),
    /// As SQL has it: what is unknown stays unknown.
    Not(Box<Condition>),
    /// One field.
    Leaf(Field, Test),
}

/// What a field is tested for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// How the value stands to the operand.
    Compare(Relation, Operand),
    /// Case ignored.
    Contains(String),
    /// Case ignored.
    StartsWith(String),
    /// One of these.
    OneOf(Vec<Operand>),
}

/// EQ, NEQ, GT, GTE, LT, LTE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// The other side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// As text; also what should have been a time or a number and is none.
    Text(String),
    /// Microseconds since 1970.
    Time(i64),
    /// Milliseconds.
    Number(f64),
    /// `null` in a list: nothing is equal to it, nor unequal.
    Null,
}

/// Why there is no filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The structure is wrong: 400 with this text.
    Invalid(String),
    /// agno's store fails at this inside of itself and answers with nothing found.
    NothingFound(String),
}

/// Reads the member `filter` of a search.
pub(super) fn parse(filter: &Json) -> Result<Condition, Fault> {
    let mut notes = Vec::new();
    let condition = parse_at(filter, 0, &mut notes).map_err(Fault::Invalid)?;
    match notes.into_iter().next() {
        Some(note) => Err(Fault::NothingFound(note)),
        None => Ok(condition),
    }
}

/// The whole structure is checked before any field is looked at, as agno does; what its
/// store would stumble over is noted.
fn parse_at(filter: &Json, depth: usize, notes: &mut Vec<String>) -> Result<Condition, String> {
    if depth > DEPTH_MAX {
        return Err(format!("Filter expression exceeds maximum nesting depth of {DEPTH_MAX}"));
    }
    let shown = || python::value(filter);
    let Some(op) = filter.get("op") else {
        return Err(format!("Invalid filter dictionary: must contain 'op' key. Got: {}", shown()));
    };
    let op = op.as_str().map_or_else(|| python::value(op), str::to_owned);
    let needs = |fields: &str| format!("{op} filter requires {fields}. Got: {}", shown());
    match op.as_str() {
        "AND" | "OR" => {
            let conditions = filter
                .get("conditions")
                .and_then(Json::as_array)
                .ok_or_else(|| needs("'conditions' field"))?;
            if conditions.is_empty() {
                notes.push(format!("{op} of no conditions"));
            }
            let conditions: Result<_, _> =
                conditions.iter().map(|each| parse_at(each, depth + 1, notes)).collect();
            Ok(if op == "AND" { Condition::And(conditions?) } else { Condition::Or(conditions?) })
        }
        "NOT" => {
            let inner = filter.get("condition").ok_or_else(|| needs("'condition' field"))?;
            Ok(Condition::Not(Box::new(parse_at(inner, depth + 1, notes)?)))
        }
        "IN" => match (filter.get("key"), filter.get("values")) {
            (Some(key), Some(values)) => Ok(one_of(key, values, notes)),
            _ => Err(needs("'key' and 'values' fields")),
        },
        "CONTAINS" | "STARTSWITH" => match (filter.get("key"), filter.get("value")) {
            (Some(key), Some(value)) => Ok(part_of(&op, key, value, notes)),
            _ => Err(needs("'key' and 'value' fields")),
        },
        _ => {
            let relation = relation(&op).ok_or_else(|| format!("Unknown filter operator: {op}"))?;
            match (filter.get("key"), filter.get("value")) {
                (Some(key), Some(value)) => Ok(comparison(relation, key, value, notes)),
                _ => Err(needs("'key' and 'value' fields")),
            }
        }
    }
}

fn relation(op: &str) -> Option<Relation> {
    Some(match op {
        "EQ" => Relation::Equal,
        "NEQ" => Relation::NotEqual,
        "GT" => Relation::Greater,
        "GTE" => Relation::GreaterOrEqual,
        "LT" => Relation::Less,
        "LTE" => Relation::LessOrEqual,
        _ => return None,
    })
}

/// Stands for a condition that a note has been made of; it is never evaluated.
const NOTED: Condition = Condition::Or(Vec::new());

fn field(key: &Json, notes: &mut Vec<String>) -> Option<Field> {
    let field = key.as_str().and_then(Field::from_key);
    if field.is_none() {
        notes.push(format!("there is no field {}", python::value(key)));
    }
    field
}

fn comparison(relation: Relation, key: &Json, value: &Json, notes: &mut Vec<String>) -> Condition {
    let Some(field) = field(key, notes) else { return NOTED };
    match operand(field, value) {
        Some(operand) => Condition::Leaf(field, Test::Compare(relation, operand)),
        None => {
            notes.push(format!("{} is nothing to compare with", python::value(value)));
            NOTED
        }
    }
}

fn part_of(op: &str, key: &Json, value: &Json, notes: &mut Vec<String>) -> Condition {
    let Some(field) = field(key, notes) else { return NOTED };
    let Some(text) = text_of(value) else {
        notes.push(format!("{} is no text", python::value(value)));
        return NOTED;
    };
    let test = if op == "CONTAINS" { Test::Contains(text) } else { Test::StartsWith(text) };
    Condition::Leaf(field, test)
}

fn one_of(key: &Json, values: &Json, notes: &mut Vec<String>) -> Condition {
    let Some(field) = field(key, notes) else { return NOTED };
    let operands = values.as_array().and_then(|values| {
        values
            .iter()
            .map(|value| if value.is_null() { Some(Operand::Null) } else { operand(field, value) })
            .collect::<Option<_>>()
    });
    match operands {
        Some(operands) => Condition::Leaf(field, Test::OneOf(operands)),
        None => {
            notes.push(format!("{} is no list of values", python::value(values)));
            NOTED
        }
    }
}

/// A value as the column of its field would take it.
fn operand(field: Field, value: &Json) -> Option<Operand> {
    let text = text_of(value)?;
    if field.is_time() && value.is_string() {
        return Some(instant::parse(&text).map_or(Operand::Text(text), Operand::Time));
    }
    if field == Field::DurationMs {
        let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        return Some(number.map_or(Operand::Text(text), Operand::Number));
    }
    Some(Operand::Text(text))
}

fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(u8::from(*flag).to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(depth: usize) -> Json {
        let leaf = json!({"op": "EQ", "key": "status", "value": "OK"});
        (0..depth).fold(leaf, |inner, _| json!({"op": "NOT", "condition": inner}))
    }

    #[test]
    fn a_wrong_structure_is_told_in_agnos_words() {
        for (filter, words) in [
            (
                json!({"key": "status"}),
                "Invalid filter dictionary: must contain 'op' key. Got: {'key': 'status'}",
            ),
            (
                json!({"op": "EQ", "key": "status"}),
                "EQ filter requires 'key' and 'value' fields. Got: {'op': 'EQ', 'key': 'status'}",
            ),
            (json!({"op": "eq", "key": "status", "value": "OK"}), "Unknown filter operator: eq"),
            (json!({"op": "LIKE", "key": "name", "value": "x"}), "Unknown filter operator: LIKE"),
            (nested(11), "Filter expression exceeds maximum nesting depth of 10"),
            (json!({"op": "AND"}), "AND filter requires 'conditions' field. Got: {'op': 'AND'}"),
            (
                json!({"op": "OR", "conditions": [5]}),
                "Invalid filter dictionary: must contain 'op' key. Got: 5",
            ),
        ] {
            assert_eq!(parse(&filter), Err(Fault::Invalid(words.to_owned())), "{filter}");
        }
        assert!(parse(&nested(10)).is_ok());
    }

    #[test]
    fn what_agnos_store_fails_at_finds_nothing() {
        for filter in [
            json!({"op": "EQ", "key": "input", "value": "x"}),
            json!({"op": "EQ", "key": "user_id", "value": null}),
            json!({"op": "AND", "conditions": []}),
            json!({"op": "IN", "key": "user_id", "values": "bob"}),
            json!({"op": "NOT", "condition": {"op": "GT", "key": "total_spans", "value": 3}}),
        ] {
            assert!(matches!(parse(&filter), Err(Fault::NothingFound(_))), "{filter}");
        }
        // A wrong structure anywhere comes first.
        let both = json!({"op": "AND", "conditions": [
            {"op": "EQ", "key": "input", "value": "x"}, {"op": "LIKE"}]});
        assert!(matches!(parse(&both), Err(Fault::Invalid(_))));
    }

    #[test]
    fn values_take_the_type_of_their_column() {
        let read =
            |key: &str, value: Json| match parse(&json!({"op": "GT", "key": key, "value": value}))
                .unwrap()
            {
                Condition::Leaf(_, Test::Compare(_, operand)) => operand,
                other => panic!("{other:?}"),
            };
        assert_eq!(read("duration_ms", json!("1000")), Operand::Number(1000.0));
        assert_eq!(read("duration_ms", json!("slow")), Operand::Text("slow".to_owned()));
        assert_eq!(read("user_id", json!(5)), Operand::Text("5".to_owned()));
        assert_eq!(read("start_time", json!("2020-01-01")), Operand::Time(1_577_836_800_000_000));
        assert_eq!(read("start_time", json!("zzz")), Operand::Text("zzz".to_owned()));
    }
}
