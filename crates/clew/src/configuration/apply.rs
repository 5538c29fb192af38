//! From settings to what the server and the store are told.

use std::sync::Arc;

use anyhow::Context;
use clew_model::prices::PriceTable;
use clew_server::{Pages, Secret, ServerConfig};
use clew_store::StoreOptions;

use super::{Configuration, Source, size};

/// The server's settings.
pub(crate) fn server_config(configuration: &Configuration) -> anyhow::Result<ServerConfig> {
    let mut config = ServerConfig {
        bind: configuration.get("listen").parse()?,
        http_port: port(configuration, "port")?,
        otlp_http_port: port(configuration, "otlp_http_port")?,
        otlp_grpc_port: port(configuration, "otlp_grpc_port")?,
        open: match configuration.get("open") {
            "auto" => None,
            other => Some(other == "true"),
        },
        ..ServerConfig::default()
    };
    let key = configuration.get("admin_key");
    config.admin_key = (!key.is_empty()).then(|| Secret(key.to_owned()));
    config.cors_origins = configuration
        .get("cors_origins")
        .split(',')
        .map(str::trim)
        .filter(|origin| !origin.is_empty())
        .map(str::to_owned)
        .collect();
    config.pages = match configuration.get("web.dist") {
        "" => crate::pages::built(),
        folder => Pages::Folder(folder.into()),
    };
    let limits = &mut config.limits;
    limits.max_body_bytes = bytes(configuration, "ingest.max_body_bytes")? as usize;
    limits.max_decoded_bytes = bytes(configuration, "ingest.max_decoded_bytes")? as usize;
    limits.max_attachment_bytes = bytes(configuration, "ingest.max_attachment_bytes")? as usize;
    limits.max_trace_attachments = configuration.get("ingest.max_trace_attachments").parse()?;
    limits.max_inflight_bytes = bytes(configuration, "ingest.max_inflight_bytes")? as usize;
    limits.max_connections = configuration.get("server.max_connections").parse()?;
    limits.drain_timeout = time(configuration, "server.drain_timeout")?;
    limits.scan_deadline = time(configuration, "api.scan_deadline")?;
    limits.max_response_bytes = bytes(configuration, "api.max_response_bytes")? as usize;
    serving_limits(configuration, limits)?;
    config.locked_settings = locked(configuration)?;
    Ok(config)
}

fn serving_limits(
    configuration: &Configuration,
    limits: &mut clew_server::Limits,
) -> anyhow::Result<()> {
    limits.admission_wait = time(configuration, "ingest.admission_wait")?;
    limits.max_header_bytes = bytes(configuration, "server.max_header_bytes")? as usize;
    limits.header_timeout = time(configuration, "server.header_timeout")?;
    limits.body_timeout = time(configuration, "server.body_timeout")?;
    limits.request_timeout = time(configuration, "server.request_timeout")?;
    limits.max_skeleton_bytes = bytes(configuration, "api.max_skeleton_bytes")? as usize;
    limits.tree_cache_bytes = bytes(configuration, "api.tree_cache_bytes")? as usize;
    limits.span_cache_bytes = bytes(configuration, "api.span_cache_bytes")? as usize;
    limits.max_api_body_bytes = bytes(configuration, "api.max_body_bytes")? as usize;
    limits.max_page = configuration.get("api.max_page").parse()?;
    limits.max_live_streams = configuration.get("api.max_live_streams").parse()?;
    // Not set: what fits the machine's cores.
    if let Ok(threads) = configuration.get("ingest.decode_threads").parse() {
        limits.decode_threads = threads;
    }
    if let Ok(threads) = configuration.get("api.read_threads").parse() {
        limits.read_threads = threads;
    }
    Ok(())
}

/// A setting said by nobody is a default, which a taken port may leave (ruling 1).
fn port(configuration: &Configuration, name: &str) -> anyhow::Result<clew_server::Port> {
    let port = configuration.get(name).parse()?;
    Ok(match (port, configuration.source(name)) {
        (clew_server::Port::Asked(number), Source::Default) => clew_server::Port::Default(number),
        _ => port,
    })
}

/// Retention that was set here shows as locked on the settings page (ruling 32).
fn locked(configuration: &Configuration) -> anyhow::Result<Vec<(String, serde_json::Value)>> {
    let mut locked = Vec::new();
    if configuration.source("retention.days") != &Source::Default {
        let days: u64 = configuration.get("retention.days").parse()?;
        locked.push(("retention.days".to_owned(), days.into()));
    }
    if configuration.source("retention.max_bytes") != &Source::Default {
        let size = bytes(configuration, "retention.max_bytes")?;
        locked.push(("retention.max_bytes".to_owned(), size.into()));
    }
    Ok(locked)
}

/// The store's settings, with a way to get the prices that facts are derived with.
pub(crate) fn store_options(
    configuration: &Configuration,
    prices: Arc<dyn Fn() -> Arc<PriceTable> + Send + Sync>,
) -> anyhow::Result<StoreOptions> {
    let mut options = StoreOptions::new(Arc::new(move |source| {
        clew_model::normalise::normalise(source, &prices())
    }));
    options.staging_max_bytes = bytes(configuration, "store.staging_max_bytes")? as usize;
    options.reserve_bytes = bytes(configuration, "store.reserve_bytes")?;
    options.in_flight_max_bytes = bytes(configuration, "store.in_flight_max_bytes")? as usize;
    options.active_max_bytes = bytes(configuration, "store.active_max_bytes")? as usize;
    options.commit_max_spans = configuration.get("store.commit_max_spans").parse()?;
    options.commit_max_bytes = bytes(configuration, "store.commit_max_bytes")? as usize;
    options.merge_after_nanos = time(configuration, "store.merge_after")?.as_nanos() as i64;
    options.readers = configuration.get("store.readers").parse()?;
    if !configuration.get("store.max_bytes").is_empty() {
        options.max_bytes = bytes(configuration, "store.max_bytes")?;
    }
    options.log_max_bytes = bytes(configuration, "log.max_bytes")?;
    options.quiet_after_nanos = time(configuration, "trace.quiet_after")?.as_nanos() as i64;
    options.abandoned_after_nanos = time(configuration, "trace.abandoned_after")?.as_nanos() as i64;
    Ok(options)
}

fn bytes(configuration: &Configuration, name: &str) -> anyhow::Result<u64> {
    size::bytes(configuration.get(name)).map_err(anyhow::Error::msg).context(name.to_owned())
}

fn time(configuration: &Configuration, name: &str) -> anyhow::Result<std::time::Duration> {
    size::duration(configuration.get(name)).map_err(anyhow::Error::msg).context(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table repeats the defaults of the server and the store for people to read; it
    /// must not drift from them.
    #[test]
    fn defaults_are_those_of_the_server_and_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration::load(None, folder.path(), |_| None, &[]).unwrap();
        let mut config = server_config(&configuration).unwrap();
        // The pages are those that were built, if any were; no number of theirs is a default.
        config.pages = ServerConfig::default().pages;
        assert_eq!(format!("{config:?}"), format!("{:?}", ServerConfig::default()));
        let prices = Arc::new(PriceTable::shipped());
        let ours = store_options(&configuration, Arc::new(move || Arc::clone(&prices))).unwrap();
        let theirs = StoreOptions::new(Arc::clone(&ours.normalise));
        assert_eq!(
            (ours.in_flight_max_bytes, ours.staging_max_bytes, ours.active_max_bytes),
            (theirs.in_flight_max_bytes, theirs.staging_max_bytes, theirs.active_max_bytes)
        );
        assert_eq!(
            (ours.commit_max_spans, ours.commit_max_bytes, ours.log_max_bytes, ours.readers),
            (
                theirs.commit_max_spans,
                theirs.commit_max_bytes,
                theirs.log_max_bytes,
                theirs.readers
            )
        );
        assert_eq!(
            (ours.reserve_bytes, ours.max_bytes, ours.merge_after_nanos),
            (theirs.reserve_bytes, theirs.max_bytes, theirs.merge_after_nanos)
        );
        assert_eq!(
            (ours.quiet_after_nanos, ours.abandoned_after_nanos),
            (theirs.quiet_after_nanos, theirs.abandoned_after_nanos)
        );
    }
}
