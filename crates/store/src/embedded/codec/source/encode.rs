//! Writing: on the caller's thread, before the writer sees the span.

use std::collections::HashMap;
use std::sync::Arc;

use clew_model::source::{
    LogOrigin, OlderFields, Resource, Scope, SourceEvent, SourceLink, SourceSpan,
};
use clew_model::span::Span;
use clew_model::value::Value;
use xxhash_rust::xxh3::Xxh3;

use super::group::{self, Run};
use super::*;
use crate::embedded::codec::bytes::{put_bytes, put_varint, put_zigzag};
use crate::embedded::codec::cut;
use crate::embedded::codec::text::TextKind;
use crate::embedded::codec::value::{put_resource, put_scope, put_value};
use crate::embedded::hash::{ByHash, text_hash};

/// A text of this request. Equal ones are here once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    pub(crate) hash: u128,
    pub(crate) kind: TextKind,
    pub(crate) sharable: bool,
    start: usize,
    length: usize,
}

/// A span taken apart. `references` are places in [`SourceWriter::slices`].
#[derive(Debug, Clone)]
pub(crate) struct EncodedSource {
    pub(crate) values: Box<[u8]>,
    pub(crate) references: Box<[u32]>,
    /// Of everything that the sender gave: equal spans have equal ones.
    pub(crate) hash: u64,
}

/// Takes the spans of one request apart, sharing their texts.
#[derive(Default)]
pub(crate) struct SourceWriter {
    arena: Vec<u8>,
    slices: Vec<Slice>,
    known: HashMap<u128, u32, ByHash>,
    resource: Option<(Arc<Resource>, u32)>,
    scope: Option<(Arc<Scope>, u32)>,
    shape: Vec<u8>,
    values: Vec<u8>,
    references: Vec<u32>,
    scratch: Vec<u8>,
}

impl SourceWriter {
    /// Takes one span apart. `facts` stand beside it in the record; what it shares with
    /// them is not written twice.
    pub(crate) fn encode(&mut self, source: &SourceSpan, facts: &Span) -> EncodedSource {
        self.values.clear();
        self.references.clear();
        // Shape, resource and scope come first and are known last.
        self.references.extend_from_slice(&[0, 0, 0]);
        self.put_span(source, facts);
        let shape = std::mem::take(&mut self.shape);
        self.references[0] = self.slice(&shape, TextKind::Shape, true);
        self.shape = shape;
        self.references[1] = self.resource(&source.resource);
        self.references[2] = self.scope(&source.scope);
        EncodedSource {
            values: self.values.as_slice().into(),
            references: self.references.as_slice().into(),
            hash: self.hash(source, facts),
        }
    }

    /// Every text met so far, in the order of their numbers.
    pub(crate) fn slices(&self) -> &[Slice] {
        &self.slices
    }

    /// A text's bytes.
    pub(crate) fn bytes(&self, slice: &Slice) -> &[u8] {
        &self.arena[slice.start..slice.start + slice.length]
    }

    /// Memory held, capacities counted.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.arena.capacity()
            + self.slices.capacity() * size_of::<Slice>()
            + self.known.capacity() * 40
    }

    /// The relation bits hide what equals the facts, so those are hashed beside.
    fn hash(&self, source: &SourceSpan, facts: &Span) -> u64 {
        let mut hasher = Xxh3::new();
        hasher.update(&self.values);
        for reference in &self.references {
            hasher.update(&self.slices[*reference as usize].hash.to_le_bytes());
        }
        hasher.update(&facts.start_nanos.to_le_bytes());
        hasher.update(&source.end_nanos.unwrap_or_default().to_le_bytes());
        if let Some(parent) = &source.parent_span_id {
            hasher.update(parent.as_bytes());
        }
        // 0 means "not known" to the table of spans.
        hasher.digest().max(1)
    }

    fn slice(&mut self, bytes: &[u8], kind: TextKind, sharable: bool) -> u32 {
        let hash = text_hash(kind, bytes);
        let next = self.slices.len() as u32;
        let number = *self.known.entry(hash).or_insert(next);
        if number == next {
            let start = self.arena.len();
            self.arena.extend_from_slice(bytes);
            self.slices.push(Slice { hash, kind, sharable, start, length: bytes.len() });
        } else if sharable {
            // The same text in another place said more about itself.
            self.slices[number as usize].sharable = true;
        }
        number
    }

    fn refer(&mut self, bytes: &[u8], kind: TextKind, sharable: bool) {
        let sharable = sharable && bytes.len() >= SHARED_MIN_BYTES;
        let number = self.slice(bytes, kind, sharable);
        self.references.push(number);
    }

    fn resource(&mut self, resource: &Arc<Resource>) -> u32 {
        if let Some((kept, number)) = &self.resource
            && Arc::ptr_eq(kept, resource)
        {
            return *number;
        }
        let mut bytes = Vec::new();
        put_resource(&mut bytes, resource);
        let number = self.slice(&bytes, TextKind::Resource, true);
        self.resource = Some((Arc::clone(resource), number));
        number
    }

    fn scope(&mut self, scope: &Arc<Scope>) -> u32 {
        if let Some((kept, number)) = &self.scope
            && Arc::ptr_eq(kept, scope)
        {
            return *number;
        }
        let mut bytes = Vec::new();
        put_scope(&mut bytes, scope);
        let number = self.slice(&bytes, TextKind::Scope, true);
        self.scope = Some((Arc::clone(scope), number));
        number
    }

    fn put_span(&mut self, source: &SourceSpan, facts: &Span) {
        let mut shape = std::mem::take(&mut self.shape);
        shape.clear();
        shape.extend_from_slice(&[
            source.sender as u8,
            source.kind as u8,
            source.status.code as u8,
        ]);
        put_varint(&mut shape, presence(source));
        if let Some(name) = &source.name {
            put_bytes(&mut shape, name.as_bytes());
        }
        self.put_relations(source, facts);
        self.put_fields(source);
        self.put_attributes(&mut shape, &source.attributes);
        if !source.events.is_empty() {
            put_varint(&mut self.values, source.events.len() as u64);
            source.events.iter().for_each(|event| self.put_event(event, facts.start_nanos));
        }
        if !source.links.is_empty() {
            put_varint(&mut self.values, source.links.len() as u64);
            source.links.iter().for_each(|link| self.put_link(link));
        }
        if !source.older.is_empty() {
            put_older(&mut self.values, &source.older);
        }
        self.shape = shape;
    }

    fn put_relations(&mut self, source: &SourceSpan, facts: &Span) {
        let same_parent = source.parent_span_id == facts.parent_span_id;
        let same_start = source.start_nanos == Some(facts.start_nanos);
        let same_end = source.end_nanos == facts.end_nanos;
        let bits = u64::from(same_parent) | u64::from(same_start) << 1 | u64::from(same_end) << 2;
        put_varint(&mut self.values, bits);
        if let Some(parent) = source.parent_span_id.filter(|_| !same_parent) {
            self.values.extend_from_slice(parent.as_bytes());
        }
        for (time, same) in [(source.start_nanos, same_start), (source.end_nanos, same_end)] {
            if let Some(time) = time.filter(|_| !same) {
                put_zigzag(&mut self.values, time);
            }
        }
    }

    fn put_fields(&mut self, source: &SourceSpan) {
        for text in [&source.sender_span_id, &source.sender_trace_id].into_iter().flatten() {
            put_bytes(&mut self.values, text.as_bytes());
        }
        if !source.status.message.is_empty() {
            self.put_string(&source.status.message, false);
        }
        if !source.trace_state.is_empty() {
            put_bytes(&mut self.values, source.trace_state.as_bytes());
        }
        if source.flags != 0 {
            put_varint(&mut self.values, u64::from(source.flags));
        }
        if source.dropped != Default::default() {
            let dropped = source.dropped;
            for count in [dropped.attributes, dropped.events, dropped.links] {
                put_varint(&mut self.values, u64::from(count));
            }
        }
        for number in [source.version, source.sequence].into_iter().flatten() {
            put_zigzag(&mut self.values, number);
        }
    }

    /// Keys and types into `shape`, values into our own stream.
    fn put_attributes(&mut self, shape: &mut Vec<u8>, attributes: &[(String, Value)]) {
        let mut entries = 0_u64;
        let mut keys = Vec::with_capacity(attributes.len() * 24);
        let mut place = 0;
        while place < attributes.len() {
            entries += 1;
            let (key, value) = &attributes[place];
            if let Some((run, flat)) = group::run(attributes, place).zip(group::flat(key)) {
                let of_tools = ends_with_tools(flat.prefix);
                keys.push(if of_tools { TAG_GROUP_WHOLE } else { TAG_GROUP });
                put_bytes(&mut keys, flat.prefix.as_bytes());
                self.put_group(attributes, &run, of_tools);
                place = run.elements.last().map_or(place + 1, |last| last.end);
            } else {
                keys.push(tag(value));
                put_bytes(&mut keys, key.as_bytes());
                self.put_attribute(key, value);
                place += 1;
            }
        }
        put_varint(shape, entries);
        shape.extend_from_slice(&keys);
    }

    fn put_attribute(&mut self, key: &str, value: &Value) {
        match value {
            Value::Empty => {}
            Value::String(text) => self.put_string(text, is_sharable_key(key)),
            Value::Bool(flag) => self.values.push(u8::from(*flag)),
            Value::Int(number) => put_zigzag(&mut self.values, *number),
            Value::Double(number) => {
                self.values.extend_from_slice(&number.to_bits().to_le_bytes());
            }
            Value::Bytes(bytes) => self.put_piece(bytes, TextKind::Bytes, false),
            Value::Array(values) => {
                put_varint(&mut self.values, values.len() as u64);
                values.iter().for_each(|value| self.put_element(value, is_sharable_key(key)));
            }
            Value::Map(_) => self.put_element(value, is_sharable_key(key)),
        }
    }

    fn put_element(&mut self, value: &Value, sharable: bool) {
        let mut bytes = std::mem::take(&mut self.scratch);
        bytes.clear();
        put_value(&mut bytes, value);
        let sharable = sharable || is_system_message(value);
        self.put_piece(&bytes, TextKind::Value, sharable);
        self.scratch = bytes;
    }

    /// Inline where short, else a reference.
    fn put_piece(&mut self, bytes: &[u8], kind: TextKind, sharable: bool) {
        if bytes.len() < INLINE_MAX_BYTES {
            put_varint(&mut self.values, (bytes.len() as u64) << 1);
            self.values.extend_from_slice(bytes);
        } else {
            put_varint(&mut self.values, 1);
            self.refer(bytes, kind, sharable);
        }
    }

    fn put_group(&mut self, attributes: &[(String, Value)], run: &Run, of_tools: bool) {
        let mut bytes = std::mem::take(&mut self.scratch);
        if of_tools {
            bytes.clear();
            put_varint(&mut bytes, run.first);
            put_varint(&mut bytes, run.elements.len() as u64);
            for element in &run.elements {
                put_group_element(&mut bytes, &attributes[element.clone()]);
            }
            self.put_piece(&bytes, TextKind::Group, true);
        } else {
            put_varint(&mut self.values, run.first);
            put_varint(&mut self.values, run.elements.len() as u64);
            for element in &run.elements {
                bytes.clear();
                let members = &attributes[element.clone()];
                put_group_element(&mut bytes, members);
                self.put_piece(&bytes, TextKind::Group, members.iter().any(says_system));
            }
        }
        self.scratch = bytes;
    }

    /// A cut string. `sharable`: its key says that it holds a system prompt or tools.
    fn put_string(&mut self, text: &str, sharable: bool) {
        if text.len() < INLINE_MAX_BYTES {
            put_varint(&mut self.values, (text.len() as u64) << 2 | CUT_INLINE);
            self.values.extend_from_slice(text.as_bytes());
            return;
        }
        let elements = if sharable { None } else { cut::elements(text) };
        let Some(elements) = elements else {
            put_varint(&mut self.values, CUT_WHOLE);
            self.refer(text.as_bytes(), TextKind::Text, sharable);
            return;
        };
        self.put_pieces(text, &elements);
    }

    fn put_pieces(&mut self, text: &str, elements: &[cut::Element]) {
        // Pieces are counted while they are written; the count goes before them.
        let mut pieces = std::mem::take(&mut self.scratch);
        pieces.clear();
        std::mem::swap(&mut pieces, &mut self.values);
        let mut count = 0_u64;
        let mut at = 0;
        let mut next = 0;
        while next < elements.len() {
            count += self.put_literal(&text[at..elements[next].range.start]);
            let (last, joint) = joined(text, elements, next);
            put_varint(&mut self.values, ((last - next + 1) as u64) << 1 | 1);
            put_bytes(&mut self.values, joint.as_bytes());
            for element in &elements[next..=last] {
                let bytes = &text.as_bytes()[element.range.clone()];
                self.refer(bytes, TextKind::Text, element.sharable);
            }
            count += 1;
            at = elements[last].range.end;
            next = last + 1;
        }
        count += self.put_literal(&text[at..]);
        std::mem::swap(&mut pieces, &mut self.values);
        put_varint(&mut self.values, count << 2 | CUT_PIECES);
        self.values.extend_from_slice(&pieces);
        self.scratch = pieces;
    }

    /// What stands between elements; a long one is a text too.
    fn put_literal(&mut self, text: &str) -> u64 {
        if text.is_empty() {
            return 0;
        }
        if text.len() < INLINE_MAX_BYTES {
            put_varint(&mut self.values, (text.len() as u64) << 1);
            self.values.extend_from_slice(text.as_bytes());
        } else {
            put_varint(&mut self.values, 1 << 1 | 1);
            put_bytes(&mut self.values, b"");
            self.refer(text.as_bytes(), TextKind::Text, false);
        }
        1
    }

    fn put_event(&mut self, event: &SourceEvent, base: i64) {
        put_zigzag(&mut self.values, event.time_nanos.wrapping_sub(base));
        put_bytes(&mut self.values, event.name.as_bytes());
        put_varint(&mut self.values, u64::from(event.dropped_attributes_count));
        self.values.push(u8::from(event.from_log.is_some()));
        if let Some(origin) = &event.from_log {
            put_log_origin(&mut self.values, origin, event.time_nanos);
        }
        self.put_inner_attributes(&event.attributes);
    }

    fn put_link(&mut self, link: &SourceLink) {
        self.values.extend_from_slice(link.trace_id.as_bytes());
        self.values.extend_from_slice(link.span_id.as_bytes());
        put_bytes(&mut self.values, link.trace_state.as_bytes());
        put_varint(&mut self.values, u64::from(link.dropped_attributes_count));
        put_varint(&mut self.values, u64::from(link.flags));
        self.put_inner_attributes(&link.attributes);
    }

    /// Attributes with their keys beside them: those of events and links.
    fn put_inner_attributes(&mut self, attributes: &[(String, Value)]) {
        let outer = std::mem::take(&mut self.values);
        let mut keys = Vec::new();
        self.put_attributes(&mut keys, attributes);
        let inner = std::mem::replace(&mut self.values, outer);
        self.values.extend_from_slice(&keys);
        self.values.extend_from_slice(&inner);
    }
}

/// The last element that can be joined to `first` with the same text between each.
fn joined<'a>(text: &'a str, elements: &[cut::Element], first: usize) -> (usize, &'a str) {
    let between = |left: usize| &text[elements[left].range.end..elements[left + 1].range.start];
    if first + 1 == elements.len() || between(first).len() >= INLINE_MAX_BYTES {
        return (first, "");
    }
    let joint = between(first);
    let mut last = first + 1;
    while last + 1 < elements.len() && between(last) == joint {
        last += 1;
    }
    (last, joint)
}

fn presence(source: &SourceSpan) -> u64 {
    let bit = |there: bool, bit: u64| if there { bit } else { 0 };
    bit(source.parent_span_id.is_some(), PARENT)
        | bit(source.start_nanos.is_some(), START)
        | bit(source.end_nanos.is_some(), END)
        | bit(source.name.is_some(), NAME)
        | bit(source.sender_span_id.is_some(), SENDER_SPAN_ID)
        | bit(source.sender_trace_id.is_some(), SENDER_TRACE_ID)
        | bit(!source.status.message.is_empty(), STATUS_MESSAGE)
        | bit(!source.trace_state.is_empty(), TRACE_STATE)
        | bit(source.flags != 0, FLAGS)
        | bit(source.dropped != Default::default(), DROPPED)
        | bit(source.version.is_some(), VERSION)
        | bit(source.sequence.is_some(), SEQUENCE)
        | bit(!source.events.is_empty(), EVENTS)
        | bit(!source.links.is_empty(), LINKS)
        | bit(!source.older.is_empty(), OLDER)
}

fn tag(value: &Value) -> u8 {
    match value {
        Value::Empty => TAG_EMPTY,
        Value::String(_) => TAG_STRING,
        Value::Bool(_) => TAG_BOOL,
        Value::Int(_) => TAG_INT,
        Value::Double(_) => TAG_DOUBLE,
        Value::Bytes(_) => TAG_BYTES,
        Value::Array(_) => TAG_ARRAY,
        Value::Map(_) => TAG_MAP,
    }
}

/// The attributes of one element, without what all keys of the list begin with.
fn put_group_element(out: &mut Vec<u8>, attributes: &[(String, Value)]) {
    put_varint(out, attributes.len() as u64);
    for (key, value) in attributes {
        put_bytes(out, group::flat(key).map_or("", |flat| flat.rest).as_bytes());
        put_value(out, value);
    }
}

fn put_log_origin(out: &mut Vec<u8>, origin: &LogOrigin, time_nanos: i64) {
    put_zigzag(out, i64::from(origin.severity_number));
    put_bytes(out, origin.severity_text.as_bytes());
    put_bytes(out, origin.scope_name.as_bytes());
    put_zigzag(out, origin.observed_nanos.wrapping_sub(time_nanos));
}

fn put_older(out: &mut Vec<u8>, older: &[OlderFields]) {
    put_varint(out, older.len() as u64);
    for fields in older {
        let age = fields.age;
        let bits = u8::from(age.settled)
            | u8::from(age.speaks) << 1
            | u8::from(age.end_nanos.is_some()) << 2
            | u8::from(age.version.is_some()) << 3;
        out.push(bits);
        for number in [age.end_nanos, age.version].into_iter().flatten() {
            put_zigzag(out, number);
        }
        put_varint(out, fields.paths.len() as u64);
        for path in &fields.paths {
            put_varint(out, path.len() as u64);
            path.iter().for_each(|key| put_bytes(out, key.as_bytes()));
        }
    }
}

fn ends_with_tools(key: &str) -> bool {
    key.rsplit('.').next().is_some_and(|last| cut::names_tools(last.as_bytes()))
}

/// Keys whose whole value is a system prompt or a list of tools.
fn is_sharable_key(key: &str) -> bool {
    ends_with_tools(key)
        || ["tool.definitions", "tool_definitions", "system_instructions", "system_prompt"]
            .iter()
            .any(|ending| key.ends_with(ending))
}

fn says_system((key, value): &(String, Value)) -> bool {
    key.ends_with("role") && matches!(value.as_str(), Some("system" | "developer"))
}

fn is_system_message(value: &Value) -> bool {
    matches!(value, Value::Map(entries) if entries.iter().any(says_system))
}
