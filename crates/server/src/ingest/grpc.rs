//! OTLP over gRPC. The three calls are unary, so the protocol is a frame of five bytes
//! around the message and two trailers. It is spoken here rather than by tonic, so that a
//! body goes the same way as over HTTP: into the same budget of memory, and to the
//! decoders beside the network's threads (docs/adr/0004-own-grpc.md).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;
use axum::routing::post;
use bytes::{BufMut, Bytes, BytesMut};
use clew_store::Scope;
use clew_wire::otlp::{Encoding, Signal, encode_response};
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;

use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::{ApiError, ErrorCode};
use crate::ingest::decompress::Packing;
use crate::ingest::otlp::{decode, read};
use crate::ingest::receive::{AgentRule, Received, land};
use crate::routes::{Access, Answer, Owner, Route};

/// Bytes before a message: a flag and a length.
const PREFIX_BYTES: usize = 5;

/// The routes of this file.
pub(crate) fn routes() -> Vec<Route> {
    let route = |path, summary, handler| Route {
        method: Method::POST,
        path,
        owner: Owner::Grpc,
        access: Access::Scope(Scope::Ingest),
        summary,
        query: &[],
        body: None,
        answer: Answer::Grpc,
        handler,
    };
    vec![
        route(
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            "OTLP traces over gRPC",
            || post(traces),
        ),
        route(
            "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
            "OTLP logs over gRPC",
            || post(logs),
        ),
        route(
            "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
            "OTLP metrics over gRPC",
            || post(metrics),
        ),
    ]
}

async fn traces(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    export(&app, &caller, Signal::Traces, request).await
}

async fn logs(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    export(&app, &caller, Signal::Logs, request).await
}

async fn metrics(State(app): State<App>, caller: Caller, request: Request) -> Answered {
    export(&app, &caller, Signal::Metrics, request).await
}

type Answered = Result<Response, ApiError>;

async fn export(app: &App, caller: &Caller, signal: Signal, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let packing = declared_packing(&parts.headers)?;
    let (mut body, room) = read(app, &parts.headers, body).await?;
    let packing = unframe(&mut body, packing)?;
    let received = Received { body, packing, room };
    let landed = land(app, caller, "otlp_grpc", AgentRule::Any, received, move |body| {
        Ok((decode(signal, body, Encoding::Protobuf)?, ()))
    })
    .await?;
    let message = encode_response(signal, Encoding::Protobuf, &landed.decoded);
    let mut response = answer(&message);
    response.extensions_mut().insert(landed.note);
    Ok(response)
}

fn declared_packing(headers: &HeaderMap) -> Result<Packing, ApiError> {
    let grpc = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"));
    if !grpc {
        return Err(ApiError::new(
            ErrorCode::UnsupportedMediaType,
            "this path speaks gRPC: send OTLP over HTTP to /v1/traces",
        ));
    }
    Packing::from_header(headers.get("grpc-encoding").map(|value| value.to_str().unwrap_or("?")))
}

/// Takes the frame off the one message of a unary call.
fn unframe(body: &mut Vec<u8>, packing: Packing) -> Result<Packing, ApiError> {
    let bad = |message: &str| ApiError::new(ErrorCode::Undecodable, message);
    let Some((prefix, message)) = body.split_first_chunk::<PREFIX_BYTES>() else {
        return Err(bad("the call holds no message"));
    };
    let [flag, length @ ..] = *prefix;
    let length = u32::from_be_bytes(length);
    if usize::try_from(length).ok() != Some(message.len()) {
        let found = message.len();
        return Err(bad(&format!("the message's frame says {length} bytes, {found} came")));
    }
    body.drain(..PREFIX_BYTES);
    match flag {
        0 => Ok(Packing::Identity),
        1 if packing != Packing::Identity => Ok(packing),
        1 => Err(bad("the message is marked as compressed and grpc-encoding is not set")),
        _ => Err(bad("the message's frame has an unknown flag")),
    }
}

fn answer(message: &[u8]) -> Response {
    let mut data = BytesMut::with_capacity(PREFIX_BYTES + message.len());
    data.put_u8(0);
    data.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    data.put_slice(message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frames = [
        Ok::<_, std::convert::Infallible>(Frame::data(Bytes::from(data))),
        Ok(Frame::trailers(trailers)),
    ];
    let mut response = Response::new(Body::new(StreamBody::new(stream::iter(frames))));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert("grpc-accept-encoding", HeaderValue::from_static("identity,gzip,zstd"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_must_fit_its_message() {
        let mut body = b"\x00\x00\x00\x00\x02hi".to_vec();
        assert_eq!(unframe(&mut body, Packing::Gzip), Ok(Packing::Identity));
        assert_eq!(body, b"hi");
        let mut packed = b"\x01\x00\x00\x00\x02hi".to_vec();
        assert_eq!(unframe(&mut packed.clone(), Packing::Gzip), Ok(Packing::Gzip));
        assert!(unframe(&mut packed, Packing::Identity).is_err());
        for bad in
            [&b""[..], b"\x00\x00\x00\x00", b"\x00\x00\x00\x00\x03hi", b"\x07\x00\x00\x00\x00"]
        {
            assert!(unframe(&mut bad.to_vec(), Packing::Gzip).is_err(), "{bad:?}");
        }
    }
}
