//! OTLP through the public functions: recordings, hostile bodies, properties.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod export;
mod hostile;
mod lenient;
mod logs;
mod properties;
mod recordings;
mod wire;
