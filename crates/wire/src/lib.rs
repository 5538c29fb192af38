//! Each sender's format: bytes in, source spans out. No sockets, no async, no clock.
//!
//! [`otlp`] reads and writes OpenTelemetry's protocol, [`agentos`] the AgentOS run calls,
//! [`openai_agents`] what the exporter of OpenAI's Agents SDK sends, [`langsmith`] what
//! LangSmith's SDKs send.
//! Whatever a sender gets wrong is a [`Rejected`] item beside the ones that are fine; only
//! a body of which nothing can be understood is a [`WireError`].

pub mod agentos;
mod batch;
pub mod braintrust;
mod decoded;
mod fault;
mod fields;
pub mod fuzz;
pub mod import;
mod json;
pub mod laminar;
pub mod langfuse;
pub mod langsmith;
mod limits;
pub mod mlflow;
mod multipart;
pub mod openai_agents;
pub mod otlp;
mod parts;
pub mod phoenix;
mod protobuf;
mod raw;
mod time;
pub mod traceloop;

pub use decoded::{Decoded, Rejected};
pub use fault::WireError;
pub use limits::Limits;
