//! A page of spans across traces: traces by start, newest first, and inside of each the order of
//! its tree, so that what belongs together stands together.

use std::sync::Arc;

use clew_model::trace::Tree;
use clew_query::{Expr, matches};
use rusqlite::Connection;

use super::candidate::{COLUMNS, Candidate, Context};
use super::cursor::{Cursor, Next, question};
use super::plan::{Plan, plan_spans};
use super::span_row::SpanRow;
use super::spans_of::SpanSource;
use super::traces::{Clock, of_path};
use super::walk::{Place, Walk, has_term};
use crate::contract::StoreError;
use crate::embedded::rows;
use crate::listing::{Page, Scanned, TotalIs};
use crate::spans::{SpanHit, SpanQuery};

/// A page of spans.
pub(crate) fn spans(
    connection: &Connection,
    source: &dyn SpanSource,
    query: &SpanQuery,
) -> Result<Page<SpanHit>, StoreError> {
    let agent = query.agent.map(|agent| agent.to_string()).unwrap_or_default();
    let workspace = query.workspace.to_string();
    let asked = question(&["spans", &workspace, &query.filter.text, &agent]);
    let cursor = query.cursor.as_deref().map(|text| Cursor::decode(text, asked)).transpose()?;
    let plan = plan_spans(connection, query.workspace, query.filter.expr.as_ref(), query.agent)?;
    let Some(path) = plan.path.clone() else { return Ok(Page::empty()) };
    let context = Context::new(connection, query.workspace, query.now, source);
    let (at, mut skip) = match cursor.as_ref().map(|cursor| &cursor.next) {
        Some(Next::Span(place, index)) => (Some(*place), *index as usize + 1),
        Some(Next::Walk(place)) => (Some(*place), usize::MAX),
        Some(Next::Sorted(..)) => return Err(StoreError::BadCursor),
        None => (None, 0),
    };
    // The trace in which the page before ended comes once more, for the rest of its spans.
    let before = at.filter(|_| skip != usize::MAX).map(just_before).or(at);
    let mut walk = Walk::new(connection, path.clone(), true, before)?;
    let mut clock = Clock::new(query.budget);
    let mut hits: Vec<SpanHit> = Vec::new();
    let mut next = None;
    let mut is_out_of_time = false;
    let mut last = at;
    while let Some(place) = walk.next()? {
        if Some(place) != at {
            skip = 0;
        }
        if !clock.has_time() {
            is_out_of_time = true;
            next = last.map(Next::Walk);
            break;
        }
        last = Some(place);
        let wanted = query.limit.saturating_add(1) - hits.len();
        let mut has_terms = true;
        for terms in &plan.also {
            has_terms &= has_term(connection, place, terms)?;
        }
        if !has_terms {
            continue;
        }
        let mut found = of_trace(&context, &plan, place.tno, skip, wanted)?;
        if found.len() == wanted {
            found.pop();
            let last = found.last().or(hits.last());
            next = last.map(|hit| Next::Span(place_of(hit), hit.index as u64));
            hits.append(&mut found);
            break;
        }
        hits.append(&mut found);
    }
    let shown = cursor.as_ref().map_or(0, |cursor| cursor.matched) + hits.len() as u64;
    let scanned = cursor.as_ref().map_or(0, |cursor| cursor.scanned) + clock.scanned;
    let told = match is_out_of_time {
        true => {
            let of = of_path(connection, &path, query.workspace)?.max(scanned);
            Some(Scanned { rows: scanned, of })
        }
        false => None,
    };
    let total_is = if next.is_none() { TotalIs::Exact } else { TotalIs::AtLeast };
    let next_cursor = next.map(|next| {
        let total_is_exact = false;
        Cursor { question: asked, next, matched: shown, total: shown, total_is_exact, scanned }
            .encode()
    });
    Ok(Page { rows: hits, next_cursor, total: shown, total_is, scanned: told })
}

fn place_of(hit: &SpanHit) -> Place {
    Place { start_nanos: hit.trace.effective_start_nanos(), tno: hit.trace.tno }
}

/// The place after which a walk downwards meets `place` again.
fn just_before(place: Place) -> Place {
    Place { tno: place.tno.saturating_add(1), ..place }
}

/// Spans of one trace that meet the filter, from the index `skip` on.
fn of_trace(
    context: &Context<'_>,
    plan: &Plan,
    tno: i64,
    skip: usize,
    most: usize,
) -> Result<Vec<SpanHit>, StoreError> {
    if skip == usize::MAX {
        return Ok(Vec::new());
    }
    let connection = context.connection;
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM traces WHERE tno = ?1"))?;
    let mut rows = statement.query([tno])?;
    let Some(row) = rows.next()? else { return Ok(Vec::new()) };
    let candidate = Candidate::new(context, row);
    if plan.agent_no.is_some() && candidate.agent_no() != plan.agent_no
        || !candidate.may_have_words(&plan.words)?
    {
        return Ok(Vec::new());
    }
    let found = indexes(&candidate, plan.expr.as_ref(), skip, most);
    context.check()?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let Some(row) = rows::by_tno(connection, tno)? else { return Ok(Vec::new()) };
    let row = Arc::new(row);
    let Some(tree) = candidate.into_tree() else { return Ok(Vec::new()) };
    let tree: Arc<Tree> = Arc::new(tree);
    let hit = |index| SpanHit { trace: Arc::clone(&row), tree: Arc::clone(&tree), index };
    Ok(found.into_iter().map(hit).collect())
}

fn indexes(candidate: &Candidate<'_>, expr: Option<&Expr>, skip: usize, most: usize) -> Vec<usize> {
    let Some(spans) = candidate.spans() else { return Vec::new() };
    let meets = |index: &usize| {
        expr.is_none_or(|expr| matches(expr, &SpanRow::new(candidate, spans, *index)))
    };
    (skip..spans.tree.nodes().len()).filter(meets).take(most).collect()
}
