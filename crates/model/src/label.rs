//! Labels: named verdicts on a span, a trace, a turn or a session.

use serde::{Deserialize, Serialize};

use crate::ids::{SpanId, TraceId};

/// A named verdict. (workspace, target, name, source, author) is unique: saying it again
/// replaces what was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// What it is about.
    pub target: LabelTarget,
    /// Name of the verdict, such as `looping`.
    pub name: String,
    /// Number, where the verdict has one.
    pub score: Option<f64>,
    /// Word, where the verdict has one.
    pub value: Option<String>,
    /// Why.
    pub explanation: Option<String>,
    /// Who or what said it.
    pub source: LabelSource,
    /// Name of the person, rule or model, empty where unknown.
    pub author: String,
    /// When it was said, nanoseconds since 1970 UTC.
    pub created_nanos: i64,
}

/// Bytes of a label's name and of its author.
const NAME_MAX_BYTES: usize = 512;
/// Bytes of its word and of its explanation: labels are read with every row of their run.
const TEXT_MAX_BYTES: usize = 64 * 1024;

impl Label {
    /// Cuts texts that are longer than a label's may be; what was cut says how much is missing.
    pub fn clip(&mut self) {
        clip(&mut self.name, NAME_MAX_BYTES);
        clip(&mut self.author, NAME_MAX_BYTES);
        for text in [&mut self.value, &mut self.explanation].into_iter().flatten() {
            clip(text, TEXT_MAX_BYTES);
        }
    }
}

fn clip(text: &mut String, most: usize) {
    if text.len() <= most {
        return;
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let missing = text.len() - end;
    text.truncate(end);
    text.push_str(&format!("… ({missing} bytes cut)"));
}

/// What a label is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum LabelTarget {
    /// A whole run.
    Trace {
        /// The run.
        trace_id: TraceId,
    },
    /// A span; a turn is named by its agent span.
    Span {
        /// The run.
        trace_id: TraceId,
        /// The span.
        span_id: SpanId,
    },
    /// A conversation.
    Session {
        /// Its id.
        session_id: String,
    },
}

impl LabelTarget {
    /// The run that it is about; none for a session.
    pub fn trace_id(&self) -> Option<TraceId> {
        match self {
            LabelTarget::Trace { trace_id } | LabelTarget::Span { trace_id, .. } => Some(*trace_id),
            LabelTarget::Session { .. } => None,
        }
    }
}

/// Where a label comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelSource {
    /// Clew's own classifier.
    Reflex,
    /// A rule.
    Rule,
    /// A person.
    Human,
    /// A model asked to judge.
    Judge,
    /// It came along with the trace.
    Sdk,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_says_how_much_was_cut() {
        let mut label = Label {
            target: LabelTarget::Session { session_id: "s".to_owned() },
            name: format!("{}é", "n".repeat(511)),
            score: None,
            value: Some("short".to_owned()),
            explanation: Some("e".repeat(70_000)),
            source: LabelSource::Sdk,
            author: String::new(),
            created_nanos: 1,
        };
        label.clip();
        assert_eq!(label.name, format!("{}… (2 bytes cut)", "n".repeat(511)));
        assert_eq!(label.value.as_deref(), Some("short"));
        let want = format!("{}… (4464 bytes cut)", "e".repeat(65_536));
        assert_eq!(label.explanation, Some(want));
    }
}
