//! What one request may hold. Each limit has a name; beyond it an item is rejected with
//! a reason that names the limit, and the rest of the request lands.

/// Bounds on decoding. They guard memory (a two-byte attribute on the wire is sixty bytes
/// here) and the stack, and lie far above what recorded agents send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Spans, log records or metrics in one request.
    pub items_per_request: usize,
    /// Attribute values in one request, those inside lists and maps included; an event or
    /// a link counts as three.
    pub values_per_request: usize,
    /// Attributes of one span, event, link, resource or scope.
    pub attributes_per_item: usize,
    /// Events of one span.
    pub events_per_span: usize,
    /// Links of one span.
    pub links_per_span: usize,
    /// How deep lists and maps may nest inside an attribute.
    pub attribute_depth: usize,
    /// Bytes of an attribute's key.
    pub key_bytes: usize,
    /// Bytes of a span's or event's name.
    pub name_bytes: usize,
    /// Rejected items of which the reason is kept; the others are only counted.
    pub reasons_kept: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            items_per_request: 250_000,
            values_per_request: 4_000_000,
            attributes_per_item: 16_384,
            events_per_span: 65_536,
            links_per_span: 4_096,
            attribute_depth: 32,
            key_bytes: 16_384,
            name_bytes: 65_536,
            reasons_kept: 100,
        }
    }
}
