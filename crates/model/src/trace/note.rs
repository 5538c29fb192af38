//! What a sender says about a whole run beside its spans, see
//! [`SourceSpan::note`](crate::source::SourceSpan::note).
//!
//! It speaks before any span, for it is about the run. Only of the agent and of the start it speaks
//! last: spans know better who ran, and when.

use super::firsts::preview;
use super::state::{TraceState, unscrubbed};
use crate::span::{AgentFacts, Span, SpanError, Status};
use crate::summary::{NAMES_MAX, TraceSummary};

/// The facts of a note that a summary can take.
#[derive(Debug)]
pub(super) struct Note {
    name: Option<String>,
    agent: AgentFacts,
    session_id: Option<String>,
    user_id: Option<String>,
    environment: Option<String>,
    release: Option<String>,
    tags: Vec<String>,
    input_preview: Option<String>,
    output_preview: Option<String>,
    failed: bool,
    error: Option<SpanError>,
    start_nanos: i64,
}

impl TraceState {
    /// Takes in what a sender says about the run: facts of the folded note, which replace those
    /// of the one before. It counts as no span.
    pub fn set_note(&mut self, facts: &Span) {
        self.note = Some(Box::new(Note::of(facts)));
    }
}

impl Note {
    fn of(facts: &Span) -> Note {
        let said = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let failed = facts.status == Status::Error;
        let error = facts.error.as_ref().filter(|_| failed).map(|error| SpanError {
            kind: preview(&error.kind).to_owned(),
            message: preview(&error.message).to_owned(),
        });
        Note {
            name: said(facts.trace_name.as_deref()).or_else(|| said(Some(&facts.name))),
            agent: facts.agent.clone(),
            session_id: said(unscrubbed(&facts.session_id)),
            user_id: said(unscrubbed(&facts.user_id)),
            environment: said(unscrubbed(&facts.environment)),
            release: said(unscrubbed(&facts.release)),
            tags: facts.tags.iter().filter(|tag| !tag.is_empty()).cloned().collect(),
            input_preview: said(facts.input_preview.as_deref()),
            output_preview: said(facts.output_preview.as_deref()),
            failed,
            error: error.filter(|error| !(error.kind.is_empty() && error.message.is_empty())),
            start_nanos: facts.start_nanos,
        }
    }

    /// Makes a summary of spans that of the run.
    pub(super) fn speak_in(&self, summary: &mut TraceSummary) {
        if let Some(name) = &self.name {
            summary.name.clone_from(name);
        }
        for (said, place) in [
            (&self.session_id, &mut summary.session_id),
            (&self.user_id, &mut summary.user_id),
            (&self.environment, &mut summary.environment),
            (&self.release, &mut summary.release),
            (&self.input_preview, &mut summary.input_preview),
            (&self.output_preview, &mut summary.output_preview),
        ] {
            if said.is_some() {
                place.clone_from(said);
            }
        }
        let agent = &mut summary.agent;
        for (said, place) in [
            (&self.agent.agentos_id, &mut agent.agentos_id),
            (&self.agent.name, &mut agent.name),
            (&self.agent.id, &mut agent.id),
            (&self.agent.project, &mut agent.project),
            (&self.agent.service, &mut agent.service),
        ] {
            if place.is_none() {
                place.clone_from(said);
            }
        }
        if self.failed {
            summary.root_status = Status::Error;
        }
        if self.error.is_some() {
            summary.error.clone_from(&self.error);
        }
        if summary.start_nanos == 0 {
            summary.start_nanos = self.start_nanos;
        }
        self.add_tags(&mut summary.tags);
    }

    fn add_tags(&self, tags: &mut Vec<String>) {
        if self.tags.is_empty() {
            return;
        }
        let of_spans = std::mem::replace(tags, self.tags.clone());
        for tag in of_spans {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags.truncate(NAMES_MAX);
    }

    /// Heap bytes, by estimate.
    pub(super) fn memory_bytes(&self) -> usize {
        let texts = [
            &self.name,
            &self.session_id,
            &self.user_id,
            &self.environment,
            &self.release,
            &self.input_preview,
            &self.output_preview,
        ];
        size_of::<Note>()
            + texts.into_iter().flatten().map(String::len).sum::<usize>()
            + self.tags.iter().map(|tag| tag.len() + size_of::<String>()).sum::<usize>()
    }
}
