//! Remarks on filters that are right but may not mean what was meant. They never block.

use serde::Serialize;

use crate::expr::{Comparison, Expr, Place, Predicate};
use crate::field::{Field, FieldRef};
use crate::filter::Filter;
use crate::subject::Subject;

/// What a hint is about. Those that need data (value not seen in this window, mixed types) or the
/// page (time picker against `start`) are added by whoever has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HintCode {
    /// Two terms side by side may be met by two different spans (W1).
    DifferentSpans,
    /// A bare field name is searched as text (W3).
    FieldNameAsText,
    /// The comparison holds for every row or for none (W5).
    AlwaysSame,
}

/// One remark with its place, counted as in [`crate::FilterError`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hint {
    /// What the remark is about.
    pub code: HintCode,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// First character of the place.
    pub from: usize,
    /// One past the last character of the place.
    pub to: usize,
    /// Texts that may replace the place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
}

/// Adds W1 for each and-group whose terms may be met by different spans.
pub(crate) fn add_different_spans(filter: &mut Filter) {
    if filter.subject == Subject::Span {
        return;
    }
    if let Some(expr) = &filter.expr {
        let mut found = Vec::new();
        visit_groups(expr, &mut found);
        let hints = found.into_iter().map(|pair| different_spans(&filter.text, pair));
        filter.hints.extend(hints);
    }
}

/// Two terms, and whether nothing else stands between them.
struct Pair {
    place: Place,
    adjacent: bool,
}

fn visit_groups(expr: &Expr, found: &mut Vec<Pair>) {
    match expr {
        Expr::And(items) => {
            found.extend(first_pair(items));
            items.iter().for_each(|item| visit_groups(item, found));
        }
        Expr::Or(items) => items.iter().for_each(|item| visit_groups(item, found)),
        Expr::Not(inner) => visit_groups(inner, found),
        Expr::Term(_) => {}
    }
}

fn first_pair(items: &[Expr]) -> Option<Pair> {
    let mut candidates = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if let Expr::Term(term) = item
            && let Predicate::Comparison(comparison) = &term.predicate
        {
            let lifted = comparison.below == Some(Subject::Span);
            if lifted || reads_like_a_spans(comparison) {
                candidates.push((index, lifted, term.place));
            }
        }
    }
    let first_lifted = candidates.iter().position(|candidate| candidate.1)?;
    let other = if first_lifted == 0 { candidates.get(1)? } else { candidates.first()? };
    let lifted = candidates.get(first_lifted)?;
    let (left, right) = if other.0 < lifted.0 { (other, lifted) } else { (lifted, other) };
    let place = Place { from: left.2.from, to: right.2.to };
    Some(Pair { place, adjacent: right.0 == left.0 + 1 })
}

/// Fields that rows and spans both have and that people write with a span in mind. Times, users
/// and sessions are shared as well, but nobody means the span's, and a hint beside every time
/// window would be noise.
fn reads_like_a_spans(comparison: &Comparison) -> bool {
    use Field::*;
    match &comparison.field {
        FieldRef::Field(field) => matches!(
            field,
            Name | Status
                | Duration
                | Agent
                | Cost
                | Tokens
                | TokensIn
                | TokensOut
                | TokensCacheRead
                | TokensCacheWrite
                | TokensReasoning
        ),
        FieldRef::Open(..) => false,
    }
}

fn different_spans(text: &str, pair: Pair) -> Hint {
    let Place { from, to } = pair.place;
    let between: String = text.chars().skip(from).take(to - from).collect();
    let together = format!("has span({between})");
    Hint {
        code: HintCode::DifferentSpans,
        message: "these may be met by two different spans; for one span that meets both write \
                  has span(…)"
            .to_owned(),
        from,
        to,
        suggestions: if pair.adjacent { vec![together] } else { Vec::new() },
    }
}
