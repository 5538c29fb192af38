//! Recorded bodies of products with a format of their own, cut and bent: any bytes may come,
//! nothing panics, and what is understood can be given out and read again.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fs;
use std::path::Path;

use clew_wire::fuzz;

/// Bodies of the recordings whose names begin so.
fn bodies(prefix: &str) -> Vec<Vec<u8>> {
    let wire = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire");
    let mut found = Vec::new();
    for recording in fs::read_dir(wire).unwrap() {
        let recording = recording.unwrap().path();
        if !recording.file_name().unwrap().to_string_lossy().starts_with(prefix) {
            continue;
        }
        for file in fs::read_dir(recording).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|extension| extension == "body") {
                found.push(fs::read(file).unwrap());
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// Calls `read` with each body cut at and bent in places that are the same at every run.
fn damage(prefix: &str, read: fn(&[u8])) {
    let mut state = 2_539_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below.max(1) as u64).unwrap()
    };
    for body in bodies(prefix) {
        read(&body);
        for _ in 0..12 {
            read(&body[..next(body.len())]);
            let mut bent = body.clone();
            for _ in 0..4 {
                if let Some(byte) = bent.get_mut(next(body.len())) {
                    *byte = b"\"{}[],:\\0n\0\xff"[next(11)];
                }
            }
            read(&bent);
        }
    }
}

#[test]
fn openai_agents() {
    damage("openai-agents", fuzz::openai_agents);
}

#[test]
fn langsmith() {
    damage("langsmith", fuzz::langsmith);
}
