//! Any bytes as MLflow's, Phoenix's, Laminar's and Traceloop's own calls.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clew_wire::fuzz::products(bytes));
