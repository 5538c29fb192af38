//! The store from outside: only its public calls, on real files.

mod append;
mod deleting;
mod file;
mod finding;
mod kill;
mod life;
mod model;
mod recordings;
mod world;
