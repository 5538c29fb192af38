//! Whether a trace meets a condition, by SQL's logic of true, false and unknown.

use std::cmp::Ordering;

use super::{Condition, Field, Operand, Relation, Test};
use crate::agno::instant;

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::agno) enum Fact {
    /// SQL's NULL.
    Absent,
    Text(String),
    /// Microseconds since 1970.
    Time(i64),
    /// Milliseconds.
    Millis(i64),
}

impl From<Option<&str>> for Fact {
    fn from(text: Option<&str>) -> Fact {
        text.map_or(Fact::Absent, |text| Fact::Text(text.to_owned()))
    }
}

/// True, false, or `None` for unknown, which is not found either. `fact` may have to go to
/// the store; it is asked for as little as the answer needs.
pub(in crate::agno) fn evaluate<E>(
    condition: &Condition,
    fact: &mut dyn FnMut(Field) -> Result<Fact, E>,
) -> Result<Option<bool>, E> {
    match condition {
        Condition::And(conditions) => decide(conditions, false, fact),
        Condition::Or(conditions) => decide(conditions, true, fact),
        Condition::Not(inner) => Ok(evaluate(inner, fact)?.map(|truth| !truth)),
        Condition::Leaf(field, test) => Ok(holds(&fact(*field)?, test)),
    }
}

/// One that is `decisive` decides; else an unknown one makes it unknown. What the row
/// itself can tell is asked first.
fn decide<E>(
    conditions: &[Condition],
    decisive: bool,
    fact: &mut dyn FnMut(Field) -> Result<Fact, E>,
) -> Result<Option<bool>, E> {
    let mut all = Some(!decisive);
    for in_spans in [false, true] {
        for condition in conditions.iter().filter(|each| needs_spans(each) == in_spans) {
            match evaluate(condition, fact)? {
                Some(truth) if truth == decisive => return Ok(Some(decisive)),
                None => all = None,
                Some(_) => {}
            }
        }
    }
    Ok(all)
}

fn needs_spans(condition: &Condition) -> bool {
    match condition {
        Condition::And(conditions) | Condition::Or(conditions) => {
            conditions.iter().any(needs_spans)
        }
        Condition::Not(inner) => needs_spans(inner),
        Condition::Leaf(field, _) => field.is_in_spans(),
    }
}

fn holds(fact: &Fact, test: &Test) -> Option<bool> {
    match test {
        Test::Compare(relation, operand) => {
            compare(fact, operand).map(|order| relation.accepts(order))
        }
        Test::Contains(part) => {
            text(fact).map(|text| text.to_lowercase().contains(&part.to_lowercase()))
        }
        Test::StartsWith(part) => {
            text(fact).map(|text| text.to_lowercase().starts_with(&part.to_lowercase()))
        }
        Test::OneOf(operands) => {
            let orders: Vec<Option<Ordering>> =
                operands.iter().map(|operand| compare(fact, operand)).collect();
            if orders.contains(&Some(Ordering::Equal)) {
                return Some(true);
            }
            (!orders.contains(&None)).then_some(false)
        }
    }
}

impl Relation {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Relation::Equal => order.is_eq(),
            Relation::NotEqual => order.is_ne(),
            Relation::Greater => order.is_gt(),
            Relation::GreaterOrEqual => order.is_ge(),
            Relation::Less => order.is_lt(),
            Relation::LessOrEqual => order.is_le(),
        }
    }
}

fn compare(fact: &Fact, operand: &Operand) -> Option<Ordering> {
    match (fact, operand) {
        (Fact::Absent, _) | (_, Operand::Null) => None,
        (Fact::Time(time), Operand::Time(other)) => Some(time.cmp(other)),
        (Fact::Millis(millis), Operand::Number(number)) => (*millis as f64).partial_cmp(number),
        // A column of numbers holds a text for larger than any number.
        (Fact::Millis(_), _) => Some(Ordering::Less),
        (fact, Operand::Text(other)) => text(fact).map(|text| text.as_str().cmp(other)),
        (_, Operand::Time(_) | Operand::Number(_)) => None,
    }
}

fn text(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Absent => None,
        Fact::Text(text) => Some(text.clone()),
        Fact::Time(micros) => Some(instant::stored(*micros)),
        Fact::Millis(millis) => Some(millis.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::parse;
    use super::*;

    /// A trace of bob's agent `a1`, without a team, 86 ms.
    fn fact(field: Field) -> Fact {
        match field {
            Field::UserId => Fact::Text("bob".to_owned()),
            Field::AgentId => Fact::Text("a1".to_owned()),
            Field::Name => Fact::Text("Weather_Agent.arun".to_owned()),
            Field::DurationMs => Fact::Millis(86),
            Field::StartTime => Fact::Time(1_577_836_800_000_000),
            _ => Fact::Absent,
        }
    }

    fn truth(filter: Json) -> Option<bool> {
        let condition = parse(&filter).unwrap();
        evaluate::<()>(&condition, &mut |field| Ok(fact(field))).unwrap()
    }

    fn leaf(op: &str, key: &str, value: Json) -> Json {
        json!({"op": op, "key": key, "value": value})
    }

    #[test]
    fn what_is_absent_is_unknown_even_when_negated() {
        for op in ["EQ", "NEQ", "GT", "LTE", "CONTAINS", "STARTSWITH"] {
            let asked = leaf(op, "team_id", json!("t"));
            assert_eq!(truth(asked.clone()), None, "{op}");
            assert_eq!(truth(json!({"op": "NOT", "condition": asked})), None, "NOT {op}");
        }
        let or = |other: &str| {
            let conditions =
                [leaf("EQ", "team_id", json!("t")), leaf("EQ", "user_id", json!(other))];
            truth(json!({"op": "OR", "conditions": conditions}))
        };
        assert_eq!(or("bob"), Some(true));
        assert_eq!(or("amy"), None);
        let list = json!({"op": "IN", "key": "user_id", "values": ["amy", null]});
        assert_eq!(truth(list), None);
        assert_eq!(truth(json!({"op": "IN", "key": "user_id", "values": []})), Some(false));
    }

    #[test]
    fn text_is_compared_with_case_and_searched_without() {
        assert_eq!(truth(leaf("EQ", "user_id", json!("BOB"))), Some(false));
        assert_eq!(truth(leaf("CONTAINS", "name", json!("AGENT.A"))), Some(true));
        assert_eq!(truth(leaf("CONTAINS", "name", json!("%"))), Some(false));
        assert_eq!(truth(leaf("STARTSWITH", "name", json!("weather"))), Some(true));
        assert_eq!(truth(leaf("STARTSWITH", "name", json!("_eather"))), Some(false));
    }

    #[test]
    fn numbers_and_times_are_compared_as_such() {
        assert_eq!(truth(leaf("GT", "duration_ms", json!("9"))), Some(true));
        assert_eq!(truth(leaf("LTE", "duration_ms", json!(86.0))), Some(true));
        assert_eq!(truth(leaf("LT", "duration_ms", json!("slow"))), Some(true));
        assert_eq!(
            truth(leaf("GTE", "start_time", json!("2020-01-01T05:30:00+05:30"))),
            Some(true)
        );
        assert_eq!(truth(leaf("GTE", "start_time", json!("zzz"))), Some(false));
        assert_eq!(truth(leaf("CONTAINS", "start_time", json!("01-01t00"))), Some(true));
    }
}
