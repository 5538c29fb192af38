//! Any bytes as an OTLP protobuf request: nothing panics, what is understood is exported
//! and read again.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clew_wire::fuzz::protobuf(bytes));
