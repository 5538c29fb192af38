//! Requests through the whole server, in this process, against a real store.

mod access;
mod addresses;
mod agno;
mod attachments;
mod braintrust;
mod grpc;
mod harness;
mod ingest;
mod langfuse;
mod langsmith;
mod limits;
mod live;
mod mlflow;
mod openai_agents;
mod operation;
mod pages;
mod products;
mod reading;
mod shapes;
mod skeleton;
mod span;
mod tasks;
mod texts;
