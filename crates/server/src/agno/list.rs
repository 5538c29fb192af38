//! `GET /traces`.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use clew_query::{Direction, Field as Known, SortKey};
use clew_store::TraceRow;

use super::ANSWER_MAX_BYTES;
use super::clip::Clipper;
use super::filter::{Condition, Field, Relation};
use super::instant;
use super::request::{Asked, Refusal};
use super::run::{self, Ids};
use super::select::{Search, meta, page};
use super::shape::{PageView, TraceView};
use crate::app::App;
use crate::auth::caller::Caller;

/// What a list can be sorted by, the default first, and how Clew calls it.
const SORTS: [(&str, Known); 11] = [
    ("start_time", Known::Start),
    ("end_time", Known::End),
    ("created_at", Known::Arrived),
    ("duration", Known::Duration),
    ("duration_ms", Known::Duration),
    ("name", Known::Name),
    ("status", Known::RootStatus),
    ("total_spans", Known::Spans),
    ("error_count", Known::Errors),
    ("session_id", Known::Session),
    ("user_id", Known::User),
];

/// Newest first.
pub(super) const NEWEST_FIRST: SortKey =
    SortKey { field: Known::Start, direction: Direction::Descending };

/// The handler.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
) -> Result<Json<PageView<TraceView>>, Refusal> {
    let started = Instant::now();
    let wanted = asked.page(0)?;
    let sort = sort_key(&asked)?;
    asked.check_database(&caller)?;
    let condition = condition(&asked)?;
    let deadline = started + app.config.limits.scan_deadline;
    let answer = app.read(move |app| {
        let search =
            Search { app, caller: &caller, condition: &condition, sort: vec![sort], deadline };
        let (rows, extent) = page(search, wanted)?;
        let meta = meta(wanted, extent, started);
        let mut clipper = Clipper::new(ANSWER_MAX_BYTES);
        let mut data = Vec::with_capacity(rows.len());
        for row in &rows {
            let speaker = run::load_speaker(app, &caller, &row.summary.trace_id)?;
            let mut view = summary(row, Ids::of(speaker.as_ref()));
            let input = run::input(row, speaker.as_ref()).map(|input| clipper.keep(input));
            view.input = None;
            data.push((view, input));
        }
        let data = data
            .into_iter()
            .map(|(view, input)| TraceView {
                input: input.map(|input| clipper.give(input).text),
                ..view
            })
            .collect();
        Ok(Json(PageView { data, meta }))
    });
    Ok(answer.await?)
}

fn sort_key(asked: &Asked) -> Result<SortKey, Refusal> {
    let field = asked.word("sort_by", &SORTS.map(|(name, _)| name))?;
    let field = SORTS.iter().find(|(name, _)| *name == field).map_or(Known::Start, |sort| sort.1);
    let direction = match asked.word("sort_order", &["desc", "asc"])? {
        "asc" => Direction::Ascending,
        _ => Direction::Descending,
    };
    Ok(SortKey { field, direction })
}

fn condition(asked: &Asked) -> Result<Condition, Refusal> {
    let mut conditions = asked.equalities(&[
        ("session_id", Field::SessionId),
        ("user_id", Field::UserId),
        ("status", Field::Status),
        ("run_id", Field::RunId),
        ("agent_id", Field::AgentId),
        ("team_id", Field::TeamId),
        ("workflow_id", Field::WorkflowId),
    ]);
    const DOING: &str = "retrieving traces";
    let after = asked.bound("start_time", Field::StartTime, Relation::GreaterOrEqual, DOING)?;
    let before = asked.bound("end_time", Field::EndTime, Relation::LessOrEqual, DOING)?;
    conditions.extend(after.into_iter().chain(before));
    Ok(Condition::And(conditions))
}

/// The fields that a list shows, `input` aside.
pub(super) fn summary(row: &TraceRow, ids: Ids) -> TraceView {
    let start_nanos = row.effective_start_nanos();
    TraceView {
        trace_id: row.summary.trace_id.to_string(),
        name: row.summary.name.clone(),
        status: run::status(row),
        duration: instant::duration(run::duration_millis(row).unwrap_or(0)),
        start_time: instant::written(start_nanos),
        end_time: instant::written(row.summary.end_nanos.unwrap_or(start_nanos)),
        total_spans: row.summary.span_count,
        error_count: row.summary.error_count,
        run_id: ids.run_id,
        session_id: row.summary.session_id.clone(),
        user_id: row.summary.user_id.clone(),
        agent_id: ids.agent_id,
        team_id: ids.team_id,
        workflow_id: ids.workflow_id,
        created_at: instant::written(row.arrived_nanos),
        ..TraceView::default()
    }
}
