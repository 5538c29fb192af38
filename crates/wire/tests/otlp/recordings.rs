//! Every recorded OTLP request decodes to what an independent decoder wrote beside it.

use std::fs;
use std::path::{Path, PathBuf};

use clew_wire::otlp::{Encoding, Signal, decode_logs, decode_metrics, decode_traces};
use clew_wire::{Decoded, Limits};

/// One recorded request.
pub(crate) struct Request {
    pub(crate) name: String,
    pub(crate) signal: Signal,
    pub(crate) encoding: Encoding,
    pub(crate) body: Vec<u8>,
    /// The same request as JSON, made by another decoder.
    pub(crate) oracle: Option<Vec<u8>>,
}

impl Request {
    pub(crate) fn decode(&self) -> Decoded {
        decode(self.signal, &self.body, self.encoding)
    }
}

pub(crate) fn decode(signal: Signal, body: &[u8], encoding: Encoding) -> Decoded {
    let limits = Limits::default();
    match signal {
        Signal::Traces => decode_traces(body, encoding, &limits),
        Signal::Logs => decode_logs(body, encoding, &limits),
        Signal::Metrics => decode_metrics(body, encoding, &limits),
    }
    .unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire")
}

/// The OTLP requests of all recordings, in order.
pub(crate) fn requests() -> Vec<Request> {
    let mut metas: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .flat_map(|recording| fs::read_dir(recording.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".meta.json"))
        .collect();
    metas.sort();
    metas.iter().filter_map(|path| request(path)).collect()
}

fn request(meta_path: &Path) -> Option<Request> {
    let meta: serde_json::Value = serde_json::from_slice(&fs::read(meta_path).unwrap()).unwrap();
    let path = meta["path"].as_str().unwrap();
    let signal = if path.ends_with("/v1/traces") || path.ends_with("TraceService/Export") {
        Signal::Traces
    } else if path.ends_with("/v1/logs") || path.ends_with("LogsService/Export") {
        Signal::Logs
    } else if path.ends_with("/v1/metrics") || path.ends_with("MetricsService/Export") {
        Signal::Metrics
    } else {
        return None;
    };
    let header = |name: &str| {
        meta["headers"].as_array().unwrap().iter().find_map(|pair| {
            let is_it = pair[0].as_str().unwrap().eq_ignore_ascii_case(name);
            is_it.then(|| pair[1].as_str().unwrap().to_owned())
        })
    };
    let encoding = header("content-type")
        .and_then(|value| Encoding::from_content_type(&value))
        .unwrap_or(Encoding::Protobuf);
    let beside = |extension: &str| {
        let name = meta_path.to_string_lossy().replace(".meta.json", extension);
        fs::read(name).ok()
    };
    Some(Request {
        name: meta_path.parent()?.file_name()?.to_string_lossy().into_owned(),
        signal,
        encoding,
        body: beside(".decoded").or_else(|| beside(".body"))?,
        oracle: beside(".otlp.json"),
    })
}

/// Recording, spans, attributes of spans, events of spans, log records, data points;
/// counted by another program.
const COUNTS: [(&str, usize, usize, usize, usize, usize); 26] = [
    ("agno", 12, 218, 0, 0, 0),
    ("claude-code-http-json", 21, 392, 9, 25, 12),
    ("claude-code-parent-proto", 21, 392, 9, 25, 17),
    ("js-langfuse", 3, 22, 0, 0, 0),
    ("langfuse5", 16, 206, 0, 0, 0),
    ("lmnr-grpc", 17, 383, 23, 0, 0),
    ("lmnr-http", 17, 383, 23, 0, 0),
    ("logfire-native", 18, 410, 2, 0, 2),
    ("logfire-otlp", 17, 399, 2, 0, 6),
    ("mlflow-otlp", 16, 145, 22, 0, 0),
    ("mlflow-rest", 17, 151, 22, 0, 0),
    ("otel-grpc", 13, 166, 7, 0, 0),
    ("otel-grpc-gzip", 13, 166, 7, 0, 0),
    ("otel-http-json", 13, 166, 7, 0, 0),
    ("otel-http-proto", 13, 166, 7, 0, 0),
    ("otel-http-proto-gzip", 13, 166, 7, 0, 0),
    ("phoenix-grpc", 16, 376, 4, 0, 0),
    ("phoenix-http", 16, 376, 4, 0, 0),
    ("phoenix-infer", 16, 376, 4, 0, 0),
    ("retry-otlp-400", 13, 166, 7, 0, 0),
    ("retry-otlp-429", 39, 498, 21, 0, 0),
    ("retry-otlp-500", 13, 166, 7, 0, 0),
    ("retry-otlp-503", 39, 498, 21, 0, 0),
    ("traceloop", 17, 264, 22, 0, 18),
    ("vercel-http-json", 23, 165, 1, 0, 0),
    ("vercel-http-proto", 23, 165, 1, 0, 0),
];

#[test]
fn every_recording_has_its_counts() {
    let requests = requests();
    for (recording, spans, attributes, events, records, points) in COUNTS {
        let mut found = (recording, 0, 0, 0, 0, 0);
        for request in requests.iter().filter(|request| request.name == recording) {
            let decoded = request.decode();
            assert_eq!(decoded.rejected, [], "{recording}");
            assert_eq!(decoded.replaced_texts, 0, "{recording}");
            match request.signal {
                Signal::Traces => {
                    found.1 += decoded.spans.len();
                    found.2 +=
                        decoded.spans.iter().map(|span| span.attributes.len()).sum::<usize>();
                    found.3 += decoded.spans.iter().map(|span| span.events.len()).sum::<usize>();
                }
                Signal::Logs => found.4 += decoded.accepted_count as usize,
                Signal::Metrics => found.5 += decoded.accepted_count as usize,
            }
        }
        assert_eq!(found, (recording, spans, attributes, events, records, points));
    }
}

#[test]
fn protobuf_gives_what_the_oracle_gives() {
    let compared = requests()
        .iter()
        .filter_map(|request| Some((request, request.oracle.as_ref()?)))
        .map(|(request, oracle)| {
            let want = decode(request.signal, oracle, Encoding::Json);
            assert_eq!(request.decode(), want, "{}", request.name);
        })
        .count();
    assert!(compared >= 38, "only {compared} oracles were found");
}

#[test]
fn facts_of_one_span_are_read_by_eye() {
    let requests = requests();
    let otel = requests.iter().find(|request| request.name == "otel-http-proto").unwrap();
    let span = &otel.decode().spans[0];
    assert_eq!(span.trace_id.to_string(), "605fefe378ea52b31a28792f24513bb7");
    assert_eq!(span.span_id.to_string(), "cabc5e80c65bd672");
    assert_eq!(span.parent_span_id.unwrap().to_string(), "7e834cdb3620a217");
    assert_eq!(span.name.as_deref(), Some("chat gpt-5-mini"));
    assert_eq!(span.start_nanos, Some(1_795_154_476_295_134_389));
    assert_eq!(span.end_nanos, Some(1_795_154_476_510_297_909));
    assert_eq!(span.kind, clew_model::source::SpanKind::Client);
    assert_eq!(span.scope.name, "demo.agent");
    assert_eq!(span.resource.attributes[4].0, "service.name");
    assert_eq!(span.attributes[4].1, clew_model::value::Value::Double(0.2));
    assert_eq!(span.attributes[5].1, clew_model::value::Value::Int(256));
}
