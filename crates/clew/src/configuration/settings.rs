//! The table of settings. `clew config` prints it, docs/configuration.md is made from it.

use std::str::FromStr;

use clew_server::Port;

use super::size;

/// One setting.
pub(crate) struct Setting {
    /// Its name, with dots.
    pub name: &'static str,
    /// Value when nobody says anything.
    pub default: &'static str,
    /// What may be written.
    pub kind: Kind,
    /// What it does, and why the default is what it is.
    pub help: &'static str,
}

/// What a setting's text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Free text; empty is "not set".
    Text,
    /// An IP address.
    Address,
    /// `off`, `0` for a free one, or a number.
    Port,
    /// `auto`, `true` or `false`.
    Choice,
    /// A whole number.
    Number,
    /// Bytes, with a unit.
    Bytes,
    /// A length of time, with a unit.
    Time,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

impl Kind {
    /// Says what is wrong with `value`.
    pub(crate) fn check(self, value: &str) -> Result<(), String> {
        match self {
            Kind::Text => Ok(()),
            Kind::Address => match value.parse::<std::net::IpAddr>() {
                Ok(_) => Ok(()),
                Err(_) => Err("write an IP address, such as 127.0.0.1 or 0.0.0.0".to_owned()),
            },
            Kind::Port => Port::from_str(value).map(|_| ()).map_err(|error| error.to_string()),
            Kind::Choice => one_of(value, &["auto", "true", "false"]),
            Kind::Number => match value.parse::<u64>() {
                Ok(_) => Ok(()),
                Err(_) => Err("write a whole number".to_owned()),
            },
            Kind::Bytes => size::bytes(value).map(|_| ()),
            Kind::Time => size::duration(value).map(|_| ()),
            Kind::OneOf(words) => one_of(value, words),
        }
    }
}

fn one_of(value: &str, words: &[&str]) -> Result<(), String> {
    if words.contains(&value) { Ok(()) } else { Err(format!("write one of {}", words.join(", "))) }
}

const fn setting(
    name: &'static str,
    default: &'static str,
    kind: Kind,
    help: &'static str,
) -> Setting {
    Setting { name, default, kind, help }
}

/// Every setting, in the order in which it is printed.
pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "listen",
        "127.0.0.1",
        Kind::Address,
        "Address of all listeners. Another than loopback needs a key.",
    ),
    setting("port", "2539", Kind::Port, "The port with everything: API, receivers, pages."),
    setting(
        "otlp_grpc_port",
        "4317",
        Kind::Port,
        "OTLP over gRPC, where an unconfigured exporter sends.",
    ),
    setting(
        "otlp_http_port",
        "4318",
        Kind::Port,
        "OTLP over HTTP, where an unconfigured exporter sends.",
    ),
    setting("open", "auto", Kind::Choice, "Answer without a key. auto: on loopback only."),
    setting(
        "admin_key",
        "",
        Kind::Text,
        "Seeds the first admin key. Better given as CLEW_ADMIN_KEY than in a file.",
    ),
    setting(
        "cors_origins",
        "",
        Kind::Text,
        "Origins, separated by commas, whose pages may call the API. Empty: none.",
    ),
    setting(
        "web.dist",
        "",
        Kind::Text,
        "Folder to serve the web pages from, instead of from the binary; for development and tests.",
    ),
    setting(
        "log.level",
        "info",
        Kind::Text,
        "error, warn, info, debug, trace, or a filter such as clew_server=debug.",
    ),
    setting(
        "log.format",
        "auto",
        Kind::OneOf(&["auto", "text", "json"]),
        "auto: text on a terminal, JSON into a file or a pipe.",
    ),
    setting(
        "ingest.max_body_bytes",
        "64MiB",
        Kind::Bytes,
        "One request's body on the wire; larger ones are answered 413.",
    ),
    setting(
        "ingest.max_decoded_bytes",
        "256MiB",
        Kind::Bytes,
        "The same after decompression, against compressed bombs.",
    ),
    setting(
        "ingest.max_attachment_bytes",
        "64MiB",
        Kind::Bytes,
        "One attachment of a run: a file, an image, sound.",
    ),
    setting("ingest.max_trace_attachments", "1000", Kind::Number, "Attachments of one run."),
    setting(
        "ingest.max_inflight_bytes",
        "40MiB",
        Kind::Bytes,
        "Bodies in memory at once; beyond it senders are told to come back.",
    ),
    setting(
        "ingest.admission_wait",
        "2s",
        Kind::Time,
        "How long a request waits for room before its sender is told to come back.",
    ),
    setting(
        "ingest.decode_threads",
        "",
        Kind::Number,
        "Bodies decoded at once. Empty: as many as there are cores.",
    ),
    setting("server.max_connections", "1024", Kind::Number, "Connections over all listeners."),
    setting("server.max_header_bytes", "64KiB", Kind::Bytes, "One request's line and headers."),
    setting("server.header_timeout", "15s", Kind::Time, "To receive a request's headers."),
    setting("server.body_timeout", "60s", Kind::Time, "To receive a request's body."),
    setting("server.request_timeout", "60s", Kind::Time, "To answer a reading request."),
    setting(
        "server.drain_timeout",
        "10s",
        Kind::Time,
        "For requests that run when the server is told to stop.",
    ),
    setting(
        "api.scan_deadline",
        "2s",
        Kind::Time,
        "How long one page may search before it answers with what it has and a cursor.",
    ),
    setting(
        "api.max_response_bytes",
        "32MiB",
        Kind::Bytes,
        "One answer; the rest is behind a cursor.",
    ),
    setting(
        "api.max_skeleton_bytes",
        "64MiB",
        Kind::Bytes,
        "One run in columns, as the page reads it; about 220 bytes a span.",
    ),
    setting(
        "api.tree_cache_bytes",
        "128MiB",
        Kind::Bytes,
        "Trees of runs that were looked at in the last five minutes; about 0.9 KB a span.",
    ),
    setting(
        "api.span_cache_bytes",
        "128MiB",
        Kind::Bytes,
        "Spans whose texts are being read piece by piece, kept in memory for half a minute.",
    ),
    setting("api.max_body_bytes", "1MiB", Kind::Bytes, "A body sent to the API."),
    setting("api.max_page", "1000", Kind::Number, "Rows of one page."),
    setting(
        "api.read_threads",
        "",
        Kind::Number,
        "Reading requests that run at once; others wait. Empty: twice the cores.",
    ),
    setting("api.max_live_streams", "256", Kind::Number, "Open event streams."),
    setting(
        "store.staging_max_bytes",
        "32MiB",
        Kind::Bytes,
        "Spans in the log and in memory that have no chunk yet.",
    ),
    setting(
        "store.in_flight_max_bytes",
        "40MiB",
        Kind::Bytes,
        "Prepared spans that wait for the writer; beyond it senders are told to come back.",
    ),
    setting(
        "store.active_max_bytes",
        "96MiB",
        Kind::Bytes,
        "State of runs that may still grow; what was touched longest ago is dropped and read again when needed.",
    ),
    setting("store.commit_max_spans", "5000", Kind::Number, "Spans of one group commit."),
    setting("store.commit_max_bytes", "8MiB", Kind::Bytes, "Bytes of one group commit."),
    setting(
        "store.merge_after",
        "60s",
        Kind::Time,
        "A run without news for so long is rewritten as one chunk.",
    ),
    setting(
        "store.max_bytes",
        "",
        Kind::Bytes,
        "Size at which the store answers 507, as a full disk does. Empty: the disk.",
    ),
    setting("store.readers", "8", Kind::Number, "Read connections kept open."),
    setting(
        "store.reserve_bytes",
        "64MiB",
        Kind::Bytes,
        "Kept on disk so that deleting works when the disk is full.",
    ),
    setting(
        "log.max_bytes",
        "1GiB",
        Kind::Bytes,
        "How much log a follower that lags may keep on disk.",
    ),
    setting(
        "trace.quiet_after",
        "60s",
        Kind::Time,
        "An unfinished run without news for so long is called quiet.",
    ),
    setting("trace.abandoned_after", "30m", Kind::Time, "And for so long, abandoned."),
    setting(
        "retention.days",
        "",
        Kind::Number,
        "Runs older than so many days are deleted. Empty: kept. Set here, it can't be changed over the API.",
    ),
    setting(
        "retention.max_bytes",
        "",
        Kind::Bytes,
        "The oldest runs are deleted while the store is larger. Empty: no limit.",
    ),
];
