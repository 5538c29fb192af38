//! Entry function for fuzzers: what recovery and readers do with the bytes of a log row.

use crate::embedded::codec::log::LogBlock;

/// Any bytes as the block of a commit. What is understood derives facts or is damage, and
/// written out again reads as the same block; nothing panics.
pub fn log_block(raw: &[u8]) {
    let Ok(block) = LogBlock::decode(raw) else { return };
    for group in &block.traces {
        for record in &group.records {
            let _ = record.span(group.trace_id);
        }
    }
    let mut written = Vec::new();
    block.encode(&mut written);
    // Facts are derived and may be written anew in another spelling, so the second
    // writing is what the third must equal.
    if let Ok(again) = LogBlock::decode(&written) {
        let mut third = Vec::new();
        again.encode(&mut third);
        assert_eq!(written, third, "a block reads back as it was written");
    }
}
