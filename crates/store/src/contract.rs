//! What the store promises: the types of its calls, its errors, its settings.

mod append;
mod error;
mod follow;
mod options;
mod report;

pub use append::{Append, Appended, AttachmentLimits, ChangedTrace, Commit, Incoming};
pub use error::StoreError;
pub use follow::{
    FollowerCursor, LogRecord, LogRecords, LogSpan, LogTrace, SinceCursor, TracesSince,
};
pub use options::{Clock, FaultHook, FaultPoint, Normalise, Random, StoreOptions};
pub use report::{CheckReport, Metrics, Problem, Repriced, Sizes};
