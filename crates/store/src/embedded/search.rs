//! Full text: which texts a span has, and finding them.

pub(crate) mod blooms;
pub(crate) mod text;
