//! The vocabulary of Clew and its meaning. No I/O, no async, no clock of its own.

pub mod attachment;
pub mod attributes;
pub mod content;
pub mod convention;
pub mod fold;
pub mod ids;
pub mod label;
pub mod message;
pub mod money;
pub mod normalise;
pub mod prices;
pub mod receipt;
pub mod source;
pub mod span;
pub mod state;
pub mod summary;
pub mod time;
pub mod trace;
pub mod transcript;
pub mod turn;
pub mod usage;
pub mod value;
