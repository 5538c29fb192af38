//! The store from outside: only its public calls, on real files.

// What clippy.toml allows in tests it does not see in the helpers of an integration test.
#![allow(clippy::unwrap_used)]

mod append;
mod attachments;
mod beside;
mod deleting;
mod file;
mod finding;
mod kill;
mod life;
mod model;
mod recordings;
mod world;
