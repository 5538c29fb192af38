//! What a server is told before it starts: addresses, access and limits, as plain data.
//!
//! Where a value comes from (default, file, environment, flag) is the binary's business.
//! Each limit has the name that error messages and `clew.toml` use.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use crate::pages::Pages;

/// Everything that [`crate::serve`] needs to know.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Address that all three listeners bind to.
    pub bind: IpAddr,
    /// The port with everything: API, receivers, pages.
    pub http_port: Port,
    /// OTLP over HTTP on its standard port.
    pub otlp_http_port: Port,
    /// OTLP over gRPC on its standard port.
    pub otlp_grpc_port: Port,
    /// Requests without a key are answered. `None`: on loopback they are.
    pub open: Option<bool>,
    /// Seeds the first admin key (`CLEW_ADMIN_KEY` or a file).
    pub admin_key: Option<Secret>,
    /// Origins that browsers may call the API from. Empty: no CORS headers at all.
    pub cors_origins: Vec<String>,
    /// Where a backup stands while it is sent; `None` is the system's place for such.
    pub scratch: Option<PathBuf>,
    /// The web pages.
    pub pages: Pages,
    /// Limits.
    pub limits: Limits,
    /// Settings that came from file, environment or flag: name and value. They show as
    /// locked and cannot be changed over the API (ruling 32).
    pub locked_settings: Vec<(String, serde_json::Value)>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            http_port: Port::Default(HTTP_PORT),
            otlp_http_port: Port::Default(OTLP_HTTP_PORT),
            otlp_grpc_port: Port::Default(OTLP_GRPC_PORT),
            open: None,
            admin_key: None,
            cors_origins: Vec::new(),
            scratch: None,
            pages: Pages::Absent,
            limits: Limits::default(),
            locked_settings: Vec::new(),
        }
    }
}

impl ServerConfig {
    /// Whether requests without a key are answered.
    pub fn is_open(&self) -> bool {
        self.open.unwrap_or(self.bind.is_loopback())
    }
}

/// The port with everything: CLEW on a telephone's keys.
pub const HTTP_PORT: u16 = 2539;
/// OTLP's standard port for HTTP.
pub const OTLP_HTTP_PORT: u16 = 4318;
/// OTLP's standard port for gRPC.
pub const OTLP_GRPC_PORT: u16 = 4317;

/// Which port to listen on. The difference between a default and an asked-for port
/// decides whether a taken one is fatal (ruling 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// No listener.
    Off,
    /// Any free port.
    Free,
    /// Nobody asked for this one.
    Default(u16),
    /// Asked for by file, environment or flag.
    Asked(u16),
}

/// Why a text names no port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no port: write `off`, `0` for any free one, or 1 to 65535")]
pub struct PortError(String);

impl std::str::FromStr for Port {
    type Err = PortError;

    /// Reads `off`, `0` or a number, as somebody asked for it.
    fn from_str(text: &str) -> Result<Self, PortError> {
        if text.eq_ignore_ascii_case("off") {
            return Ok(Port::Off);
        }
        match text.parse() {
            Ok(0) => Ok(Port::Free),
            Ok(number) => Ok(Port::Asked(number)),
            Err(_) => Err(PortError(text.to_owned())),
        }
    }
}

/// A text that must never be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Bounds of everything that a sender or reader can make large.
#[derive(Debug, Clone)]
pub struct Limits {
    /// `ingest.max_body_bytes`: one request's body on the wire.
    pub max_body_bytes: usize,
    /// `ingest.max_decoded_bytes`: the same after decompression.
    pub max_decoded_bytes: usize,
    /// `ingest.max_attachment_bytes`: one attachment.
    pub max_attachment_bytes: usize,
    /// `ingest.max_trace_attachments`: attachments of one run.
    pub max_trace_attachments: usize,
    /// `ingest.max_inflight_bytes`: bodies in memory at once, over all requests.
    pub max_inflight_bytes: usize,
    /// `ingest.admission_wait`: how long a request waits for room before it is sent away.
    pub admission_wait: Duration,
    /// `ingest.decode_threads`: bodies decoded at once.
    pub decode_threads: usize,
    /// `server.max_connections`: over all listeners.
    pub max_connections: usize,
    /// `server.max_header_bytes`: one request's line and headers.
    pub max_header_bytes: usize,
    /// `server.header_timeout`: to receive a request's headers.
    pub header_timeout: Duration,
    /// `server.body_timeout`: to receive a request's body.
    pub body_timeout: Duration,
    /// `server.request_timeout`: to answer a reading request.
    pub request_timeout: Duration,
    /// `server.drain_timeout`: for requests that run when the server stops.
    pub drain_timeout: Duration,
    /// `api.max_body_bytes`: a body sent to the API.
    pub max_api_body_bytes: usize,
    /// `api.max_response_bytes`: one answer; what does not fit is behind a cursor.
    pub max_response_bytes: usize,
    /// `api.max_skeleton_bytes`: one run in columns.
    pub max_skeleton_bytes: usize,
    /// `api.tree_cache_bytes`: trees of runs kept from one request to the next.
    pub tree_cache_bytes: usize,
    /// `api.span_cache_bytes`: spans with their payload kept while they are read.
    pub span_cache_bytes: usize,
    /// `api.max_page`: rows of one page.
    pub max_page: usize,
    /// `api.scan_deadline`: time that one page may search for rows.
    pub scan_deadline: Duration,
    /// `api.read_threads`: reading requests that run at once; others wait.
    pub read_threads: usize,
    /// `api.max_live_streams`: open event streams.
    pub max_live_streams: usize,
}

const MEBIBYTE: usize = 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            max_body_bytes: 64 * MEBIBYTE,
            max_decoded_bytes: 256 * MEBIBYTE,
            max_attachment_bytes: 64 * MEBIBYTE,
            max_trace_attachments: 1000,
            max_inflight_bytes: 40 * MEBIBYTE,
            admission_wait: Duration::from_secs(2),
            decode_threads: cores,
            max_connections: 1024,
            max_header_bytes: 64 * 1024,
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(60),
            request_timeout: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(10),
            max_api_body_bytes: MEBIBYTE,
            max_response_bytes: 32 * MEBIBYTE,
            max_skeleton_bytes: 64 * MEBIBYTE,
            tree_cache_bytes: 128 * MEBIBYTE,
            span_cache_bytes: 128 * MEBIBYTE,
            max_page: 1000,
            scan_deadline: Duration::from_secs(2),
            read_threads: cores.max(2) * 2,
            max_live_streams: 256,
        }
    }
}

impl Limits {
    /// Those of attachments, as the store takes them.
    pub(crate) fn attachments(&self) -> clew_store::AttachmentLimits {
        clew_store::AttachmentLimits {
            bytes: self.max_attachment_bytes,
            per_trace: self.max_trace_attachments,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_off_free_or_asked_for() {
        assert_eq!("off".parse(), Ok(Port::Off));
        assert_eq!("0".parse(), Ok(Port::Free));
        assert_eq!("8080".parse(), Ok(Port::Asked(8080)));
        let error = "70000".parse::<Port>().unwrap_err().to_string();
        assert_eq!(error, "`70000` is no port: write `off`, `0` for any free one, or 1 to 65535");
    }

    #[test]
    fn open_follows_the_address_unless_it_is_said() {
        let mut config = ServerConfig::default();
        assert!(config.is_open());
        config.bind = IpAddr::from([0, 0, 0, 0]);
        assert!(!config.is_open());
        config.open = Some(true);
        assert!(config.is_open());
    }

    #[test]
    fn a_secret_does_not_print() {
        let config = ServerConfig {
            admin_key: Some(Secret("aos_ws_planted".to_owned())),
            ..ServerConfig::default()
        };
        assert!(!format!("{config:?}").contains("planted"));
    }
}
