//! The store from outside: only its public calls, on real files.

mod append;
mod model;
mod world;
