//! Full text: which texts a span has, and finding them.
//!
//! A search walks over the traces, newest first. Blooms rule out most of them without reading; of
//! the others the text is read and the words are looked for in it.

pub(crate) mod blooms;
pub(crate) mod held;
mod scan;
mod snippet;
pub(crate) mod text;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use scan::search;
