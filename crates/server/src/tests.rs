//! Requests through the whole server, in this process, against a real store.

mod access;
mod harness;
mod ingest;
mod limits;
mod reading;
