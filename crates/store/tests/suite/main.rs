//! The store from outside: only its public calls, on real files.

mod append;
mod deleting;
mod file;
mod kill;
mod life;
mod model;
mod recordings;
mod world;
