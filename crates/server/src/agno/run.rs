//! What agno knows of a run beyond the row that Clew keeps: the ids and texts on the span
//! that speaks for it.

use clew_model::ids::{SpanId, TraceId};
use clew_model::source::SourceSpan;
use clew_model::span::{Category, Span};
use clew_model::trace::Tree;
use clew_model::value::{Value, attribute};
use clew_store::TraceRow;

use super::attributes;
use super::filter::{Fact, Field};
use super::instant;
use crate::app::App;
use crate::auth::caller::Caller;
use crate::error::ApiError;

/// Where an id stands on a span, the first that is not empty counting. The bare names are
/// agno's own, the last one is for spans of other tracers.
pub(super) fn id_keys(field: Field) -> &'static [&'static str] {
    match field {
        Field::RunId => &["run_id", "agno.run.id"],
        Field::AgentId => &["agent_id", "agno.agent.id", "gen_ai.agent.id"],
        Field::TeamId => &["team_id", "agno.team.id"],
        Field::WorkflowId => &["workflow_id", "agno.workflow.id"],
        _ => &[],
    }
}

/// The ids of a run that stand in its spans only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) run_id: Option<String>,
    pub(super) agent_id: Option<String>,
    pub(super) team_id: Option<String>,
    pub(super) workflow_id: Option<String>,
}

impl Ids {
    /// The ids on the span that speaks for the run.
    pub(super) fn of(speaker: Option<&SourceSpan>) -> Ids {
        let id = |field| {
            let attributes = &speaker?.attributes;
            let values = id_keys(field).iter().filter_map(|key| attribute(attributes, key));
            values.filter_map(Value::as_str).find(|id| !id.is_empty()).map(str::to_owned)
        };
        Ids {
            run_id: id(Field::RunId),
            agent_id: id(Field::AgentId),
            team_id: id(Field::TeamId),
            workflow_id: id(Field::WorkflowId),
        }
    }

    /// The value of a field that stands in spans.
    pub(super) fn fact(&self, field: Field) -> Fact {
        let id = match field {
            Field::RunId => &self.run_id,
            Field::AgentId => &self.agent_id,
            Field::TeamId => &self.team_id,
            Field::WorkflowId => &self.workflow_id,
            _ => &None,
        };
        Fact::from(id.as_deref())
    }
}

/// agno knows two: the run's own root failed, or it did not.
pub(super) fn status(row: &TraceRow) -> &'static str {
    use clew_model::span::Status;
    if row.summary.root_status == Status::Error { "ERROR" } else { "OK" }
}

/// Whole milliseconds of a run; `None` while nothing of it has ended.
pub(super) fn duration_millis(row: &TraceRow) -> Option<i64> {
    row.duration_nanos().map(instant::millis)
}

/// The value of a field that the row has.
pub(super) fn row_fact(row: &TraceRow, field: Field) -> Fact {
    let summary = &row.summary;
    match field {
        Field::TraceId => Fact::Text(summary.trace_id.to_string()),
        Field::Name => Fact::Text(summary.name.clone()),
        Field::Status => Fact::Text(status(row).to_owned()),
        Field::StartTime => Fact::Time(instant::micros(row.effective_start_nanos())),
        Field::EndTime => {
            summary.end_nanos.map_or(Fact::Absent, |end| Fact::Time(instant::micros(end)))
        }
        Field::CreatedAt => Fact::Time(instant::micros(row.arrived_nanos)),
        Field::DurationMs => duration_millis(row).map_or(Fact::Absent, Fact::Millis),
        Field::SessionId => Fact::from(summary.session_id.as_deref()),
        Field::UserId => Fact::from(summary.user_id.as_deref()),
        Field::RunId | Field::AgentId | Field::TeamId | Field::WorkflowId => Fact::Absent,
    }
}

/// The span that speaks for a run: its earliest root that is of an AI convention. Where a
/// web framework's request stands around the run, the topmost span of an agent or a flow.
pub(super) fn speaker(spans: &[Span]) -> Option<SpanId> {
    let is_root =
        |span: &&Span| !span.placeholder && (span.parent_span_id.is_none() || span.forced_root);
    let root = spans
        .iter()
        .filter(is_root)
        .filter(|span| !span.conventions.is_empty())
        .min_by_key(|span| (span.start_nanos, span.span_id));
    match root {
        Some(root) => Some(root.span_id),
        None => topmost(spans),
    }
}

fn topmost(spans: &[Span]) -> Option<SpanId> {
    let class = |span: &Span| match span.category {
        Category::Agent | Category::Workflow | Category::Chain => 0,
        _ if !span.conventions.is_empty() => 1,
        _ => 2,
    };
    let tree = Tree::build(spans.to_vec());
    let nodes = tree.nodes().iter().enumerate();
    nodes
        .min_by_key(|(index, node)| (class(&node.span), node.depth, *index))
        .map(|(_, node)| node.span.span_id)
}

/// The span that speaks for a run, with its payload.
pub(super) fn load_speaker(
    app: &App,
    caller: &Caller,
    trace_id: &TraceId,
) -> Result<Option<SourceSpan>, ApiError> {
    let spans = app.store.trace_spans(caller.workspace, trace_id)?;
    let Some(speaker) = speaker(&spans) else { return Ok(None) };
    Ok(app.store.sources(caller.workspace, trace_id, Some(&[speaker]))?.into_iter().next())
}

/// What a run was asked, as lists show it.
pub(super) fn input(row: &TraceRow, speaker: Option<&SourceSpan>) -> Option<String> {
    match speaker {
        Some(speaker) => attributes::payload(speaker).input,
        None => row.summary.input_preview.clone(),
    }
}
