//! Stored spans as lines of OTLP JSON, without loss. Written down in docs/formats/export.md.

use std::collections::HashMap;
use std::sync::Arc;

use clew_model::source::{
    LogOrigin, OlderFields, Resource, RunEvent, Scope, Sender, SourceEvent, SourceLink, SourceSpan,
    SourceStatus,
};
use clew_model::value::{Attributes, Value};

use super::span::empty_part;
use crate::json::write::{Object, double, list, string, write_to};

/// Writes one trace: a line `{"resourceSpans":…}`; where log records were joined to its spans
/// or the run has events, a line `{"resourceLogs":…}`; and where something is said about the
/// run itself, a line `{"clew":{"resourceSpans":…}}`. Reading the lines in one body with
/// [`super::decode_traces`] gives the same spans, run events and notes.
pub fn encode_json_lines(
    spans: &[SourceSpan],
    run_events: &[RunEvent],
    notes: &[SourceSpan],
) -> String {
    let mut out = String::new();
    let groups = Groups::of(
        spans
            .iter()
            .filter(|span| !is_log_part(span))
            .map(|span| (Arc::clone(&span.resource), Arc::clone(&span.scope), span)),
    );
    if !groups.is_empty() {
        groups.write_line(&mut out, SPANS, write_span);
    }
    let records = Groups::of(records_of_spans(spans).chain(
        run_events.iter().map(|event| (Arc::default(), Arc::default(), Record::OfRun(event))),
    ));
    if !records.is_empty() {
        records.write_line(&mut out, ["resourceLogs", "scopeLogs", "logRecords"], write_record);
    }
    if !notes.is_empty() {
        write_notes(&mut out, notes);
    }
    out
}

const SPANS: [&str; 3] = ["resourceSpans", "scopeSpans", "spans"];

/// Notes have the shape of spans, and no reader of OTLP must take them for some.
fn write_notes(out: &mut String, notes: &[SourceSpan]) {
    let groups = Groups::of(
        notes.iter().map(|note| (Arc::clone(&note.resource), Arc::clone(&note.scope), note)),
    );
    let mut line = Object::open(out);
    let mut inner = Object::open(line.key("clew"));
    groups.write(&mut inner, SPANS, write_span);
    inner.close();
    line.close();
    out.push('\n');
}

/// A part that holds nothing but log records: it is given out as those alone.
fn is_log_part(span: &SourceSpan) -> bool {
    let from_this_scope = |event: &SourceEvent| {
        event.from_log.as_ref().is_some_and(|origin| origin.scope_name == span.scope.name)
    };
    span.name.is_none()
        && !span.events.is_empty()
        && span.events.iter().all(from_this_scope)
        && SourceSpan {
            events: Vec::new(),
            resource: Arc::default(),
            scope: Arc::default(),
            ..span.clone()
        } == empty_part(span.trace_id, span.span_id, Sender::Otlp)
}

/// One line's items, by resource and scope in the order of their first appearance.
struct Groups<T> {
    resources: Level<Resource, Level<Scope, Vec<T>>>,
}

impl<T> Groups<T> {
    fn of(items: impl Iterator<Item = (Arc<Resource>, Arc<Scope>, T)>) -> Self {
        let mut resources: Level<Resource, Level<Scope, Vec<T>>> = Level::default();
        for (resource, scope, item) in items {
            let scopes = resources.member(resource, begin_resource_group);
            scopes.member(scope, begin_scope_group).push(item);
        }
        Groups { resources }
    }

    fn is_empty(&self) -> bool {
        self.resources.groups.is_empty()
    }

    fn write_line(&self, out: &mut String, names: [&str; 3], item: fn(&mut String, &T)) {
        let mut line = Object::open(out);
        self.write(&mut line, names, item);
        line.close();
        out.push('\n');
    }

    fn write(&self, line: &mut Object<'_>, names: [&str; 3], item: fn(&mut String, &T)) {
        list(line.key(names[0]), &self.resources.groups, |out, (resource, scopes)| {
            let mut group = Object::resume(out, resource);
            list(group.key(names[1]), &scopes.groups, |out, (scope, items)| {
                let mut group = Object::resume(out, scope);
                list(group.key(names[2]), items, item);
                group.close();
            });
            group.close();
        });
    }
}

/// Groups by what they are written as, so that equal resources that are not shared still
/// make one group, without comparing each with each.
struct Level<K, T> {
    /// The begun object of each group, and what is in it.
    groups: Vec<(String, T)>,
    by_text: HashMap<String, usize>,
    by_address: HashMap<usize, usize>,
    /// Holds the addresses.
    shared: Vec<Arc<K>>,
}

impl<K, T> Default for Level<K, T> {
    fn default() -> Self {
        Level {
            groups: Vec::new(),
            by_text: HashMap::new(),
            by_address: HashMap::new(),
            shared: Vec::new(),
        }
    }
}

impl<K, T: Default> Level<K, T> {
    fn member(&mut self, key: Arc<K>, begin: fn(&mut String, &K)) -> &mut T {
        let address = Arc::as_ptr(&key).addr();
        let index = match self.by_address.get(&address) {
            Some(index) => *index,
            None => {
                let mut text = String::new();
                begin(&mut text, &key);
                let groups = &mut self.groups;
                let index = *self.by_text.entry(text.clone()).or_insert_with(|| {
                    groups.push((text, T::default()));
                    groups.len() - 1
                });
                self.by_address.insert(address, index);
                self.shared.push(key);
                index
            }
        };
        &mut self.groups[index].1
    }
}

/// A group's object up to its list: `{"resource":{...},"schemaUrl":"..."`.
fn begin_resource_group(out: &mut String, resource: &Resource) {
    let mut group = Object::open(out);
    write_resource(group.key("resource"), resource);
    group.text("schemaUrl", &resource.schema_url);
}

fn begin_scope_group(out: &mut String, scope: &Scope) {
    let mut group = Object::open(out);
    write_scope(group.key("scope"), scope);
    group.text("schemaUrl", &scope.schema_url);
}

fn write_resource(out: &mut String, resource: &Resource) {
    let mut object = Object::open(out);
    attributes(&mut object, &resource.attributes, resource.dropped_attributes_count);
    object.close();
}

fn write_scope(out: &mut String, scope: &Scope) {
    let mut object = Object::open(out);
    object.text("name", &scope.name);
    object.text("version", &scope.version);
    attributes(&mut object, &scope.attributes, scope.dropped_attributes_count);
    object.close();
}

fn write_span(out: &mut String, span: &&SourceSpan) {
    let mut object = Object::open(out);
    object.text("traceId", &span.trace_id.to_string());
    object.text("spanId", &span.span_id.to_string());
    if let Some(parent) = span.parent_span_id {
        object.text("parentSpanId", &parent.to_string());
    }
    object.text("traceState", &span.trace_state);
    object.number("flags", i64::from(span.flags));
    object.text("name", span.name.as_deref().unwrap_or_default());
    object.number("kind", span.kind as i64);
    if let Some(start) = span.start_nanos {
        object.long("startTimeUnixNano", start);
    }
    if let Some(end) = span.end_nanos {
        object.long("endTimeUnixNano", end);
    }
    attributes(&mut object, &span.attributes, span.dropped.attributes);
    let mut events = span.events.iter().filter(|event| event.from_log.is_none()).peekable();
    if events.peek().is_some() {
        list(object.key("events"), events, write_event);
    }
    object.number("droppedEventsCount", i64::from(span.dropped.events));
    if !span.links.is_empty() {
        list(object.key("links"), &span.links, write_link);
    }
    object.number("droppedLinksCount", i64::from(span.dropped.links));
    write_status(&mut object, &span.status);
    write_extension(&mut object, span);
    object.close();
}

fn write_status(object: &mut Object<'_>, status: &SourceStatus) {
    if *status != SourceStatus::default() {
        let mut inner = Object::open(object.key("status"));
        inner.text("message", &status.message);
        inner.number("code", status.code as i64);
        inner.close();
    }
}

/// What OTLP has no place for, under one key that other readers ignore.
fn write_extension(object: &mut Object<'_>, span: &SourceSpan) {
    let nothing = span.sender == Sender::Otlp
        && span.name.is_some()
        && span.version.is_none()
        && span.sequence.is_none()
        && span.sender_span_id.is_none()
        && span.sender_trace_id.is_none()
        && span.older.is_empty();
    if nothing {
        return;
    }
    let mut extension = Object::open(object.key("clew"));
    if span.sender != Sender::Otlp {
        extension.text("sender", span.sender.as_str());
    }
    if let Some(id) = &span.sender_span_id {
        string(extension.key("senderSpanId"), id);
    }
    if let Some(id) = &span.sender_trace_id {
        string(extension.key("senderTraceId"), id);
    }
    if let Some(version) = span.version {
        extension.long("version", version);
    }
    if let Some(sequence) = span.sequence {
        extension.long("sequence", sequence);
    }
    if span.name.is_none() {
        extension.key("nameless").push_str("true");
    }
    if !span.older.is_empty() {
        list(extension.key("older"), &span.older, write_older);
    }
    extension.close();
}

fn write_older(out: &mut String, fields: &OlderFields) {
    let mut object = Object::open(out);
    write_to(object.key("settled"), format_args!("{}", fields.age.settled));
    if let Some(end) = fields.age.end_nanos {
        object.long("endUnixNano", end);
    }
    if let Some(version) = fields.age.version {
        object.long("version", version);
    }
    write_to(object.key("speaks"), format_args!("{}", fields.age.speaks));
    list(object.key("paths"), &fields.paths, |out, path| {
        list(out, path, |out, step| string(out, step));
    });
    object.close();
}

fn write_event(out: &mut String, event: &SourceEvent) {
    let mut object = Object::open(out);
    object.long("timeUnixNano", event.time_nanos);
    object.text("name", &event.name);
    attributes(&mut object, &event.attributes, event.dropped_attributes_count);
    object.close();
}

fn write_link(out: &mut String, link: &SourceLink) {
    let mut object = Object::open(out);
    object.text("traceId", &link.trace_id.to_string());
    object.text("spanId", &link.span_id.to_string());
    object.text("traceState", &link.trace_state);
    attributes(&mut object, &link.attributes, link.dropped_attributes_count);
    object.number("flags", i64::from(link.flags));
    object.close();
}

/// A log record to give out.
enum Record<'a> {
    /// It was joined to a span, where it stands at this place among the events.
    OfSpan { span: &'a SourceSpan, index: usize, event: &'a SourceEvent, origin: &'a LogOrigin },
    /// An event of the run.
    OfRun(&'a RunEvent),
}

fn records_of_spans(
    spans: &[SourceSpan],
) -> impl Iterator<Item = (Arc<Resource>, Arc<Scope>, Record<'_>)> {
    spans.iter().flat_map(|span| {
        let joined = span.events.iter().enumerate();
        joined.filter_map(move |(index, event)| {
            let origin = event.from_log.as_ref()?;
            let scope = if origin.scope_name == span.scope.name {
                Arc::clone(&span.scope)
            } else {
                Arc::new(Scope { name: origin.scope_name.clone(), ..Scope::default() })
            };
            let record = Record::OfSpan { span, index, event, origin };
            Some((Arc::clone(&span.resource), scope, record))
        })
    })
}

fn write_record(out: &mut String, record: &Record<'_>) {
    let mut object = Object::open(out);
    match record {
        Record::OfSpan { span, index, event, origin } => {
            object.long("timeUnixNano", event.time_nanos);
            object.long("observedTimeUnixNano", origin.observed_nanos);
            object.number("severityNumber", i64::from(origin.severity_number));
            object.text("severityText", &origin.severity_text);
            write_content(&mut object, &event.name, &event.attributes);
            object.number("droppedAttributesCount", i64::from(event.dropped_attributes_count));
            object.text("traceId", &span.trace_id.to_string());
            object.text("spanId", &span.span_id.to_string());
            let mut extension = Object::open(object.key("clew"));
            write_to(extension.key("index"), format_args!("{index}"));
            extension.close();
        }
        Record::OfRun(event) => {
            object.long("timeUnixNano", event.time_nanos);
            write_content(&mut object, &event.name, &event.attributes);
            object.text("traceId", &event.trace_id.to_string());
            let mut extension = Object::open(object.key("clew"));
            string(extension.key("eventId"), &event.event_id);
            extension.close();
        }
    }
    object.close();
}

/// Name, body and attributes. The body is the last attribute where that is named so,
/// which is where decoding has put it.
fn write_content(object: &mut Object<'_>, name: &str, all: &[(String, Value)]) {
    object.text("eventName", name);
    let (body, rest) = match all.split_last() {
        Some(((key, body), rest)) if key == "body" && *body != Value::Empty => (Some(body), rest),
        _ => (None, all),
    };
    if let Some(body) = body {
        write_value(object.key("body"), body);
    }
    attributes(object, rest, 0);
}

fn attributes(object: &mut Object<'_>, attributes: &[(String, Value)], dropped: u32) {
    if !attributes.is_empty() {
        list(object.key("attributes"), attributes, write_key_value);
    }
    object.number("droppedAttributesCount", i64::from(dropped));
}

/// Appends attributes as a list of OTLP's `KeyValue`.
pub(crate) fn write_attributes(out: &mut String, attributes: &Attributes) {
    list(out, attributes, write_key_value);
}

fn write_key_value(out: &mut String, (key, value): &(String, Value)) {
    let mut object = Object::open(out);
    string(object.key("key"), key);
    write_value(object.key("value"), value);
    object.close();
}

fn write_value(out: &mut String, value: &Value) {
    let mut object = Object::open(out);
    match value {
        Value::Empty => {}
        Value::String(text) => string(object.key("stringValue"), text),
        Value::Bool(flag) => write_to(object.key("boolValue"), format_args!("{flag}")),
        Value::Int(number) => object.long("intValue", *number),
        Value::Double(number) => double(object.key("doubleValue"), *number),
        Value::Bytes(bytes) => {
            use base64::Engine;
            let text = base64::engine::general_purpose::STANDARD.encode(bytes);
            string(object.key("bytesValue"), &text);
        }
        Value::Array(values) => {
            let mut inner = Object::open(object.key("arrayValue"));
            list(inner.key("values"), values, write_value);
            inner.close();
        }
        Value::Map(pairs) => {
            let mut inner = Object::open(object.key("kvlistValue"));
            list(inner.key("values"), pairs, write_key_value);
            inner.close();
        }
    }
    object.close();
}
