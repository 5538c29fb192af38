//! Any bytes as Braintrust's rows.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clew_wire::fuzz::braintrust(bytes));
