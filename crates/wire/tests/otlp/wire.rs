//! Protobuf by hand, for bodies that no exporter would write.

/// A varint.
pub(crate) fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// A field of bytes, text or message.
pub(crate) fn bytes(number: u64, payload: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(payload.len() as u64), payload.to_vec()].concat()
}

/// An integer field.
pub(crate) fn integer(number: u64, value: u64) -> Vec<u8> {
    [varint(number << 3), varint(value)].concat()
}

/// A field of eight bytes.
pub(crate) fn fixed64(number: u64, value: u64) -> Vec<u8> {
    [varint(number << 3 | 1), value.to_le_bytes().to_vec()].concat()
}

/// `KeyValue` as field `number`, with an encoded `AnyValue`.
pub(crate) fn attribute(number: u64, key: &[u8], value: &[u8]) -> Vec<u8> {
    bytes(number, &[bytes(1, key), bytes(2, value)].concat())
}

/// The fields of a valid span with this last byte in its id.
pub(crate) fn span(id: u8) -> Vec<u8> {
    [
        bytes(1, &[0xAA; 16]),
        bytes(2, &[0xBB, 0xBB, 0xBB, 0xBB, 0xBB, 0xBB, 0xBB, id]),
        bytes(5, b"work"),
        fixed64(7, 1_795_154_476_000_000_000),
        fixed64(8, 1_795_154_477_000_000_000),
    ]
    .concat()
}

/// A request of these spans under one resource and scope.
pub(crate) fn request(spans: &[Vec<u8>]) -> Vec<u8> {
    let spans: Vec<u8> = spans.iter().flat_map(|span| bytes(2, span)).collect();
    bytes(1, &bytes(2, &spans))
}
