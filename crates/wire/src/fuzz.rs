//! Entry functions for fuzzers: any bytes may go in, nothing may panic, and what was
//! understood can be given out and read again.

use crate::limits::Limits;
use crate::otlp::{self, Encoding, Signal};

/// All three signals as protobuf.
pub fn protobuf(bytes: &[u8]) {
    decode(bytes, Encoding::Protobuf);
}

/// All three signals as JSON.
pub fn json(bytes: &[u8]) {
    decode(bytes, Encoding::Json);
}

fn decode(bytes: &[u8], encoding: Encoding) {
    let limits = Limits::default();
    let decoders = [otlp::decode_traces, otlp::decode_logs, otlp::decode_metrics];
    for (decode, signal) in decoders.iter().zip([Signal::Traces, Signal::Logs, Signal::Metrics]) {
        let Ok(decoded) = decode(bytes, encoding, &limits) else { continue };
        otlp::encode_response(signal, encoding, &decoded);
        let lines = otlp::encode_json_lines(&decoded.spans, &decoded.run_events);
        if lines.is_empty() {
            continue;
        }
        let again = otlp::decode_traces(lines.as_bytes(), Encoding::Json, &limits);
        assert!(again.is_ok_and(|again| again.rejected_count == 0), "an export reads back");
    }
}
