//! The encodings of docs/formats/store.md. Pure: bytes in, values out.

pub(crate) mod bytes;
pub(crate) mod cut;
pub(crate) mod facts;
pub(crate) mod frame;
pub(crate) mod log;
pub(crate) mod records;
pub(crate) mod source;
pub(crate) mod text;
pub(crate) mod value;
