//! Reading attributes: one pass over them files the known keys into slots, after which
//! every look-up is an array access. Getters are lenient, since senders are.

use std::borrow::Cow;

use crate::convention::{self, Layers};
use crate::source::SourceSpan;
use crate::value::Value;

pub mod decode;
mod families;
pub mod indexed;
mod keys;
pub mod scan;

pub(crate) use families::{Families, Family};
pub(crate) use keys::{KEY_COUNT, Key, KeySet, key};

/// Attributes filed by known key, the last of a doubled key winning.
pub(crate) struct AttrView<'a> {
    attributes: &'a [(String, Value)],
    /// Place in `attributes` plus one; 0 is absent. Attributes beyond 65,534 are not read.
    slots: [u16; KEY_COUNT],
    /// The known keys that are there at all.
    pub(crate) present: KeySet,
    /// Conventions that the keys show; [`AttrView::of_span`] adds those of the envelope.
    pub(crate) layers: Layers,
    /// Flattened lists (`llm.input_messages.N...`), seen in the same pass.
    pub(crate) families: Families<'a>,
}

impl<'a> AttrView<'a> {
    /// Files `attributes`.
    pub(crate) fn new(attributes: &'a [(String, Value)]) -> Self {
        let mut view = AttrView {
            attributes,
            slots: [0; KEY_COUNT],
            present: KeySet::EMPTY,
            layers: Layers::NONE,
            families: Families::default(),
        };
        for (place, (name, value)) in attributes.iter().enumerate().take(usize::from(u16::MAX) - 1)
        {
            match keys::find(name) {
                Some(known) => {
                    view.slots[known.index()] = place as u16 + 1;
                    view.present.insert(known);
                    view.layers = view.layers.or(known.layers());
                }
                None => {
                    view.layers = view.layers.or(convention::of_key(name));
                    view.families.note(name, value);
                }
            }
        }
        view
    }

    /// Files the attributes of a span and finds all its conventions.
    pub(crate) fn of_span(source: &'a SourceSpan) -> Self {
        let mut view = AttrView::new(&source.attributes);
        let mut layers = view.layers.or(convention::of_envelope(source));
        layers = layers.or(view.layers_of_values());
        view.layers = layers;
        view
    }

    /// Conventions that a key shows only together with its value.
    fn layers_of_values(&self) -> Layers {
        let mut layers = Layers::NONE;
        if self.str(const { key("operation.name") }).is_some_and(|name| name.starts_with("ai.")) {
            layers = layers.or(Layers::V4);
        }
        if let Some(kind) = self.str(const { key("span.type") }) {
            let bare = kind.strip_prefix("claude_code.").unwrap_or(kind);
            if matches!(bare, "interaction" | "llm_request" | "tool" | "hook")
                || bare.starts_with("tool.")
            {
                layers = layers.or(Layers::CC);
            }
        }
        if self.str(const { key("gen_ai.agent.name") }) == Some("gemini-cli") {
            layers = layers.or(Layers::GC);
        }
        if self.str(const { key("gen_ai.system") }) == Some("autogen") {
            layers = layers.or(Layers::AG);
        }
        layers
    }

    /// Every attribute, in the sender's order.
    pub(crate) fn all(&self) -> &'a [(String, Value)] {
        self.attributes
    }

    /// Whatever stands under the key, usable or not.
    pub(crate) fn raw(&self, key: Key) -> Option<&'a Value> {
        let place = usize::from(self.slots[key.index()]).checked_sub(1)?;
        self.attributes.get(place).map(|(_, value)| value)
    }

    /// The value, unless it is empty or one of the placeholders that senders write for
    /// what they left out.
    pub(crate) fn get(&self, key: Key) -> Option<&'a Value> {
        self.raw(key).filter(|value| is_usable(value))
    }

    /// A usable text, as it stands.
    pub(crate) fn str(&self, key: Key) -> Option<&'a str> {
        self.get(key)?.as_str()
    }

    /// A usable scalar as text.
    pub(crate) fn text(&self, key: Key) -> Option<Cow<'a, str>> {
        text_of(self.get(key)?)
    }

    /// A flag: a boolean, or the words for one.
    pub(crate) fn flag(&self, key: Key) -> Option<bool> {
        match self.get(key)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// A finite number, from a number or a text that is one.
    pub(crate) fn float(&self, key: Key) -> Option<f64> {
        float_of(self.get(key)?)
    }

    /// Rows of a table whose convention is on the span; none where none of its keys is.
    pub(crate) fn rows(&self, table: &'static Table) -> impl Iterator<Item = &'static Source> {
        let rows: &[Source] = if self.present.meets(&table.keys) { table.rows } else { &[] };
        let layers = self.layers;
        rows.iter().filter(move |source| source.layers.meets(layers))
    }

    /// The first usable source.
    pub(crate) fn first(&self, table: &'static Table) -> Option<(&'static Source, &'a Value)> {
        self.rows(table).find_map(|source| self.get(source.key).map(|value| (source, value)))
    }

    /// The first source that reads as a text.
    pub(crate) fn first_text(&self, table: &'static Table) -> Option<Cow<'a, str>> {
        self.rows(table)
            .find_map(|source| self.get(source.key).and_then(|value| source.read.text(value)))
    }

    /// [`AttrView::first_text`], owned.
    pub(crate) fn first_string(&self, table: &'static Table) -> Option<String> {
        self.first_text(table).map(Cow::into_owned)
    }
}

/// One row of a field's table: where the field may stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    /// Attribute key.
    pub(crate) key: Key,
    /// The key counts only on spans of these conventions.
    pub(crate) layers: Layers,
    /// How to read it.
    pub(crate) read: Read,
}

impl Source {
    /// A key that means the same on every span.
    pub(crate) const fn any(name: &str) -> Source {
        Source { key: key(name), layers: Layers::ANY, read: Read::Text }
    }

    /// A key too common to be read without its convention.
    pub(crate) const fn only(layers: Layers, name: &str) -> Source {
        Source { key: key(name), layers, read: Read::Text }
    }

    /// The same source, read in another way.
    pub(crate) const fn read(self, read: Read) -> Source {
        Source { read, ..self }
    }
}

/// The rows of a field, and which keys they name: most tables have none of their keys on
/// a span, and are passed over without a look at their rows.
#[derive(Debug)]
pub(crate) struct Table {
    rows: &'static [Source],
    keys: KeySet,
}

impl Table {
    /// A table of these rows, in order of precedence.
    pub(crate) const fn of(rows: &'static [Source]) -> Table {
        let mut keys = KeySet::EMPTY;
        let mut at = 0;
        while at < rows.len() {
            keys.insert(rows[at].key);
            at += 1;
        }
        Table { rows, keys }
    }
}

/// How an attribute becomes a text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Read {
    /// A scalar as it stands.
    Text,
    /// JSON text of a string (`"\"LLM\""`), or the bare string.
    Quoted,
    /// The first of these members of a JSON object.
    Member(&'static [&'static str]),
    /// What stands before the first `/`, where there is one.
    BeforeSlash,
    /// This member of a JSON object, where it is the first and a text. The rest, which may
    /// be long, is not read.
    FirstMember(&'static str),
    /// What stands after this, where the text begins with it.
    After(&'static str),
}

impl Read {
    /// The text, or `None` where there is nothing usable in it.
    pub(crate) fn text<'a>(self, value: &'a Value) -> Option<Cow<'a, str>> {
        let text = match self {
            Read::Text => text_of(value)?,
            Read::Quoted => decode::unquoted(text_of(value)?),
            Read::Member(names) => Cow::Owned(member_text(value, names)?),
            Read::BeforeSlash => match value.as_str()?.split_once('/') {
                Some((before, _)) => Cow::Borrowed(before),
                None => return None,
            },
            Read::FirstMember(name) => Cow::Borrowed(first_member(value.as_str()?, name)?),
            Read::After(beginning) => Cow::Borrowed(value.as_str()?.strip_prefix(beginning)?),
        };
        (!is_placeholder(&text)).then_some(text)
    }
}

/// `{"name":"text"...`
fn first_member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let rest = json.trim_start().strip_prefix('{')?.trim_start().strip_prefix('"')?;
    let rest = rest.strip_prefix(name)?.strip_prefix('"')?.trim_start().strip_prefix(':')?;
    let (text, _) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
    (!text.contains('\\')).then_some(text)
}

fn member_text(value: &Value, names: &[&str]) -> Option<String> {
    let object = decode::json_of(value);
    names.iter().find_map(|name| match object.get(name)? {
        serde_json::Value::String(text) if !is_placeholder(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A scalar as text.
pub(crate) fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Value::Int(number) => Some(Cow::Owned(number.to_string())),
        Value::Double(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// A finite number, from a number or a text that is one.
pub(crate) fn float_of(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Int(number) => *number as f64,
        Value::Double(number) => *number,
        Value::String(text) => text.trim().trim_matches('"').parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// Texts of a list: an array, a JSON array, texts between commas, or a single text.
pub(crate) fn list_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(text_of).map(Cow::into_owned).collect(),
        Value::String(text) if text.trim_start().starts_with('[') => {
            match serde_json::from_str::<Vec<serde_json::Value>>(text) {
                Ok(items) => items
                    .into_iter()
                    .filter_map(|item| match item {
                        serde_json::Value::String(text) => Some(text),
                        serde_json::Value::Number(number) => Some(number.to_string()),
                        _ => None,
                    })
                    .collect(),
                Err(_) => vec![text.clone()],
            }
        }
        Value::String(text) => text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect(),
        other => text_of(other).map(Cow::into_owned).into_iter().collect(),
    }
}

/// Whether a value says anything.
pub(crate) fn is_usable(value: &Value) -> bool {
    match value {
        Value::Empty => false,
        Value::String(text) => !is_placeholder(text),
        Value::Array(items) => !items.is_empty(),
        Value::Map(items) => !items.is_empty(),
        Value::Bytes(bytes) => !bytes.is_empty(),
        Value::Bool(_) | Value::Int(_) | Value::Double(_) => true,
    }
}

/// Texts that senders write where they left the content out.
pub(crate) fn is_placeholder(text: &str) -> bool {
    match text.len() {
        0 => true,
        2 => text == "{}" || text == "[]" || text == "\"\"",
        3 => text == "N/A",
        4 => text == "null",
        10 => text == "<REDACTED>",
        12 => text == "__REDACTED__",
        _ => text.starts_with("[Scrubbed due to "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubled_key_reads_as_its_last_value() {
        let attributes = vec![
            ("gen_ai.tool.name".to_owned(), Value::from("first")),
            ("gen_ai.tool.name".to_owned(), Value::from("last")),
        ];
        let view = AttrView::new(&attributes);
        assert_eq!(view.str(const { key("gen_ai.tool.name") }), Some("last"));
        assert_eq!(view.layers.names().collect::<Vec<_>>(), ["SC"]);
    }

    #[test]
    fn placeholders_count_as_absent_and_zero_does_not() {
        for text in ["", "{}", "[]", "N/A", "<REDACTED>", "[Scrubbed due to 'session']", "null"] {
            assert!(!is_usable(&Value::from(text)), "{text}");
        }
        assert!(is_usable(&Value::from(0_i64)));
        assert!(is_usable(&Value::from("0")));
    }

    #[test]
    fn lists_come_in_four_spellings() {
        let array = Value::Array(vec![Value::from("a"), Value::from(1_i64)]);
        for (value, want) in [
            (array, vec!["a", "1"]),
            (Value::from("[\"a\", \"b c\"]"), vec!["a", "b c"]),
            (Value::from("a, b"), vec!["a", "b"]),
            (Value::from("a"), vec!["a"]),
        ] {
            assert_eq!(list_of(&value), want);
        }
    }

    #[test]
    fn numbers_may_be_texts_but_not_endless() {
        assert_eq!(float_of(&Value::from("1.5")), Some(1.5));
        assert_eq!(float_of(&Value::from("\"2\"")), Some(2.0));
        assert_eq!(float_of(&Value::Double(f64::NAN)), None);
        assert_eq!(float_of(&Value::from("Infinity")), None);
    }
}
