//! The way in: bytes from a sender to spans on disk.

mod address;
pub(crate) mod admission;
mod agentos;
pub(crate) mod body;
pub(crate) mod braintrust;
pub(crate) mod decompress;
pub(crate) mod foreign;
mod grpc;
mod import;
mod json;
mod laminar;
pub(crate) mod langfuse;
pub(crate) mod langsmith;
mod logfire;
pub(crate) mod media;
pub(crate) mod mlflow;
mod openai_agents;
mod otlp;
mod phoenix;
mod receive;
mod traceloop;
pub(crate) mod uploads;
mod version;

use crate::routes::Route;

/// Every route that takes spans.
pub(crate) fn routes() -> Vec<Route> {
    [
        otlp::routes(),
        grpc::routes(),
        agentos::routes(),
        import::routes(),
        openai_agents::routes(),
        langfuse::routes(),
        braintrust::routes(),
        langsmith::routes(),
        mlflow::routes(),
        phoenix::routes(),
        laminar::routes(),
        logfire::routes(),
        traceloop::routes(),
        version::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
