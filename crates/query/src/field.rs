//! The fields: which there are, of what type, and of which rows.

mod table;

use std::fmt;

use serde::Serialize;

use crate::subject::Subject;
pub(crate) use table::{FIELDS, NAMESPACES};

/// A field with a fixed name. What each means stands in the table: [`Field::info`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "&'static str")]
#[expect(missing_docs, reason = "the table has a summary of each")]
pub enum Field {
    Trace,
    Span,
    Session,
    User,
    Agent,
    Model,
    Provider,
    Tool,
    Service,
    Env,
    Version,
    Finish,
    Tag,
    Label,
    Name,
    Kind,
    Category,
    Status,
    RootStatus,
    State,
    Is,
    Text,
    Input,
    Output,
    Error,
    Duration,
    Ttft,
    Cost,
    Tokens,
    TokensIn,
    TokensOut,
    TokensCacheRead,
    TokensCacheWrite,
    TokensReasoning,
    CacheHit,
    Spans,
    Errors,
    Depth,
    Traces,
    LlmCalls,
    ToolCalls,
    ReceiptGaps,
    Size,
    Start,
    End,
    Arrived,
}

impl Field {
    /// The row of the table.
    pub fn info(self) -> &'static FieldInfo {
        &FIELDS[self as usize]
    }

    /// The field of a name or an alias.
    pub fn from_name(name: &str) -> Option<Field> {
        let mut infos = FIELDS.iter();
        infos.find(|info| info.name == name || info.aliases.contains(&name)).map(|info| info.field)
    }
}

impl From<Field> for &'static str {
    fn from(field: Field) -> &'static str {
        field.info().name
    }
}

/// A family of fields whose names come from the data: `attr.retries`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Namespace {
    /// Attributes of a span, also written `@name`.
    Attr,
    /// Attributes of the resource (process) of a span.
    Resource,
    /// Metadata of a trace or session.
    Meta,
    /// Values of a label.
    Label,
    /// Scores by name.
    Score,
    /// Attributes of events of a span.
    Event,
}

impl Namespace {
    /// The row of the table.
    pub fn info(self) -> &'static NamespaceInfo {
        &NAMESPACES[self as usize]
    }

    pub(crate) fn from_name(name: &str) -> Option<Namespace> {
        NAMESPACES.iter().find(|info| info.name == name).map(|info| info.namespace)
    }
}

/// What a comparison is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldRef {
    /// A field with a fixed name.
    Field(Field),
    /// A name inside a namespace.
    Open(Namespace, String),
}

impl FieldRef {
    /// The type that operators and values must fit.
    pub fn field_type(&self) -> FieldType {
        match self {
            FieldRef::Field(field) => field.info().field_type,
            FieldRef::Open(namespace, _) => namespace.info().field_type,
        }
    }

    /// The subjects whose own field this is.
    pub fn owners(&self) -> &'static [Subject] {
        match self {
            FieldRef::Field(field) => field.info().owners,
            FieldRef::Open(namespace, _) => namespace.info().owners,
        }
    }
}

/// As written in a filter.
impl fmt::Display for FieldRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (namespace, path) = match self {
            FieldRef::Field(field) => return formatter.write_str(field.info().name),
            FieldRef::Open(namespace, path) => (namespace.info().name, path),
        };
        if !path.is_empty() && path.chars().all(is_path_character) {
            return write!(formatter, "{namespace}.{path}");
        }
        write!(formatter, "{namespace}[{}]", crate::expr::quoted(path))
    }
}

/// Characters that a path may hold without quotes.
pub(crate) fn is_path_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '-' | '$')
}

/// What the values of a field are, and with it which operators there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Short texts, compared whole.
    Text,
    /// Long texts, searched by words.
    FullText,
    /// One of a fixed set of words.
    Set,
    /// An id, whole or its beginning.
    Id,
    /// A length of time; nanoseconds.
    Duration,
    /// Money; pico-dollars.
    Money,
    /// A whole number.
    Count,
    /// Any number; billionths.
    Number,
    /// A size; bytes.
    Size,
    /// A part of one; millionths.
    Share,
    /// An instant; nanoseconds since 1970.
    Time,
    /// Whatever the sender sent: texts or numbers (billionths).
    Open,
}

impl FieldType {
    /// For messages: `cost is money`.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            FieldType::Text => "text",
            FieldType::FullText => "full text",
            FieldType::Set => "one of a fixed set",
            FieldType::Id => "an id",
            FieldType::Duration => "a duration",
            FieldType::Money => "money",
            FieldType::Count => "a count",
            FieldType::Number => "a number",
            FieldType::Size => "a size",
            FieldType::Share => "a share",
            FieldType::Time => "a time",
            FieldType::Open => "an attribute",
        }
    }

    /// Whether values have an order and ranges.
    pub(crate) fn is_ordered(self) -> bool {
        self.is_numeric() || matches!(self, FieldType::Time | FieldType::Open)
    }

    /// Whether values can be added up.
    pub(crate) fn is_numeric(self) -> bool {
        use FieldType::*;
        matches!(self, Duration | Money | Count | Number | Size | Share)
    }

    /// Whether `~` works.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, FieldType::Text | FieldType::FullText | FieldType::Open)
    }

    /// The operators, as completion offers them.
    pub const fn operators(self) -> &'static [&'static str] {
        match self {
            FieldType::Text | FieldType::FullText => &[":", "=", "!=", "~", "!~"],
            FieldType::Set | FieldType::Id => &[":", "=", "!="],
            FieldType::Open => &[":", "=", "!=", "~", "!~", "<", "<=", ">", ">="],
            _ => &[":", "=", "!=", "<", "<=", ">", ">="],
        }
    }
}

/// One row of the table of fields. Its JSON is what `/api/v1/filter-schema` answers.
#[derive(Debug, Serialize)]
pub struct FieldInfo {
    /// Which field; in JSON its name stands for it.
    #[serde(skip)]
    pub field: Field,
    /// As written in a filter.
    pub name: &'static str,
    /// Other spellings.
    pub aliases: &'static [&'static str],
    /// What its values are.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// The operators that the type allows.
    pub operators: &'static [&'static str],
    /// The rows whose own field it is; rows above them ask for some thing below that has it.
    pub owners: &'static [Subject],
    /// What it says, in a few words.
    pub summary: &'static str,
    /// A filter that uses it.
    pub example: &'static str,
    /// Every value there is, for a fixed set; otherwise empty.
    pub values: &'static [&'static str],
}

/// One row of the table of namespaces.
#[derive(Debug, Serialize)]
pub struct NamespaceInfo {
    /// Which namespace.
    pub namespace: Namespace,
    /// As written before the dot.
    pub name: &'static str,
    /// What its values are.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// The operators that the type allows.
    pub operators: &'static [&'static str],
    /// The rows that have it themselves.
    pub owners: &'static [Subject],
    /// What it says, in a few words.
    pub summary: &'static str,
    /// A filter that uses it.
    pub example: &'static str,
}

/// The fields that a filter on rows of `subject` may name: the rows' own, and those of things
/// below them.
pub fn fields(subject: Subject) -> impl Iterator<Item = &'static FieldInfo> {
    FIELDS.iter().filter(move |info| level(info.owners, subject).is_some())
}

/// The namespaces that a filter on rows of `subject` may name.
pub fn namespaces(subject: Subject) -> impl Iterator<Item = &'static NamespaceInfo> {
    NAMESPACES.iter().filter(move |info| level(info.owners, subject).is_some())
}

/// Whose field is meant in a filter on `subject`: the row's own if it has it, else the nearest
/// below. Never one above: going up is written (section 3, rule 4).
pub(crate) fn level(owners: &[Subject], subject: Subject) -> Option<Subject> {
    Subject::ALL.into_iter().filter(|level| *level >= subject).find(|level| owners.contains(level))
}
