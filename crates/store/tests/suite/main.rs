//! The store from outside: only its public calls, on real files.

mod append;
mod kill;
mod life;
mod model;
mod world;
