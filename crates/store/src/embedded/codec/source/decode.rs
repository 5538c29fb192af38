//! Reading: the source span as its sender gave it, from its record and its texts.

use std::sync::Arc;

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::{
    Dropped, LogOrigin, OlderFields, PartAge, Resource, Scope, Sender, SourceEvent, SourceLink,
    SourceSpan, SourceStatus, SpanKind, StatusCode,
};
use clew_model::value::{Attributes, Value};

use super::*;
use crate::embedded::codec::bytes::{Damage, Input};
use crate::embedded::codec::value::{get_attributes, get_resource, get_scope, get_u32, get_value};

/// What the record around a span knows of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Basics {
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) parent_span_id: Option<SpanId>,
    pub(crate) start_nanos: i64,
    pub(crate) end_nanos: Option<i64>,
}

/// Puts spans together; spans of one resource share it again.
#[derive(Default)]
pub(crate) struct SourceReader {
    resource: Option<(Box<[u8]>, Arc<Resource>)>,
    scope: Option<(Box<[u8]>, Arc<Scope>)>,
}

impl SourceReader {
    /// `texts` are those that the span refers to, in order.
    pub(crate) fn decode<T: AsRef<[u8]>>(
        &mut self,
        basics: &Basics,
        values: &[u8],
        texts: &[T],
    ) -> Result<SourceSpan, Damage> {
        let texts: Vec<&[u8]> = texts.iter().map(AsRef::as_ref).collect();
        let mut parts =
            Parts { values: Input::new(values), texts: texts.into_iter(), is_partial: false };
        let shape = parts.text()?;
        let resource = self.resource(parts.text()?)?;
        let scope = self.scope(parts.text()?)?;
        parts.span(basics, &mut Input::new(shape), resource, scope)
    }

    fn resource(&mut self, bytes: &[u8]) -> Result<Arc<Resource>, Damage> {
        if let Some((known, resource)) = &self.resource
            && known.as_ref() == bytes
        {
            return Ok(Arc::clone(resource));
        }
        let resource = Arc::new(get_resource(bytes)?);
        self.resource = Some((bytes.into(), Arc::clone(&resource)));
        Ok(resource)
    }

    fn scope(&mut self, bytes: &[u8]) -> Result<Arc<Scope>, Damage> {
        if let Some((known, scope)) = &self.scope
            && known.as_ref() == bytes
        {
            return Ok(Arc::clone(scope));
        }
        let scope = Arc::new(get_scope(bytes)?);
        self.scope = Some((bytes.into(), Arc::clone(&scope)));
        Ok(scope)
    }
}

/// The two streams of one span.
struct Parts<'a> {
    values: Input<'a>,
    texts: std::vec::IntoIter<&'a [u8]>,
    /// Texts are not at hand: what refers to one is left out.
    is_partial: bool,
}

/// A key and the tag of its value.
type Key<'a> = (u8, &'a str);

impl<'a> Parts<'a> {
    fn text(&mut self) -> Result<&'a [u8], Damage> {
        match self.texts.next() {
            Some(text) => Ok(text),
            None if self.is_partial => Ok(&[]),
            None => Err(Damage("a reference is missing")),
        }
    }

    fn span(
        &mut self,
        basics: &Basics,
        shape: &mut Input<'_>,
        resource: Arc<Resource>,
        scope: Arc<Scope>,
    ) -> Result<SourceSpan, Damage> {
        let sender = sender(shape.byte()?)?;
        let mut span = SourceSpan::part(basics.trace_id, basics.span_id, sender);
        span.kind = span_kind(shape.byte()?)?;
        let code = status_code(shape.byte()?)?;
        let bits = shape.varint()?;
        if bits & !KNOWN != 0 {
            return Err(Damage("a span of an unknown kind"));
        }
        if bits & NAME != 0 {
            span.name = Some(shape.string()?);
        }
        self.relations(basics, bits, &mut span)?;
        self.fields(bits, &mut span)?;
        span.status.code = code;
        let keys = keys(shape)?;
        span.attributes = self.attributes(&keys)?;
        if bits & EVENTS != 0 {
            let count = self.values.count()?;
            span.events =
                (0..count).map(|_| self.event(basics.start_nanos)).collect::<Result<_, _>>()?;
        }
        if bits & LINKS != 0 {
            let count = self.values.count()?;
            span.links = (0..count).map(|_| self.link()).collect::<Result<_, _>>()?;
        }
        if bits & OLDER != 0 {
            let count = self.values.count()?;
            span.older = (0..count).map(|_| older(&mut self.values)).collect::<Result<_, _>>()?;
        }
        span.resource = resource;
        span.scope = scope;
        Ok(span)
    }

    fn relations(
        &mut self,
        basics: &Basics,
        bits: u64,
        span: &mut SourceSpan,
    ) -> Result<(), Damage> {
        let same = self.values.varint()?;
        span.parent_span_id = if same & 1 != 0 {
            basics.parent_span_id
        } else if bits & PARENT != 0 {
            Some(span_id(&mut self.values)?)
        } else {
            None
        };
        if bits & START != 0 {
            let known = same & 2 != 0;
            span.start_nanos =
                Some(if known { basics.start_nanos } else { self.values.zigzag()? });
        }
        span.end_nanos = if same & 4 != 0 {
            basics.end_nanos
        } else if bits & END != 0 {
            Some(self.values.zigzag()?)
        } else {
            None
        };
        Ok(())
    }

    fn fields(&mut self, bits: u64, span: &mut SourceSpan) -> Result<(), Damage> {
        if bits & SENDER_SPAN_ID != 0 {
            span.sender_span_id = Some(self.values.string()?);
        }
        if bits & SENDER_TRACE_ID != 0 {
            span.sender_trace_id = Some(self.values.string()?);
        }
        span.status = SourceStatus::default();
        if bits & STATUS_MESSAGE != 0 {
            span.status.message = self.string()?;
        }
        if bits & TRACE_STATE != 0 {
            span.trace_state = self.values.string()?;
        }
        if bits & FLAGS != 0 {
            span.flags = get_u32(&mut self.values)?;
        }
        if bits & DROPPED != 0 {
            span.dropped = Dropped {
                attributes: get_u32(&mut self.values)?,
                events: get_u32(&mut self.values)?,
                links: get_u32(&mut self.values)?,
            };
        }
        if bits & VERSION != 0 {
            span.version = Some(self.values.zigzag()?);
        }
        if bits & SEQUENCE != 0 {
            span.sequence = Some(self.values.zigzag()?);
        }
        Ok(())
    }

    fn attributes(&mut self, keys: &[Key<'_>]) -> Result<Attributes, Damage> {
        let mut attributes = Vec::with_capacity(keys.len());
        for (tag, key) in keys {
            match *tag {
                TAG_GROUP => self.group(key, &mut attributes)?,
                TAG_GROUP_WHOLE => {
                    let mut whole = Input::new(self.piece()?);
                    if self.is_partial && whole.is_empty() {
                        continue;
                    }
                    let (first, count) = (whole.varint()?, whole.count()?);
                    for place in 0..count as u64 {
                        group_element(
                            &mut whole,
                            key,
                            first.saturating_add(place),
                            &mut attributes,
                        )?;
                    }
                }
                tag => {
                    let value = self.value(tag)?;
                    attributes.push(((*key).to_owned(), value));
                }
            }
        }
        Ok(attributes)
    }

    fn value(&mut self, tag: u8) -> Result<Value, Damage> {
        Ok(match tag {
            TAG_EMPTY => Value::Empty,
            TAG_STRING => Value::String(self.string()?),
            TAG_BOOL => Value::Bool(self.values.byte()? != 0),
            TAG_INT => Value::Int(self.values.zigzag()?),
            TAG_DOUBLE => Value::Double(f64::from_bits(self.values.u64()?)),
            TAG_BYTES => Value::Bytes(self.piece()?.to_vec()),
            TAG_ARRAY => {
                let count = self.values.count()?;
                let values: Result<_, _> = (0..count).map(|_| self.element()).collect();
                Value::Array(values?)
            }
            TAG_MAP => self.element()?,
            _ => return Err(Damage("an attribute of an unknown kind")),
        })
    }

    fn element(&mut self) -> Result<Value, Damage> {
        let piece = self.piece()?;
        if self.is_partial && piece.is_empty() {
            return Ok(Value::Empty);
        }
        get_value(&mut Input::new(piece), 0)
    }

    fn piece(&mut self) -> Result<&'a [u8], Damage> {
        let head = self.values.varint()?;
        if head & 1 != 0 { self.text() } else { self.values.take(length(head >> 1)?) }
    }

    fn string(&mut self) -> Result<String, Damage> {
        let head = self.values.varint()?;
        let bytes = match head & 3 {
            CUT_INLINE => self.values.take(length(head >> 2)?)?.to_vec(),
            CUT_WHOLE => self.text()?.to_vec(),
            CUT_PIECES => self.pieces(head >> 2)?,
            _ => return Err(Damage("a string of an unknown kind")),
        };
        String::from_utf8(bytes).map_err(|_| Damage("a text is not UTF-8"))
    }

    fn pieces(&mut self, count: u64) -> Result<Vec<u8>, Damage> {
        let mut whole = Vec::new();
        for _ in 0..count {
            let head = self.values.varint()?;
            if head & 1 == 0 {
                whole.extend_from_slice(self.values.take(length(head >> 1)?)?);
                continue;
            }
            let joint = self.values.bytes()?;
            for place in 0..head >> 1 {
                if place > 0 {
                    whole.extend_from_slice(joint);
                }
                whole.extend_from_slice(self.text()?);
            }
        }
        Ok(whole)
    }

    fn group(&mut self, prefix: &str, attributes: &mut Attributes) -> Result<(), Damage> {
        let first = self.values.varint()?;
        let count = self.values.count()?;
        for place in 0..count as u64 {
            let mut element = Input::new(self.piece()?);
            if self.is_partial && element.is_empty() {
                continue;
            }
            group_element(&mut element, prefix, first.saturating_add(place), attributes)?;
        }
        Ok(())
    }

    fn event(&mut self, base: i64) -> Result<SourceEvent, Damage> {
        let time_nanos = base.wrapping_add(self.values.zigzag()?);
        let name = self.values.string()?;
        let dropped_attributes_count = get_u32(&mut self.values)?;
        let from_log = match self.values.byte()? {
            0 => None,
            _ => Some(log_origin(&mut self.values, time_nanos)?),
        };
        let attributes = self.inner_attributes()?;
        Ok(SourceEvent { time_nanos, name, attributes, dropped_attributes_count, from_log })
    }

    fn link(&mut self) -> Result<SourceLink, Damage> {
        let trace_id = TraceId::from_bytes(self.values.take(16)?);
        Ok(SourceLink {
            trace_id: trace_id.map_err(|_| Damage("a link to a trace of zeros"))?,
            span_id: span_id(&mut self.values)?,
            trace_state: self.values.string()?,
            dropped_attributes_count: get_u32(&mut self.values)?,
            flags: get_u32(&mut self.values)?,
            attributes: self.inner_attributes()?,
        })
    }

    fn inner_attributes(&mut self) -> Result<Attributes, Damage> {
        let keys = keys(&mut self.values)?;
        self.attributes(&keys)
    }
}

fn keys<'a>(shape: &mut Input<'a>) -> Result<Vec<Key<'a>>, Damage> {
    let count = shape.count()?;
    (0..count).map(|_| Ok((shape.byte()?, shape.text()?))).collect()
}

fn group_element(
    element: &mut Input<'_>,
    prefix: &str,
    index: u64,
    attributes: &mut Attributes,
) -> Result<(), Damage> {
    for (rest, value) in get_attributes(element, 0)? {
        attributes.push((format!("{prefix}.{index}.{rest}"), value));
    }
    Ok(())
}

/// The span without its texts: what stands in its record and its shape. For the search
/// index; texts have one of their own.
pub(crate) fn decode_inline(
    basics: &Basics,
    values: &[u8],
    shape: &[u8],
) -> Result<SourceSpan, Damage> {
    let mut parts =
        Parts { values: Input::new(values), texts: Vec::new().into_iter(), is_partial: true };
    parts.span(basics, &mut Input::new(shape), Arc::default(), Arc::default())
}

fn length(length: u64) -> Result<usize, Damage> {
    usize::try_from(length).map_err(|_| Damage("a length is too large"))
}

fn span_id(input: &mut Input<'_>) -> Result<SpanId, Damage> {
    SpanId::from_bytes(input.take(8)?).map_err(|_| Damage("a span id of zeros"))
}

fn log_origin(input: &mut Input<'_>, time_nanos: i64) -> Result<LogOrigin, Damage> {
    let severity = i32::try_from(input.zigzag()?);
    Ok(LogOrigin {
        severity_number: severity.map_err(|_| Damage("a number is too large"))?,
        severity_text: input.string()?,
        scope_name: input.string()?,
        observed_nanos: time_nanos.wrapping_add(input.zigzag()?),
    })
}

fn older(input: &mut Input<'_>) -> Result<OlderFields, Damage> {
    let bits = input.byte()?;
    if bits > 0b1111 {
        return Err(Damage("the age of a part is of an unknown kind"));
    }
    let end_nanos = if bits & 4 != 0 { Some(input.zigzag()?) } else { None };
    let version = if bits & 8 != 0 { Some(input.zigzag()?) } else { None };
    let age = PartAge { settled: bits & 1 != 0, end_nanos, version, speaks: bits & 2 != 0 };
    let count = input.count()?;
    let mut path = || -> Result<Vec<String>, Damage> {
        let keys = input.count()?;
        (0..keys).map(|_| input.string()).collect()
    };
    let paths = (0..count).map(|_| path()).collect::<Result<_, _>>()?;
    Ok(OlderFields { age, paths })
}

fn sender(number: u8) -> Result<Sender, Damage> {
    Sender::from_number(number).ok_or(Damage("a sender of an unknown kind"))
}

fn span_kind(number: u8) -> Result<SpanKind, Damage> {
    Ok(match number {
        0 => SpanKind::Unspecified,
        1 => SpanKind::Internal,
        2 => SpanKind::Server,
        3 => SpanKind::Client,
        4 => SpanKind::Producer,
        5 => SpanKind::Consumer,
        _ => return Err(Damage("a span kind of an unknown kind")),
    })
}

fn status_code(number: u8) -> Result<StatusCode, Damage> {
    Ok(match number {
        0 => StatusCode::Unset,
        1 => StatusCode::Ok,
        2 => StatusCode::Error,
        _ => return Err(Damage("a status of an unknown kind")),
    })
}
