//! The only crate that knows HTTP and gRPC: receivers, the API, live events, keys.

pub mod auth;
pub mod config;
pub mod error;
pub mod ingest;
