//! Any bytes as the block of a commit that recovery reads.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clew_store::fuzz::log_block(bytes));
