//! Any bytes as what the exporter of OpenAI's Agents SDK sends.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clew_wire::fuzz::openai_agents(bytes));
