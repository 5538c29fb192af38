//! A writer of OTLP requests, independent of the reader under test. Field numbers are
//! those of opentelemetry-proto 1.x `trace.proto`, `common.proto` and `resource.proto`.

/// One attribute.
pub(crate) enum Attribute {
    /// `stringValue`.
    Text(&'static str, String),
    /// `intValue`.
    Number(&'static str, i64),
}

/// One span to write.
pub(crate) struct SpanToWrite {
    /// 16 bytes.
    pub trace_id: [u8; 16],
    /// 8 bytes.
    pub span_id: [u8; 8],
    /// Empty for a root.
    pub parent: Option<[u8; 8]>,
    /// Raw name.
    pub name: String,
    /// Nanoseconds since 1970.
    pub start_nanos: u64,
    /// Nanoseconds since 1970.
    pub end_nanos: u64,
    /// In order.
    pub attributes: Vec<Attribute>,
    /// Status code error.
    pub failed: bool,
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

fn fixed64(out: &mut Vec<u8>, field: u64, number: u64) {
    varint(out, field << 3 | 1);
    out.extend_from_slice(&number.to_le_bytes());
}

fn attribute(attribute: &Attribute) -> Vec<u8> {
    let (mut pair, mut value) = (Vec::new(), Vec::new());
    match attribute {
        Attribute::Text(key, text) => {
            bytes(&mut pair, 1, key.as_bytes());
            bytes(&mut value, 1, text.as_bytes());
        }
        Attribute::Number(key, number) => {
            bytes(&mut pair, 1, key.as_bytes());
            varint(&mut value, 3 << 3);
            varint(&mut value, *number as u64);
        }
    }
    bytes(&mut pair, 2, &value);
    pair
}

fn span(span: &SpanToWrite) -> Vec<u8> {
    let mut out = Vec::new();
    bytes(&mut out, 1, &span.trace_id);
    bytes(&mut out, 2, &span.span_id);
    if let Some(parent) = span.parent {
        bytes(&mut out, 4, &parent);
    }
    bytes(&mut out, 5, span.name.as_bytes());
    varint(&mut out, 6 << 3);
    varint(&mut out, 1);
    fixed64(&mut out, 7, span.start_nanos);
    fixed64(&mut out, 8, span.end_nanos);
    for one in &span.attributes {
        bytes(&mut out, 9, &attribute(one));
    }
    if span.failed {
        bytes(&mut out, 15, &[0x18, 2]);
    }
    out
}

/// An `ExportTraceServiceRequest` with one resource and one scope.
pub(crate) fn request(spans: &[SpanToWrite]) -> Vec<u8> {
    let mut resource = Vec::new();
    for one in [
        Attribute::Text("service.name", "bench".to_owned()),
        Attribute::Text("telemetry.sdk.language", "python".to_owned()),
        Attribute::Text("telemetry.sdk.version", "1.45.1".to_owned()),
    ] {
        bytes(&mut resource, 1, &attribute(&one));
    }
    let mut scope = Vec::new();
    bytes(&mut scope, 1, b"bench");
    let mut scope_spans = Vec::new();
    bytes(&mut scope_spans, 1, &scope);
    for one in spans {
        bytes(&mut scope_spans, 2, &span(one));
    }
    let mut resource_spans = Vec::new();
    bytes(&mut resource_spans, 1, &resource);
    bytes(&mut resource_spans, 2, &scope_spans);
    let mut out = Vec::new();
    bytes(&mut out, 1, &resource_spans);
    out
}
