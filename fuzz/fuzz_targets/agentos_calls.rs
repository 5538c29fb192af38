//! Any bytes as the body of each AgentOS call.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clew_wire::fuzz::agentos(bytes));
