//! The only crate that knows HTTP and gRPC: receivers, the API, live events, keys.

mod agno;
mod api;
mod app;
mod auth;
pub mod config;
mod connections;
pub mod error;
mod housekeeping;
mod ingest;
mod kept;
mod listen;
mod live;
mod metrics;
mod openapi;
mod operate;
mod origin;
mod pages;
mod pipeline;
mod prices;
mod render;
mod request_log;
mod routes;
mod serve;
#[cfg(test)]
mod tests;
mod trees;
mod trouble;

pub use config::{Limits, Port, Secret, ServerConfig};
pub use listen::ListenError;
pub use pages::{PageFile, Pages};
pub use prices::Prices;
pub use serve::{Running, ServeError, serve};
