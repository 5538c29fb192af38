//! Filter and sort texts of a request.

use clew_query::{Clock, Filter, SortKey, Subject, parse, sort_keys};
use clew_store::{Budget, Page};
use serde_json::{Value as JsonValue, json};

use super::params::Params;
use crate::app::App;
use crate::error::ApiError;

/// Reads a filter that this version evaluates. Times without a zone are UTC.
pub(crate) fn read_filter(app: &App, text: &str, subject: Subject) -> Result<Filter, ApiError> {
    let clock = Clock { now_nanos: app.store.now(), utc_offset_seconds: 0 };
    let filter = parse(text, subject, &clock)?;
    filter.check_supported()?;
    Ok(filter)
}

/// The parameters `filter` and `sort`. No order is the list's own, which needs no sorting: runs by
/// their start, sessions and users by their newest run, the newest first.
pub(crate) fn filter_and_sort(
    app: &App,
    params: &Params,
    subject: Subject,
) -> Result<(Filter, Vec<SortKey>), ApiError> {
    let filter = read_filter(app, params.text("filter").unwrap_or(""), subject)?;
    Ok((filter, sort(params, subject)?))
}

/// The parameter `sort`, with the fields that rows of `subject` have themselves.
pub(crate) fn sort(params: &Params, subject: Subject) -> Result<Vec<SortKey>, ApiError> {
    sort_keys(params.text("sort").unwrap_or(""), subject).map_err(|error| {
        let mut error = ApiError::from(error).with_field("sort");
        error.code = crate::error::ErrorCode::BadRequest;
        error
    })
}

/// What an answer echoes of its filter: the instants its times came to, and remarks.
pub(crate) fn echo(answer: &mut JsonValue, filter: &Filter) {
    answer["resolved"] = json!(filter.resolved);
    answer["hints"] = json!(filter.hints);
}

/// What every page of a list says beside its rows.
pub(crate) fn page_fields<T>(answer: &mut JsonValue, page: &Page<T>) {
    answer["next_cursor"] = json!(page.next_cursor);
    answer["total"] = json!(page.total);
    answer["total_is"] = json!(page.total_is);
    answer["scanned"] = json!(page.scanned);
}

/// The time that one page may search.
pub(crate) fn budget(app: &App) -> Budget {
    let deadline = std::time::Instant::now() + app.config.limits.scan_deadline;
    Budget { deadline: Some(deadline), scan_rows: None }
}
