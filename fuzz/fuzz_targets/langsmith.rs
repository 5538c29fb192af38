//! Any bytes as every call of LangSmith's SDKs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clew_wire::fuzz::langsmith(bytes));
