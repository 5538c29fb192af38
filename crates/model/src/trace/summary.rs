//! The summary of a trace from its state.

use super::best::{
    AGENT_ID, AGENT_NAME, AGENTOS_ID, ENVIRONMENT, INPUT, NAME, OUTPUT, PROJECT, RELEASE, SERVICE,
    SESSION, TRACE_NAME, USER,
};
use super::node::{AGENT, MODEL, PROVIDER, TOOL};
use super::state::TraceState;
use crate::receipt::Receipt;
use crate::span::{AgentFacts, Status};
use crate::summary::TraceSummary;

impl TraceState {
    /// What is known of the trace now.
    pub fn summary(&self) -> TraceSummary {
        let mut summary = self.summary_of_spans();
        if let Some(note) = &self.note {
            note.speak_in(&mut summary);
        }
        summary
    }

    fn summary_of_spans(&self) -> TraceSummary {
        let counts = &self.counts;
        let total = self.total();
        let calls = counts.llm.saturating_sub(self.ledger.repeated());
        let root_failed = match counts.roots {
            0 => counts.failed_stand_ins > 0,
            _ => counts.failed_roots > 0,
        };
        TraceSummary {
            trace_id: self.trace_id,
            name: self.said(TRACE_NAME).or_else(|| self.said(NAME)).unwrap_or_default(),
            agent: AgentFacts {
                agentos_id: self.said(AGENTOS_ID),
                name: self.said(AGENT_NAME),
                id: self.said(AGENT_ID),
                project: self.said(PROJECT),
                service: self.said(SERVICE),
            },
            session_id: self.said(SESSION),
            user_id: self.said(USER),
            environment: self.said(ENVIRONMENT),
            release: self.said(RELEASE),
            status: self.status(counts.failed > 0),
            root_status: self.status(root_failed),
            start_nanos: self.firsts.start().unwrap_or(0),
            end_nanos: self.firsts.end(),
            ended: counts.roots > 0 && counts.open_roots == 0,
            span_count: counts.spans,
            root_count: counts.roots,
            orphan_count: counts.orphans,
            error_count: counts.failed,
            llm_count: calls,
            llm_error_count: counts.llm_failed.min(calls),
            tool_count: counts.tool,
            tool_error_count: counts.tool_failed,
            embedding_count: counts.embedding,
            usage: total.usage(),
            embedding_input: total.embedding_input(),
            cost: total.cost(),
            cost_reported: total.cost_reported(),
            cost_estimated: total.estimated(),
            unpriced_count: total.unpriced(),
            models: self.names(MODEL),
            providers: self.names(PROVIDER),
            tools: self.names(TOOL),
            agents: self.names(AGENT),
            tags: self.tags(),
            input_preview: self.said(INPUT),
            output_preview: self.said(OUTPUT),
            error: self.first_error(),
            receipt: Receipt {
                orphans: counts.orphans,
                missing_root: counts.spans > 0 && counts.roots == 0,
                duplicates: self.duplicates,
                placeholders: counts.placeholders,
                open_spans: counts.open,
                dropped_by_sender: counts.dropped,
                truncated: counts.truncated,
                odd_clocks: counts.odd_clocks,
                skewed: counts.skewed,
                cycles: counts.cycles,
                rejected_numbers: counts.rejected,
                unpriced: total.unpriced(),
                suspect_cumulative: total.suspects(),
            },
        }
    }

    /// Nothing is known while there are only events and log records.
    fn status(&self, failed: bool) -> Status {
        match (failed, self.counts.spans > self.counts.placeholders) {
            (true, _) => Status::Error,
            (false, true) => Status::Ok,
            (false, false) => Status::Unset,
        }
    }
}
