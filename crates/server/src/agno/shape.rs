//! The JSON of agno's answers: its fields, in its order. What is absent is left out, never
//! null: its client tells the two apart.

use serde::Serialize;
use serde_json::{Map, Value as Json};

/// A trace, in lists without `output`, `error` and `tree`.
#[derive(Debug, Default, Serialize)]
pub(super) struct TraceView {
    pub(super) trace_id: String,
    pub(super) name: String,
    pub(super) status: &'static str,
    pub(super) duration: String,
    pub(super) start_time: String,
    pub(super) end_time: String,
    pub(super) total_spans: u64,
    pub(super) error_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) team_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) workflow_id: Option<String>,
    pub(super) created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tree: Option<Vec<NodeView>>,
}

/// A span.
#[derive(Debug, Default, Serialize)]
pub(super) struct NodeView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) r#type: String,
    pub(super) duration: String,
    pub(super) start_time: String,
    pub(super) end_time: String,
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) spans: Vec<NodeView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) step_type: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) metadata: Map<String, Json>,
    /// Never set by agno: here stands what Clew has to add (clipped, orphan, open, ...).
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) extra_data: Map<String, Json>,
}

/// A session and its traces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct SessionView {
    pub(super) session_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) team_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) workflow_id: Option<String>,
    pub(super) total_traces: u64,
    pub(super) first_trace_at: String,
    pub(super) last_trace_at: String,
}

/// A page.
#[derive(Debug, Serialize)]
pub(super) struct PageView<T> {
    pub(super) data: Vec<T>,
    pub(super) meta: Meta,
}

/// Where a page stands. The last three are ours, and only there where they say something.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Meta {
    pub(super) page: u64,
    pub(super) limit: u64,
    pub(super) total_pages: u64,
    pub(super) total_count: u64,
    pub(super) search_time_ms: f64,
    /// The limit asked for, where the page is shorter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit_asked: Option<u64>,
    /// `at_least`: the time for one answer ran out while counting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total_is: Option<&'static str>,
    /// How far the search came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scanned: Option<clew_store::Scanned>,
}
