//! What one value of a field is tested for.

use crate::pattern::TextPattern;
use crate::words::WordPattern;

/// A test of one value. A comparison holds when some value of the field passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// `field:*`: there is a value.
    Exists,
    /// Whole text against a pattern. Values of fixed sets are exact and in their own spelling.
    Text(TextPattern),
    /// Words inside a full text.
    Words(WordPattern),
    /// An id of a trace or a span.
    Id(IdTest),
    /// A number in the base unit of the field's type.
    Number(NumberTest),
    /// An instant inside a range.
    Time(TimeRange),
    /// A number written against a field without a type: numbers are compared as numbers. For
    /// `:`, `=` and `!=` texts are compared with `text`; for `<` and its kin `text` is `None` and
    /// numeric texts count as numbers.
    Open {
        /// For values that are numbers, in billionths.
        number: NumberTest,
        /// For values that are texts.
        text: Option<TextPattern>,
    },
    /// A list: one of these.
    AnyOf(Vec<Test>),
}

/// The whole or the beginning of an id, lower case, a UUID without its dashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTest {
    /// Hex digits; a whole id may also be the sender's own text (ruling 20).
    pub text: String,
    /// Whether more may follow.
    pub is_prefix: bool,
}

impl IdTest {
    /// Whether an id of a row, ours or the sender's own, meets it.
    pub fn matches(&self, id: &str) -> bool {
        let normal = normal_id(id);
        if self.is_prefix { normal.starts_with(&self.text) } else { normal == self.text }
    }
}

/// Lower case, and without dashes when the rest are 32 hex digits.
pub(crate) fn normal_id(id: &str) -> String {
    let lower = id.to_lowercase();
    let digits: String = lower.chars().filter(|character| *character != '-').collect();
    let is_uuid = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_uuid { digits } else { lower }
}

/// How two numbers stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `:` or `=`
    Equal,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Relation {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Relation::Less => "<",
            Relation::LessOrEqual => "<=",
            Relation::Equal => "=",
            Relation::GreaterOrEqual => ">=",
            Relation::Greater => ">",
        }
    }
}

/// A test of a number. Units by type: nanoseconds, pico-dollars, counts, bytes, millionths
/// (shares), billionths (scores and attributes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberTest {
    /// Against one number.
    Compare(Relation, i128),
    /// `a..b`, both ends in; at least one end is there.
    Between(Option<i128>, Option<i128>),
}

impl NumberTest {
    /// Whether `value` passes.
    pub fn matches(&self, value: i128) -> bool {
        let (least, most) = self.bounds();
        least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most)
    }

    /// The same as an inclusive range, which is what an index and SQL want.
    pub fn bounds(&self) -> (Option<i128>, Option<i128>) {
        match *self {
            NumberTest::Compare(Relation::Less, value) => (None, Some(value.saturating_sub(1))),
            NumberTest::Compare(Relation::LessOrEqual, value) => (None, Some(value)),
            NumberTest::Compare(Relation::Equal, value) => (Some(value), Some(value)),
            NumberTest::Compare(Relation::GreaterOrEqual, value) => (Some(value), None),
            NumberTest::Compare(Relation::Greater, value) => (Some(value.saturating_add(1)), None),
            NumberTest::Between(least, most) => (least, most),
        }
    }
}

/// Instants in nanoseconds since 1970, half open; at least one end is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// First instant inside.
    pub from_nanos: Option<i64>,
    /// First instant after it.
    pub to_nanos: Option<i64>,
}

impl TimeRange {
    /// Whether an instant lies inside.
    pub fn matches(&self, nanos: i128) -> bool {
        self.from_nanos.is_none_or(|from| nanos >= i128::from(from))
            && self.to_nanos.is_none_or(|to| nanos < i128::from(to))
    }
}
