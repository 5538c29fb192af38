//! OpenTelemetry's protocol: traces, logs and metrics, protobuf and JSON, in and out.

pub mod export;
mod feedback;
mod log;
mod names;
mod proto;
mod response;
mod span;
mod text;

pub use export::encode_json_lines;
pub(crate) use log::content_id;
pub use response::{encode_response, encode_status, retry_details};

pub(crate) use text::utf8;

use crate::decoded::{Decoded, Sink};
use crate::fault::WireError;
use crate::limits::Limits;

/// How a body is written. Compression is the receiver's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-protobuf`, and gRPC's messages.
    Protobuf,
    /// `application/json`.
    Json,
}

impl Encoding {
    /// The encoding that a `Content-Type` names; `None` for any other.
    pub fn from_content_type(header: &str) -> Option<Encoding> {
        let media_type = header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "application/x-protobuf" | "application/protobuf" | "application/octet-stream" => {
                Some(Encoding::Protobuf)
            }
            "application/json" | "text/json" | "application/x-ndjson" | "application/jsonl" => {
                Some(Encoding::Json)
            }
            _ => None,
        }
    }

    /// The encoding of a body that came without a `Content-Type`.
    pub fn sniff(body: &[u8]) -> Encoding {
        match body.trim_ascii_start().first() {
            Some(b'{') => Encoding::Json,
            _ => Encoding::Protobuf,
        }
    }

    /// What an answer in this encoding puts in `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Encoding::Protobuf => "application/x-protobuf",
            Encoding::Json => "application/json",
        }
    }
}

/// Which of the three services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// `/v1/traces`.
    Traces,
    /// `/v1/logs`.
    Logs,
    /// `/v1/metrics`.
    Metrics,
}

/// Decodes an `ExportTraceServiceRequest`. JSON bodies may also be the lines that
/// [`encode_json_lines`] writes, those with `resourceLogs` among them.
pub fn decode_traces(
    body: &[u8],
    encoding: Encoding,
    limits: &Limits,
) -> Result<Decoded, WireError> {
    match encoding {
        Encoding::Protobuf => {
            let mut sink = Sink::new(limits);
            proto::groups(body, &proto::TRACES, &mut sink, proto::span::span)?;
            let (spans, decoded) = sink.finish()?;
            Ok(feedback::with_labels(Decoded { spans, ..decoded }))
        }
        Encoding::Json => text::decode_traces(body, limits).map(feedback::with_labels),
    }
}

/// Decodes an `ExportLogsServiceRequest`: records that concern agents become parts of
/// the spans they name, or run events; the others are counted in [`Decoded::ignored`].
pub fn decode_logs(body: &[u8], encoding: Encoding, limits: &Limits) -> Result<Decoded, WireError> {
    match encoding {
        Encoding::Protobuf => {
            let mut sink = Sink::new(limits);
            proto::groups(body, &proto::LOGS, &mut sink, proto::log::record)?;
            let (records, decoded) = sink.finish()?;
            Ok(log::join(records, decoded))
        }
        Encoding::Json => text::decode_logs(body, limits),
    }
}

/// Checks an `ExportMetricsServiceRequest` and counts its data points. Clew reads no
/// metrics: what they say of tokens and cost stands on the spans.
pub fn decode_metrics(
    body: &[u8],
    encoding: Encoding,
    limits: &Limits,
) -> Result<Decoded, WireError> {
    let mut sink = Sink::new(limits);
    match encoding {
        Encoding::Protobuf => {
            proto::groups(body, &proto::METRICS, &mut sink, proto::metric::metric)?;
        }
        Encoding::Json => text::metrics(body, &mut sink)?,
    }
    let (_, mut decoded) = sink.finish()?;
    if decoded.accepted_count > 0 {
        decoded.ignored.insert("metric data point".to_owned(), decoded.accepted_count);
    }
    Ok(decoded)
}
