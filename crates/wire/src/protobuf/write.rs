//! The few protobuf messages that Clew writes: answers and errors, all of them small.

/// Appends a `string` or `bytes` field or a nested message; empty ones are left out.
pub(crate) fn bytes(out: &mut Vec<u8>, number: u32, payload: &[u8]) {
    if !payload.is_empty() {
        varint(out, u64::from(number) << 3 | 2);
        varint(out, payload.len() as u64);
        out.extend_from_slice(payload);
    }
}

/// Appends an integer field; zero is left out.
pub(crate) fn integer(out: &mut Vec<u8>, number: u32, value: u64) {
    if value != 0 {
        varint(out, u64::from(number) << 3);
        varint(out, value);
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
