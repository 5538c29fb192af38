//! The tree of a filter. `Display` writes text that reads back as the same tree, places aside.

mod display;
mod supported;

pub use display::quoted;

use crate::field::{Field, FieldRef};
use crate::subject::Subject;
use crate::value_test::{NumberTest, Test};

/// Where something stands in the text of the filter: characters (not bytes) from 0, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Place {
    /// First character.
    pub from: usize,
    /// One past the last character.
    pub to: usize,
}

/// A filter that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// All of these; two or more.
    And(Vec<Expr>),
    /// At least one of these; two or more.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// One condition.
    Term(Term),
}

/// One condition and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// What is asked.
    pub predicate: Predicate,
    /// Where it stands.
    pub place: Place,
}

/// What a term asks of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// A field against a value. Bare words and phrases are comparisons of [`Field::Text`].
    Comparison(Comparison),
    /// `has child(...)`: one related thing meets the whole filter.
    Has {
        /// To what.
        relative: Relative,
        /// What it must meet.
        filter: Box<Expr>,
    },
    /// `count(...) > 5`: the number of spans that meet the filter.
    Count {
        /// Which spans; all of them when `None`.
        filter: Option<Box<Expr>>,
        /// The number they are compared with.
        test: NumberTest,
        /// `!=`.
        is_negated: bool,
    },
    /// `sum(cost, kind:llm) > 1`: a figure over spans.
    Aggregate {
        /// Which figure.
        aggregation: Aggregation,
        /// Over which field.
        field: FieldRef,
        /// Of which spans; all of them when `None`.
        filter: Option<Box<Expr>>,
        /// In the base unit of the field.
        test: NumberTest,
        /// `!=`.
        is_negated: bool,
    },
    /// `sequence(a, b) within 3 steps`: spans that follow each other in start order.
    Sequence {
        /// One filter a step, two or more.
        steps: Vec<Expr>,
        /// How far each may be from the one before.
        within: Option<Within>,
    },
    /// `every(which, must)`: all spans that meet the first meet the second.
    Every {
        /// Which spans.
        which: Box<Expr>,
        /// What they must meet.
        must: Box<Expr>,
    },
}

/// A field against a value. It holds when *some* value of the field passes (and, where
/// `is_negated`, when some value is there and fails): absence is asked for from outside, by
/// [`Expr::Not`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What is compared.
    pub field: FieldRef,
    /// `None`: the field is the row's own. Otherwise it belongs to things below the row, and the
    /// comparison is about some such thing.
    pub below: Option<Subject>,
    /// With what.
    pub test: Test,
    /// `!=` and `!~`.
    pub is_negated: bool,
}

/// What `has` looks at, seen from the thing that the term is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relative {
    /// A span whose parent is this span.
    Child,
    /// The span that this span is a child of.
    Parent,
    /// The parent, its parent, and so on.
    Ancestor,
    /// The children, their children, and so on.
    Descendant,
    /// Another span with the same parent.
    Sibling,
    /// A span of this trace or session.
    Span,
    /// The trace of this span, or a trace of this session.
    Trace,
    /// The session of this span or trace.
    Session,
}

impl Relative {
    /// As written after `has`.
    pub fn name(self) -> &'static str {
        match self {
            Relative::Child => "child",
            Relative::Parent => "parent",
            Relative::Ancestor => "ancestor",
            Relative::Descendant => "descendant",
            Relative::Sibling => "sibling",
            Relative::Span => "span",
            Relative::Trace => "trace",
            Relative::Session => "session",
        }
    }

    pub(crate) const ALL: [Relative; 8] = [
        Relative::Child,
        Relative::Parent,
        Relative::Ancestor,
        Relative::Descendant,
        Relative::Sibling,
        Relative::Span,
        Relative::Trace,
        Relative::Session,
    ];
}

/// A figure over the values of many spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// 0 over nothing.
    Sum,
    /// No match over nothing, as for the two below.
    Min,
    /// The largest value.
    Max,
    /// The mean.
    Avg,
}

impl Aggregation {
    /// As written.
    pub fn name(self) -> &'static str {
        match self {
            Aggregation::Sum => "sum",
            Aggregation::Min => "min",
            Aggregation::Max => "max",
            Aggregation::Avg => "avg",
        }
    }
}

/// How far a step of a sequence may be from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// At most this many spans on in start order.
    Steps(u32),
    /// Start to start, at most this many nanoseconds.
    Nanos(i64),
}

impl Expr {
    /// Calls `visit` with every term, those inside predicates included, in the order of the text.
    pub fn each_term<'a>(&'a self, visit: &mut impl FnMut(&'a Term)) {
        // The recursion goes through a trait object, or it would ask for ever deeper types.
        fn walk<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Term)) {
            match expr {
                Expr::And(items) | Expr::Or(items) => {
                    items.iter().for_each(|item| walk(item, visit));
                }
                Expr::Not(inner) => walk(inner, visit),
                Expr::Term(term) => {
                    visit(term);
                    term.predicate.filters().into_iter().for_each(|inner| walk(inner, visit));
                }
            }
        }
        walk(self, visit);
    }

    /// The same tree with every place 0..0, to compare trees of different texts.
    pub fn without_places(mut self) -> Expr {
        fn clear(expr: &mut Expr) {
            match expr {
                Expr::And(items) | Expr::Or(items) => items.iter_mut().for_each(clear),
                Expr::Not(inner) => clear(inner),
                Expr::Term(term) => {
                    term.place = Place { from: 0, to: 0 };
                    term.predicate.filters_mut().into_iter().for_each(clear);
                }
            }
        }
        clear(&mut self);
        self
    }
}

impl Predicate {
    /// The filters inside, in the order of the text.
    pub fn filters(&self) -> Vec<&Expr> {
        match self {
            Predicate::Comparison(_) => Vec::new(),
            Predicate::Has { filter, .. } => vec![filter],
            Predicate::Count { filter, .. } | Predicate::Aggregate { filter, .. } => {
                filter.as_deref().into_iter().collect()
            }
            Predicate::Sequence { steps, .. } => steps.iter().collect(),
            Predicate::Every { which, must } => vec![which, must],
        }
    }

    fn filters_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Predicate::Comparison(_) => Vec::new(),
            Predicate::Has { filter, .. } => vec![filter],
            Predicate::Count { filter, .. } | Predicate::Aggregate { filter, .. } => {
                filter.as_deref_mut().into_iter().collect()
            }
            Predicate::Sequence { steps, .. } => steps.iter_mut().collect(),
            Predicate::Every { which, must } => vec![which, must],
        }
    }
}

impl Comparison {
    /// Whether this is a bare word or phrase, or the same written out as `text:...`.
    pub fn is_free_text(&self) -> bool {
        self.field == FieldRef::Field(Field::Text)
    }
}
