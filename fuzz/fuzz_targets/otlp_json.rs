//! Any bytes as an OTLP JSON request.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clew_wire::fuzz::json(bytes));
