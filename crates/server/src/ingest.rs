//! The way in: bytes from a sender to spans on disk.

pub mod admission;
pub mod body;
pub mod decompress;
pub mod media;
