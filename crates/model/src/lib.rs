//! The vocabulary of Clew and its meaning. No I/O, no async, no clock of its own.

pub mod content;
pub mod fold;
pub mod ids;
pub mod label;
pub mod message;
pub mod money;
pub mod prices;
pub mod receipt;
pub mod source;
pub mod span;
pub mod summary;
pub mod usage;
pub mod value;
