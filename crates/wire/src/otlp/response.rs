//! Answers to exporters: success, partial success, errors.

use std::time::Duration;

use super::{Encoding, Signal};
use crate::decoded::Decoded;
use crate::json::write::{Object, write_to};
use crate::protobuf::write::{bytes, integer};

/// `Export…ServiceResponse`: empty, or with a partial success where items were rejected.
pub fn encode_response(signal: Signal, encoding: Encoding, decoded: &Decoded) -> Vec<u8> {
    let message = decoded.partial_message().unwrap_or_default();
    match encoding {
        Encoding::Protobuf => {
            let mut partial = Vec::new();
            integer(&mut partial, 1, decoded.rejected_count);
            bytes(&mut partial, 2, message.as_bytes());
            let mut response = Vec::new();
            bytes(&mut response, 1, &partial);
            response
        }
        Encoding::Json => {
            let mut out = String::new();
            let mut response = Object::open(&mut out);
            if decoded.rejected_count > 0 {
                let mut partial = Object::open(response.key("partialSuccess"));
                let count = partial.key(rejected_field(signal));
                write_to(count, format_args!("\"{}\"", decoded.rejected_count));
                partial.text("errorMessage", &message);
                partial.close();
            }
            response.close();
            out.into_bytes()
        }
    }
}

fn rejected_field(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "rejectedSpans",
        Signal::Logs => "rejectedLogRecords",
        Signal::Metrics => "rejectedDataPoints",
    }
}

/// `google.rpc.Status`, the body of OTLP/HTTP's errors. `code` is gRPC's.
pub fn encode_status(encoding: Encoding, code: i32, message: &str) -> Vec<u8> {
    match encoding {
        Encoding::Protobuf => status(code, message),
        Encoding::Json => {
            let mut out = String::new();
            let mut object = Object::open(&mut out);
            object.number("code", i64::from(code));
            object.text("message", message);
            object.close();
            out.into_bytes()
        }
    }
}

fn status(code: i32, message: &str) -> Vec<u8> {
    let mut out = Vec::new();
    // Negative enum numbers are ten bytes of protobuf; gRPC has none.
    integer(&mut out, 1, u64::from(code.unsigned_abs()));
    bytes(&mut out, 2, message.as_bytes());
    out
}

/// `google.rpc.Status` with a `RetryInfo`, for gRPC's `grpc-status-details-bin`: without
/// it exporters take RESOURCE_EXHAUSTED for final.
pub fn retry_details(code: i32, message: &str, delay: Duration) -> Vec<u8> {
    let mut duration = Vec::new();
    integer(&mut duration, 1, delay.as_secs());
    integer(&mut duration, 2, u64::from(delay.subsec_nanos()));
    let mut retry_info = Vec::new();
    bytes(&mut retry_info, 1, &duration);
    let mut any = Vec::new();
    bytes(&mut any, 1, b"type.googleapis.com/google.rpc.RetryInfo");
    bytes(&mut any, 2, &retry_info);
    let mut out = status(code, message);
    bytes(&mut out, 3, &any);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decoded::Rejected;

    fn partly() -> Decoded {
        let rejected = Rejected { what: "a".to_owned(), reason: "b".to_owned() };
        Decoded { rejected: vec![rejected], rejected_count: 3, ..Decoded::default() }
    }

    #[test]
    fn nothing_rejected_is_an_empty_answer() {
        let fine = Decoded::default();
        assert_eq!(encode_response(Signal::Traces, Encoding::Protobuf, &fine), b"");
        assert_eq!(encode_response(Signal::Traces, Encoding::Json, &fine), b"{}");
    }

    #[test]
    fn partial_success_counts_and_explains() {
        assert_eq!(
            encode_response(Signal::Traces, Encoding::Protobuf, &partly()),
            b"\x0a\x15\x08\x03\x12\x11a: b (and 2 more)"
        );
        assert_eq!(
            String::from_utf8(encode_response(Signal::Logs, Encoding::Json, &partly())).unwrap(),
            r#"{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"a: b (and 2 more)"}}"#
        );
    }

    #[test]
    fn errors_are_google_rpc_statuses() {
        assert_eq!(encode_status(Encoding::Protobuf, 3, "no"), b"\x08\x03\x12\x02no");
        assert_eq!(encode_status(Encoding::Json, 3, "no"), br#"{"code":3,"message":"no"}"#);
        assert_eq!(
            retry_details(8, "full", Duration::from_millis(1500)),
            b"\x08\x08\x12\x04full\x1a\x36\x0a\x28type.googleapis.com/google.rpc.RetryInfo\
              \x12\x0a\x0a\x08\x08\x01\x10\x80\xca\xb5\xee\x01"
        );
    }
}
