//! What real tracers sent comes back as it was decoded (ruling 16): every attribute, byte
//! for byte and in its order, whatever it was cut into.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clew_model::fold::{fold, resolve_pending};
use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_store::StoreError;
use clew_wire::Limits;
use clew_wire::otlp::{Encoding, decode_logs, decode_traces};

use crate::world::{WS, World};

pub(crate) fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Spans of one recorded OTLP body; empty for what is something else.
pub(crate) fn spans(path: &Path) -> Vec<SourceSpan> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let body = std::fs::read(path).unwrap();
    let limits = Limits::default();
    let is_body =
        name.ends_with(".otlp.json") || name.ends_with(".body") || name.ends_with(".decoded");
    if !is_body || !name.contains("v1_") && !name.contains("Export") && !name.contains("Trace") {
        return Vec::new();
    }
    let decode =
        if name.contains("logs") || name.contains("Logs") { decode_logs } else { decode_traces };
    let encodings = [Encoding::Json, Encoding::Protobuf];
    let decoded = encodings.into_iter().find_map(|encoding| decode(&body, encoding, &limits).ok());
    decoded.map(|decoded| decoded.spans).unwrap_or_default()
}

#[test]
fn every_recorded_span_comes_back_as_it_was_sent() {
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire"), &mut paths);
    paths.sort();
    let world = World::with(|options| options.flush_spans = 10);
    let mut want: BTreeMap<TraceId, BTreeMap<SpanId, SourceSpan>> = BTreeMap::new();
    let mut bodies = 0;
    for path in &paths {
        let spans = spans(path);
        if spans.is_empty() {
            continue;
        }
        bodies += 1;
        world.put(&spans);
        for span in spans.into_iter().map(resolve_pending) {
            let trace = want.entry(span.trace_id).or_default();
            let combined = match trace.get(&span.span_id) {
                Some(stored) if *stored != span => fold(stored, &span),
                _ => span.clone(),
            };
            trace.insert(span.span_id, combined);
        }
    }
    assert!(bodies > 60, "{bodies} bodies were decoded");
    let spans: usize = want.values().map(BTreeMap::len).sum();
    assert!(spans > 400, "{spans} spans were recorded");
    let compare = |world: &World, when: &str| {
        for (trace, spans) in &want {
            let mut found = match world.store.sources(WS, trace, None) {
                Ok(found) => found,
                Err(StoreError::NotFound(_)) => panic!("{trace} is missing, {when}"),
                Err(error) => panic!("{trace}, {when}: {error}"),
            };
            found.sort_by_key(|span| span.span_id);
            let ids = |spans: &[SourceSpan]| -> Vec<String> {
                spans.iter().map(|span| span.span_id.to_string()).collect()
            };
            let want: Vec<_> = spans.values().cloned().collect();
            assert_eq!(ids(&found), ids(&want), "{trace}, {when}");
            for (found, want) in found.iter().zip(spans.values()) {
                assert_eq!(found, want, "{trace}, {when}");
            }
        }
    };
    compare(&world, "staged and in chunks");
    compare(&world.crashed(), "after a crash");
    world.store.flush().unwrap();
    world.pass(120_000_000_000);
    world.store.merge().unwrap();
    compare(&world, "merged");
    assert_eq!(world.store.check().unwrap().problems, []);
}
