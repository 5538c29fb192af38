//! What is wrong with a body, and where.

use std::fmt;

/// A body that cannot be understood at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct WireError {
    /// What is wrong.
    pub message: String,
    /// Path of the field, such as `resourceSpans[0].scopeSpans[0].spans[3].name`.
    pub field: Option<String>,
    /// Byte of the decoded body at which it was found.
    pub offset: Option<usize>,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.message)?;
        match self.offset {
            Some(offset) => write!(f, " (at byte {offset})"),
            None => Ok(()),
        }
    }
}

/// How far a fault reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The bytes cannot be read on from here.
    Body,
    /// This item is not of the shape that the format asks for.
    Shape,
    /// The shape is right and the content is refused.
    Content,
}

/// A fault on its way up; each level adds its part of the path. Boxed in [`Parsed`] so
/// that the path without faults moves one word.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) reach: Reach,
    pub(crate) message: String,
    path: String,
    pub(crate) offset: Option<usize>,
}

pub(crate) type Parsed<T> = Result<T, Box<Fault>>;

impl Fault {
    #[cold]
    pub(crate) fn body(message: impl Into<String>, offset: usize) -> Box<Fault> {
        Fault::boxed(Reach::Body, message.into(), Some(offset))
    }

    #[cold]
    pub(crate) fn shape(message: impl Into<String>, offset: usize) -> Box<Fault> {
        Fault::boxed(Reach::Shape, message.into(), Some(offset))
    }

    #[cold]
    pub(crate) fn content(message: impl Into<String>) -> Box<Fault> {
        Fault::boxed(Reach::Content, message.into(), None)
    }

    fn boxed(reach: Reach, message: String, offset: Option<usize>) -> Box<Fault> {
        Box::new(Fault { reach, message, path: String::new(), offset })
    }

    /// Puts `segment` in front of the path.
    #[cold]
    pub(crate) fn within(mut self: Box<Fault>, segment: &str) -> Box<Fault> {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{segment}{separator}{}", self.path);
        self
    }

    /// Lets a fault in this place cost its item instead of the body. Only right where
    /// the item's length is known from outside, as in protobuf.
    #[cold]
    pub(crate) fn contained(mut self: Box<Fault>) -> Box<Fault> {
        if self.reach == Reach::Body {
            self.reach = Reach::Shape;
        }
        self
    }

    /// The reason as one line, for a rejected item.
    pub(crate) fn reason(&self) -> String {
        self.clone_error().to_string()
    }

    fn clone_error(&self) -> WireError {
        WireError {
            message: self.message.clone(),
            field: (!self.path.is_empty()).then(|| self.path.clone()),
            offset: self.offset,
        }
    }
}

impl From<Box<Fault>> for WireError {
    fn from(fault: Box<Fault>) -> Self {
        fault.clone_error()
    }
}

/// Adds a path segment to the fault of a result.
pub(crate) trait Within {
    fn within(self, segment: &str) -> Self;
}

impl<T> Within for Parsed<T> {
    #[inline]
    fn within(self, segment: &str) -> Self {
        self.map_err(|fault| fault.within(segment))
    }
}
