//! Any bytes as Langfuse's events and scores.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clew_wire::fuzz::langfuse(bytes));
