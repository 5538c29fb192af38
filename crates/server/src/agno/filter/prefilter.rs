//! What the store can look for itself: a condition as an expression of our filter language.
//! Where the two languages do not mean quite the same, the expression lets more through, and
//! says so; the rows are then held against the condition one by one.

use clew_query::{
    Comparison, Expr, Field as Known, FieldRef, Namespace, NumberTest, Place, Predicate,
    Relation as Sign, Subject, Term, Test as KnownTest, TextPattern, TimeRange, Wildcard,
    WordPattern,
};

use super::{Condition, Field, Operand, Relation, Test};
use crate::agno::instant;
use crate::agno::run::id_keys;

/// A condition for the store.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::agno) struct Prefilter {
    /// Which traces may meet it.
    pub(in crate::agno) may: May,
    /// Those are the very ones that meet it.
    pub(in crate::agno) is_exact: bool,
}

/// Traces that may meet a condition.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::agno) enum May {
    /// All.
    All,
    /// None.
    None,
    /// Those that meet the expression.
    Some(Expr),
}

/// What the store is asked for.
pub(in crate::agno) fn prefilter(condition: &Condition) -> Prefilter {
    translate(condition, false)
}

/// Negation is carried down to the leaves: around the outside it would take what is absent
/// for met, where SQL takes it for unknown.
fn translate(condition: &Condition, negated: bool) -> Prefilter {
    match condition {
        Condition::Not(inner) => translate(inner, !negated),
        Condition::And(conditions) => joined(conditions, negated, !negated),
        Condition::Or(conditions) => joined(conditions, negated, negated),
        Condition::Leaf(field, test) => leaf(*field, test, negated),
    }
}

fn joined(conditions: &[Condition], negated: bool, all: bool) -> Prefilter {
    let parts: Vec<Prefilter> =
        conditions.iter().map(|condition| translate(condition, negated)).collect();
    let is_exact = parts.iter().all(|part| part.is_exact);
    let (absorbing, neutral) = if all { (May::None, May::All) } else { (May::All, May::None) };
    if parts.iter().any(|part| part.may == absorbing && (part.is_exact || !all)) {
        return Prefilter { is_exact: is_exact || all, may: absorbing };
    }
    let mut exprs: Vec<Expr> = parts
        .into_iter()
        .filter_map(|part| match part.may {
            May::Some(expr) => Some(expr),
            May::All | May::None => None,
        })
        .collect();
    let may = match exprs.len() {
        0 => neutral,
        1 => exprs.pop().map_or(neutral, May::Some),
        _ => May::Some(if all { Expr::And(exprs) } else { Expr::Or(exprs) }),
    };
    Prefilter { may, is_exact }
}

const EVERYTHING: Prefilter = Prefilter { may: May::All, is_exact: false };
const NOTHING: Prefilter = Prefilter { may: May::None, is_exact: true };

fn exact(expr: Expr) -> Prefilter {
    Prefilter { may: May::Some(expr), is_exact: true }
}

fn leaf(field: Field, test: &Test, negated: bool) -> Prefilter {
    match field {
        // Known to be false even of what is absent.
        _ if matches!(test, Test::OneOf(operands) if operands.is_empty()) => {
            if negated {
                Prefilter { may: May::All, is_exact: true }
            } else {
                NOTHING
            }
        }
        Field::SessionId => text(Known::Session, test, negated),
        Field::UserId => text(Known::User, test, negated),
        Field::Name => text(Known::Name, test, negated),
        Field::Status => status(test, negated),
        Field::TraceId => trace_id(test, negated),
        Field::StartTime => time(Known::Start, test, negated),
        Field::EndTime => time(Known::End, test, negated),
        Field::CreatedAt => time(Known::Arrived, test, negated),
        Field::DurationMs => duration(test, negated),
        Field::RunId | Field::AgentId | Field::TeamId | Field::WorkflowId => {
            in_spans(field, test, negated)
        }
    }
}

fn comparison(field: FieldRef, below: Option<Subject>, test: KnownTest, is_negated: bool) -> Expr {
    let comparison = Comparison { field, below, test, is_negated };
    Expr::Term(Term {
        predicate: Predicate::Comparison(comparison),
        place: Place { from: 0, to: 0 },
    })
}

fn own(field: Known, test: KnownTest, is_negated: bool) -> Expr {
    comparison(FieldRef::Field(field), None, test, is_negated)
}

/// A test of a text, and whether it means the very same. Ours knows several spellings of one
/// character where agno compares bytes.
fn pattern(test: &Test) -> Option<(KnownTest, bool)> {
    let whole = |operand: &Operand| match operand {
        Operand::Text(text) if text.is_ascii() => Some((exactly(text), true)),
        Operand::Text(text) => Some((wildcard(&[text]), false)),
        Operand::Time(_) | Operand::Number(_) | Operand::Null => None,
    };
    match test {
        Test::Compare(Relation::Equal | Relation::NotEqual, operand) => whole(operand),
        Test::Compare(..) => None,
        Test::Contains(part) => Some((wildcard(&["", part, ""]), part.is_ascii())),
        Test::StartsWith(part) => Some((wildcard(&[part, ""]), part.is_ascii())),
        Test::OneOf(operands) => {
            let tests: Option<Vec<_>> = operands.iter().map(whole).collect();
            let (tests, exact): (Vec<_>, Vec<_>) = tests?.into_iter().unzip();
            Some((KnownTest::AnyOf(tests), !exact.contains(&false)))
        }
    }
}

fn exactly(text: &str) -> KnownTest {
    KnownTest::Text(TextPattern::Exact(text.to_owned()))
}

fn wildcard(parts: &[&str]) -> KnownTest {
    let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
    KnownTest::Text(TextPattern::Folded(Wildcard::new(&parts)))
}

fn is_not_equal(test: &Test) -> bool {
    matches!(test, Test::Compare(Relation::NotEqual, _))
}

fn text(field: Known, test: &Test, negated: bool) -> Prefilter {
    let negated = negated != is_not_equal(test);
    match pattern(test) {
        Some((pattern, true)) => exact(own(field, pattern, negated)),
        Some((pattern, false)) if !negated => {
            Prefilter { may: May::Some(own(field, pattern, false)), is_exact: false }
        }
        _ => EVERYTHING,
    }
}

/// agno knows OK and ERROR; a run has failed when its root has.
fn status(test: &Test, negated: bool) -> Prefilter {
    let negated = negated != is_not_equal(test);
    let is = |operand: &Operand, word: &str| *operand == Operand::Text(word.to_owned());
    let wanted: Vec<&Operand> = match test {
        Test::Compare(Relation::Equal | Relation::NotEqual, operand) => vec![operand],
        Test::OneOf(operands) if !operands.contains(&Operand::Null) => operands.iter().collect(),
        _ => return EVERYTHING,
    };
    let ok = wanted.iter().any(|operand| is(operand, "OK")) != negated;
    let error = wanted.iter().any(|operand| is(operand, "ERROR")) != negated;
    let failed = || own(Known::RootStatus, exactly("error"), false);
    match (ok, error) {
        (true, true) => Prefilter { may: May::All, is_exact: true },
        (true, false) => exact(Expr::Not(Box::new(failed()))),
        (false, true) => exact(failed()),
        (false, false) => NOTHING,
    }
}

/// Ids are 32 lower-case digits, and compared with case.
fn trace_id(test: &Test, negated: bool) -> Prefilter {
    let negated = negated != is_not_equal(test);
    let is_id = |text: &str| {
        text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let operands = match test {
        Test::Compare(Relation::Equal | Relation::NotEqual, operand) => {
            std::slice::from_ref(operand)
        }
        Test::OneOf(operands) => operands.as_slice(),
        _ => return EVERYTHING,
    };
    if negated {
        return EVERYTHING;
    }
    let ids: Vec<KnownTest> = operands
        .iter()
        .filter_map(|operand| match operand {
            Operand::Text(text) if is_id(text) => {
                Some(KnownTest::Id(clew_query::IdTest { text: text.clone(), is_prefix: false }))
            }
            _ => None,
        })
        .collect();
    match ids.is_empty() {
        true => NOTHING,
        false => exact(own(Known::Trace, KnownTest::AnyOf(ids), false)),
    }
}

/// The relation that holds exactly where this one fails.
fn opposite(relation: Relation) -> Relation {
    match relation {
        Relation::Equal => Relation::NotEqual,
        Relation::NotEqual => Relation::Equal,
        Relation::Greater => Relation::LessOrEqual,
        Relation::LessOrEqual => Relation::Greater,
        Relation::Less => Relation::GreaterOrEqual,
        Relation::GreaterOrEqual => Relation::Less,
    }
}

/// Bounds in the store's nanoseconds that mean the same as agno's in microseconds.
fn time(field: Known, test: &Test, negated: bool) -> Prefilter {
    let Test::Compare(relation, Operand::Time(micros)) = test else { return EVERYTHING };
    let relation = if negated { opposite(*relation) } else { *relation };
    let this = Some(instant::first_nanos(*micros));
    let next = Some(instant::first_nanos(micros.saturating_add(1)));
    let (from_nanos, to_nanos) = match relation {
        Relation::Equal | Relation::NotEqual => (this, next),
        Relation::Greater => (next, None),
        Relation::GreaterOrEqual => (this, None),
        Relation::Less => (None, this),
        Relation::LessOrEqual => (None, next),
    };
    let range = KnownTest::Time(TimeRange { from_nanos, to_nanos });
    exact(own(field, range, relation == Relation::NotEqual))
}

/// agno compares whole milliseconds.
fn duration(test: &Test, negated: bool) -> Prefilter {
    let Test::Compare(relation, Operand::Number(number)) = test else { return EVERYTHING };
    let relation = if negated { opposite(*relation) } else { *relation };
    if number.abs() > 1e15 {
        return EVERYTHING;
    }
    let (floor, ceiling) = (number.floor() as i128, number.ceil() as i128);
    let nanos = |millis: i128| millis * 1_000_000;
    let test = match relation {
        Relation::Equal | Relation::NotEqual if floor == ceiling => {
            NumberTest::Between(Some(nanos(floor)), Some(nanos(floor + 1) - 1))
        }
        Relation::Equal => return NOTHING,
        Relation::NotEqual => return EVERYTHING,
        Relation::Greater => NumberTest::Compare(Sign::GreaterOrEqual, nanos(floor + 1)),
        Relation::GreaterOrEqual => NumberTest::Compare(Sign::GreaterOrEqual, nanos(ceiling)),
        Relation::Less => NumberTest::Compare(Sign::Less, nanos(ceiling)),
        Relation::LessOrEqual => NumberTest::Compare(Sign::Less, nanos(floor + 1)),
    };
    let is_negated = relation == Relation::NotEqual;
    exact(own(Known::Duration, KnownTest::Number(test), is_negated))
}

/// Some span has the value: more traces than those whose run has it. One value is also a
/// word of the trace's text, and texts have filters that spare reading the spans.
fn in_spans(field: Field, test: &Test, negated: bool) -> Prefilter {
    if negated != is_not_equal(test) {
        return EVERYTHING;
    }
    let Some((pattern, _)) = pattern(test) else { return EVERYTHING };
    let said = id_keys(field).iter().map(|key| {
        let attribute = FieldRef::Open(Namespace::Attr, (*key).to_owned());
        comparison(attribute, Some(Subject::Span), pattern.clone(), false)
    });
    let said = Expr::Or(said.collect());
    let expr = match words(test) {
        Some(words) => Expr::And(vec![said, own(Known::Text, words, false)]),
        None => said,
    };
    Prefilter { may: May::Some(expr), is_exact: false }
}

/// The words of the one value that is asked for. What looks like JSON is searched by what
/// stands inside of it, and is left alone.
fn words(test: &Test) -> Option<KnownTest> {
    let Test::Compare(_, Operand::Text(value)) = test else { return None };
    let is_plain = value.starts_with(|first: char| first.is_alphanumeric());
    let pattern = WordPattern::new(value, false).filter(|_| is_plain)?;
    Some(KnownTest::Words(pattern))
}
