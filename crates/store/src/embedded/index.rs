//! The search index of chunks and blocks: which words may be inside. Built where they are
//! compressed, out of the same bytes.

use std::collections::HashMap;
use std::sync::Arc;

use clew_model::ids::TraceId;
use clew_model::source::SourceSpan;
use clew_model::span::Span;
use clew_model::value::Value;
use rusqlite::Connection;

use super::codec::bytes::{Damage, Input};
use super::codec::records::{Record, Run};
use super::codec::source::{Basics, decode_inline};
use super::codec::text::{Text, TextKind};
use super::codec::value::{get_attributes, get_value};
use super::disk::blocks::TextTable;
use super::disk::dictionaries::Dictionaries;
use super::hash::ByHash;
use super::reader::find_texts;
use super::search::blooms;
use crate::StoreError;

/// Shapes of spans by owner and number, as far as they were needed.
#[derive(Default)]
pub(super) struct Shapes {
    known: HashMap<(i64, u64), Arc<[u8]>, ByHash>,
    bytes: usize,
}

/// More than a thousand kinds of spans; then all are forgotten.
const SHAPES_MAX_BYTES: usize = 4 << 20;

impl Shapes {
    /// Notes the shapes among an owner's texts.
    pub(super) fn learn(&mut self, owner: i64, first: u64, texts: &[Text]) {
        for (number, text) in (first..).zip(texts) {
            if text.kind == TextKind::Shape {
                if self.bytes > SHAPES_MAX_BYTES {
                    *self = Self::default();
                }
                self.bytes += text.bytes.len() + 64;
                self.known.insert((owner, number), Arc::clone(&text.bytes));
            }
        }
    }

    fn of(&self, record: &Record) -> Option<&[u8]> {
        let run = record.runs.first()?;
        self.known.get(&(run.owner, run.first)).map(AsRef::as_ref)
    }

    /// Notes the shapes of these records that are not known, from their blocks.
    pub(super) fn find<R: AsRef<Record>>(
        &mut self,
        connection: &Connection,
        dictionaries: &Dictionaries,
        records: &[R],
    ) -> Result<(), StoreError> {
        let missing: Vec<Run> = records
            .iter()
            .filter_map(|record| record.as_ref().runs.first())
            .filter(|run| !self.known.contains_key(&(run.owner, run.first)))
            .map(|run| Run { count: 1, ..*run })
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let found = find_texts(connection, dictionaries, missing.iter(), &TextTable::default())?;
        for ((owner, number), text) in found {
            self.learn(owner, number, &[text]);
        }
        Ok(())
    }
}

/// The index of a chunk; `None` where one can't be made. Then the chunk is always read.
pub(super) fn of_chunk<R: AsRef<Record>>(
    trace_id: TraceId,
    records: &[R],
    shapes: &Shapes,
) -> Option<Vec<u8>> {
    let mut spans: Vec<Span> = Vec::with_capacity(records.len());
    let mut texts: Vec<String> = Vec::new();
    for record in records.iter().map(AsRef::as_ref) {
        let span = record.span(trace_id).ok()?;
        let basics = Basics {
            trace_id,
            span_id: record.span_id,
            parent_span_id: span.parent_span_id,
            start_nanos: record.start_nanos,
            end_nanos: span.end_nanos,
        };
        let source = decode_inline(&basics, &record.values, shapes.of(record)?).ok()?;
        inline_texts(source, &mut texts);
        spans.push(span);
    }
    Some(blooms::of_chunk(&spans, &mut texts.iter().map(String::as_str)))
}

fn inline_texts(source: SourceSpan, texts: &mut Vec<String>) {
    let attributes =
        source.attributes.into_iter().chain(source.events.into_iter().flat_map(|event| {
            texts.push(event.name);
            event.attributes
        }));
    let values: Vec<Value> = attributes.map(|(_, value)| value).collect();
    values.into_iter().for_each(|value| strings_of(value, texts));
    texts.extend(source.name);
    texts.extend(source.sender_span_id);
    texts.extend(source.sender_trace_id);
    texts.push(source.status.message);
}

fn strings_of(value: Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.into_iter().for_each(|value| strings_of(value, texts)),
        Value::Map(entries) => {
            entries.into_iter().for_each(|(_, value)| strings_of(value, texts));
        }
        _ => {}
    }
}

/// The index of a block; `None` where a large text is referred to: its words are not here.
pub(super) fn of_block(texts: &[Text]) -> Option<Vec<u8>> {
    let mut strings: Vec<String> = Vec::new();
    for text in texts {
        match text.kind {
            TextKind::Blob => return None,
            TextKind::Text => strings.push(std::str::from_utf8(&text.bytes).ok()?.to_owned()),
            TextKind::Group => group_strings(&text.bytes, &mut strings).ok()?,
            TextKind::Value => {
                let value = get_value(&mut Input::new(&text.bytes), 0).ok()?;
                strings_of(value, &mut strings);
            }
            TextKind::Resource | TextKind::Scope | TextKind::Shape | TextKind::Bytes => {}
        }
    }
    Some(blooms::of_block(&mut strings.iter().map(String::as_str)))
}

/// A group is one element, or first index, count and all elements of a list. Its bytes do
/// not say which: what can be read either way is taken, since too much does no harm.
fn group_strings(bytes: &[u8], strings: &mut Vec<String>) -> Result<(), Damage> {
    let element = |input: &mut Input<'_>, strings: &mut Vec<String>| {
        let attributes = get_attributes(input, 0)?;
        attributes.into_iter().for_each(|(_, value)| strings_of(value, strings));
        Ok::<_, Damage>(())
    };
    let mut input = Input::new(bytes);
    let is_one = element(&mut input, strings).is_ok() && input.is_empty();
    let mut input = Input::new(bytes);
    let mut list = || -> Result<bool, Damage> {
        input.varint()?;
        for _ in 0..input.count()? {
            element(&mut input, strings)?;
        }
        Ok(input.is_empty())
    };
    let is_list = list().unwrap_or(false);
    if is_one || is_list { Ok(()) } else { Err(Damage("a group of an unknown kind")) }
}
