//! From settings to what the server and the store are told.

use std::sync::Arc;

use anyhow::Context;
use clew_model::prices::PriceTable;
use clew_server::{Secret, ServerConfig};
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
    let limits = &mut config.limits;
    limits.max_body_bytes = bytes(configuration, "ingest.max_body_bytes")? as usize;
    limits.max_decoded_bytes = bytes(configuration, "ingest.max_decoded_bytes")? as usize;
    limits.max_inflight_bytes = bytes(configuration, "ingest.max_inflight_bytes")? as usize;
    limits.max_connections = configuration.get("server.max_connections").parse()?;
    limits.drain_timeout = time(configuration, "server.drain_timeout")?;
    limits.scan_deadline = time(configuration, "api.scan_deadline")?;
    limits.max_response_bytes = bytes(configuration, "api.max_response_bytes")? as usize;
    config.locked_settings = locked(configuration)?;
    Ok(config)
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
