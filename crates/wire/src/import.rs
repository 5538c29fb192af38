//! Files that other tools wrote: one JSON record a line in, spans out. `clew import` brings
//! every file into lines; here they get their meaning.
//!
//! Ids come from the records, or from their content where they have none, so that the same
//! file read again changes nothing.

mod claude_session;
mod langfuse;
mod langsmith;
mod mlflow;
mod openai_log;
mod spans;

use clew_model::source::{Sender, SourceSpan};

use crate::decoded::{Decoded, Rejected};
use crate::fault::{Fault, Parsed, WireError, Within};
use crate::fields::Fields;
use crate::limits::Limits;
use crate::otlp::utf8;
use crate::parts::{check_part, checked_span_id, checked_trace_id, named_part};

/// What a file's records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A span a record, in any of the spellings that tools write.
    Spans,
    /// Claude Code's session files.
    ClaudeCode,
    /// Requests and answers of OpenAI's API, or conversations in its form.
    OpenaiChat,
    /// MLflow's `traces.json` and whole runs.
    Mlflow,
    /// Langfuse's runs, observations and scores.
    Langfuse,
    /// LangSmith's runs.
    Langsmith,
}

impl Format {
    /// Every format with its word.
    pub const WORDS: [(Format, &'static str); 6] = [
        (Format::Spans, "spans"),
        (Format::ClaudeCode, "claude-code"),
        (Format::OpenaiChat, "openai-chat"),
        (Format::Mlflow, "mlflow"),
        (Format::Langfuse, "langfuse"),
        (Format::Langsmith, "langsmith"),
    ];

    /// The format of a word.
    pub fn from_word(word: &str) -> Option<Format> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(format, _)| *format)
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(format, _)| *format == self).map_or("", |(_, word)| word)
    }
}

/// What an import needs from outside.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Time of records that tell none, such as the file's own; nanoseconds since 1970.
    pub file_nanos: i64,
    /// Bounds on the records.
    pub limits: &'a Limits,
}

/// Reads the records of a body, one a line. A record that cannot be understood is rejected
/// with its line; the body is an error only where that is true of all.
pub fn decode(format: Format, body: &[u8], context: &Context<'_>) -> Result<Decoded, WireError> {
    let (text, replaced_texts) = utf8(body);
    let mut reading = Reading {
        decoded: Decoded { replaced_texts, ..Decoded::default() },
        context: *context,
        first_fault: None,
    };
    match format {
        Format::Spans => spans::read(&text, &mut reading),
        Format::ClaudeCode => claude_session::read(&text, &mut reading),
        Format::OpenaiChat => openai_log::read(&text, &mut reading),
        Format::Mlflow => mlflow::read(&text, &mut reading),
        Format::Langfuse => langfuse::read(&text, &mut reading),
        Format::Langsmith => langsmith::read(&text, &mut reading),
    }
    let Reading { decoded, first_fault, .. } = reading;
    match first_fault {
        Some(fault) if decoded.accepted_count == 0 => Err(fault),
        _ => Ok(decoded),
    }
}

/// An import under way.
struct Reading<'a> {
    decoded: Decoded,
    context: Context<'a>,
    first_fault: Option<WireError>,
}

impl Reading<'_> {
    /// Keeps what a record gave, or notes why it gave nothing.
    fn take(&mut self, line: usize, spans: Parsed<Vec<SourceSpan>>) {
        let spans = spans.and_then(|spans| {
            spans.iter().try_for_each(|span| check_part(span, self.context.limits))?;
            Ok(spans)
        });
        match spans {
            Ok(spans) => {
                self.decoded.accepted_count += 1;
                self.decoded.spans.extend(spans);
            }
            Err(fault) => self.reject(line, fault),
        }
    }

    /// Keeps what a receiver of the same product made of a record.
    fn absorb(&mut self, line: usize, decoded: Result<Decoded, WireError>) {
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err(error) => {
                let field = error.field.unwrap_or_default();
                return self.reject(line, Fault::content(error.message).within(&field));
            }
        };
        self.decoded.accepted_count += 1;
        self.decoded.spans.extend(decoded.spans);
        self.decoded.notes.extend(decoded.notes);
        self.decoded.labels.extend(decoded.labels);
        self.decoded.rejected_count += decoded.rejected_count;
        for Rejected { what, reason } in decoded.rejected {
            if self.decoded.rejected.len() < self.context.limits.reasons_kept {
                let reason = format!("{what}: {reason}");
                self.decoded.rejected.push(Rejected { what: format!("line {line}"), reason });
            }
        }
    }

    /// A record that says nothing about a run.
    fn ignore(&mut self, why: &str) {
        self.decoded.accepted_count += 1;
        *self.decoded.ignored.entry(why.to_owned()).or_default() += 1;
    }

    fn reject(&mut self, line: usize, fault: Box<Fault>) {
        self.decoded.rejected_count += 1;
        let what = format!("line {line}");
        if self.decoded.rejected.len() < self.context.limits.reasons_kept {
            self.decoded.rejected.push(Rejected { what: what.clone(), reason: fault.reason() });
        }
        if self.first_fault.is_none() {
            self.first_fault = Some(fault.within(&what).into());
        }
    }
}

/// The records of a text with the numbers of their lines, from 1; at most
/// [`Limits::items_per_request`] are read, the next one is a fault. Together they have the
/// values of one request.
fn records<'t>(
    text: &'t str,
    limits: &'t Limits,
) -> impl Iterator<Item = (usize, &'t str, Parsed<Fields>)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty());
    let mut tally = Fields::tally(limits);
    lines.zip(0..).map_while(move |((number, line), index)| {
        match index.cmp(&limits.items_per_request) {
            std::cmp::Ordering::Less => Some((number, line, Fields::of_text(line, &mut tally))),
            std::cmp::Ordering::Equal => {
                let limit = limits.items_per_request;
                let fault = Fault::content(format!("a request holds at most {limit} records"));
                Some((number, line, Err(fault)))
            }
            std::cmp::Ordering::Greater => None,
        }
    })
}

/// A part of a span by its own names, which are kept where they are no ids of ours.
fn part(trace: &str, span: &str, sender: Sender) -> Parsed<SourceSpan> {
    let bare = |text: &str| text.trim().trim_start_matches("0x").to_lowercase();
    let (trace, span) = (bare(trace), bare(span));
    let trace_id = checked_trace_id(&trace).within("trace_id")?;
    let span_id = checked_span_id(&span).within("span_id")?;
    Ok(named_part((trace_id, &trace), (span_id, &span), sender))
}
