//! Which predicates are evaluated today.

use super::{Expr, Predicate, Relative, Term};
use crate::error::{ErrorCode, FilterError};
use crate::subject::Subject;

impl Expr {
    /// See [`crate::Filter::check_supported`]; `subject` is what the rows are.
    pub(crate) fn check_supported(&self, subject: Subject) -> Result<(), FilterError> {
        match self {
            Expr::And(items) | Expr::Or(items) => {
                items.iter().try_for_each(|item| item.check_supported(subject))
            }
            Expr::Not(inner) => inner.check_supported(subject),
            Expr::Term(term) => term.check_supported(subject),
        }
    }
}

impl Term {
    fn check_supported(&self, subject: Subject) -> Result<(), FilterError> {
        let name = match &self.predicate {
            Predicate::Comparison(_) => return Ok(()),
            Predicate::Has { relative: Relative::Span, filter } => {
                return filter.check_supported(Subject::Span);
            }
            // A span's count is over its descendants, which a row of the list does not know.
            Predicate::Count { filter, .. } if subject != Subject::Span => {
                return filter.iter().try_for_each(|inner| inner.check_supported(Subject::Span));
            }
            Predicate::Count { .. } => "count(…) on spans".to_owned(),
            Predicate::Has { relative, .. } => format!("has {}(…)", relative.name()),
            Predicate::Aggregate { aggregation, .. } => format!("{}(…)", aggregation.name()),
            Predicate::Sequence { .. } => "sequence(…)".to_owned(),
            Predicate::Every { .. } => "every(…)".to_owned(),
        };
        let message = format!("{name} is not supported yet");
        Err(FilterError::new(ErrorCode::NotSupportedYet, self.place, message))
    }
}
