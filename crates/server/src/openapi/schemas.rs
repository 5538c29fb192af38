//! Shapes of bodies and answers, a line a field. A type that ends in `?` may be null,
//! `[x]` is a list, `{x}` an object of such values, a capital begins the name of another
//! shape.

mod runs;

use serde_json::{Map, Value as Json, json};

type Field = (&'static str, &'static str);

/// The document's `components.schemas`.
pub(super) fn all() -> Json {
    let mut schemas: Map<String, Json> = SHAPES
        .iter()
        .chain(runs::SHAPES)
        .map(|(name, fields)| ((*name).to_owned(), object(fields)))
        .collect();
    let span = object(&[SKELETON, SPAN_ROW_ONLY].concat());
    schemas.insert("Skeleton".to_owned(), object(SKELETON));
    schemas.insert("SpanRow".to_owned(), span);
    let codes = super::error_words();
    schemas["ErrorBody"]["properties"]["code"] = json!({ "type": "string", "enum": codes });
    Json::Object(schemas)
}

/// A reference to a shape.
pub(super) fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn object(fields: &[Field]) -> Json {
    let properties: Map<String, Json> =
        fields.iter().map(|(name, kind)| ((*name).to_owned(), schema(kind))).collect();
    json!({ "type": "object", "properties": properties })
}

fn schema(kind: &str) -> Json {
    if let Some(inner) = kind.strip_suffix('?') {
        return json!({ "anyOf": [schema(inner), { "type": "null" }] });
    }
    if let Some(inner) = kind.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return json!({ "type": "array", "items": schema(inner) });
    }
    if let Some(inner) = kind.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return json!({ "type": "object", "additionalProperties": schema(inner) });
    }
    match kind {
        "nanos" => json!({ "type": "string", "pattern": "^-?[0-9]+$" }),
        "usd" => json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" }),
        "any" => json!({}),
        "object" | "string" | "integer" | "number" | "boolean" => json!({ "type": kind }),
        name => reference(name),
    }
}

const SKELETON: &[Field] = &[
    ("span_id", "string"),
    ("parent_span_id", "string?"),
    ("index", "integer"),
    ("parent_index", "integer?"),
    ("depth", "integer"),
    ("orphan", "boolean"),
    ("name", "string"),
    ("display_name", "string"),
    ("category", "string"),
    ("kind", "string?"),
    ("operation", "string?"),
    ("status", "string"),
    ("error_derived", "boolean"),
    ("error", "SpanError?"),
    ("start_offset_nanos", "integer"),
    ("duration_nanos", "integer?"),
    ("open", "boolean"),
    ("usage", "Usage?"),
    ("usage_scope", "string"),
    ("counted", "boolean?"),
    ("cost", "Cost?"),
    ("model", "string?"),
    ("request_model", "string?"),
    ("response_model", "string?"),
    ("provider", "string?"),
    ("tool_name", "string?"),
    ("tool_call_id", "string?"),
    ("agent_name", "string?"),
    ("session_id", "string?"),
    ("user_id", "string?"),
    ("finish_reason", "string?"),
    ("ttft_nanos", "integer?"),
    ("input_preview", "string?"),
    ("output_preview", "string?"),
    ("input_bytes", "integer"),
    ("output_bytes", "integer"),
    ("call_hash", "string?"),
    ("result_hash", "string?"),
    ("conventions", "[string]"),
    ("tags", "[string]"),
    ("subtree", "Subtree"),
];

const SPAN_ROW_ONLY: &[Field] =
    &[("trace_id", "string"), ("trace_name", "string"), ("start_nanos", "nanos")];

const SHAPES: &[(&str, &[Field])] = &[
    ("Error", &[("error", "ErrorBody")]),
    (
        "ErrorBody",
        &[
            ("code", "string"),
            ("message", "string"),
            ("from", "integer"),
            ("to", "integer"),
            ("suggestions", "[string]"),
            ("field", "string"),
            ("offset", "integer"),
            ("reason", "string"),
        ],
    ),
    ("Status", &[("code", "integer"), ("message", "string")]),
    ("Detail", &[("detail", "any")]),
    ("Done", &[("done", "boolean")]),
    ("AgentRef", &[("id", "string"), ("name", "string")]),
    ("SpanError", &[("kind", "string"), ("message", "string")]),
    (
        "Usage",
        &[
            ("input", "integer?"),
            ("output", "integer?"),
            ("cache_read", "integer?"),
            ("cache_write", "integer?"),
            ("reasoning", "integer?"),
            ("total", "integer?"),
        ],
    ),
    (
        "TraceUsage",
        &[
            ("input", "integer?"),
            ("output", "integer?"),
            ("cache_read", "integer?"),
            ("cache_write", "integer?"),
            ("reasoning", "integer?"),
            ("total", "integer?"),
            ("embedding_input", "integer?"),
        ],
    ),
    (
        "Cost",
        &[
            ("total", "usd"),
            ("input", "usd?"),
            ("output", "usd?"),
            ("source", "string"),
            ("estimated", "boolean"),
            ("counted", "boolean"),
        ],
    ),
    (
        "TraceCost",
        &[
            ("total", "usd"),
            ("reported", "usd?"),
            ("estimated", "boolean"),
            ("unpriced_calls", "integer"),
        ],
    ),
    (
        "Receipt",
        &[
            ("orphans", "integer"),
            ("missing_root", "boolean"),
            ("duplicates", "integer"),
            ("placeholders", "integer"),
            ("open_spans", "integer"),
            ("dropped_by_sender", "integer"),
            ("truncated", "integer"),
            ("odd_clocks", "integer"),
            ("skewed", "integer"),
            ("cycles", "integer"),
            ("rejected_numbers", "integer"),
            ("unpriced", "integer"),
            ("suspect_cumulative", "integer"),
            ("gaps", "integer"),
        ],
    ),
    (
        "Label",
        &[
            ("id", "integer"),
            ("target", "string"),
            ("trace_id", "string"),
            ("span_id", "string"),
            ("session_id", "string"),
            ("name", "string"),
            ("score", "number?"),
            ("value", "string?"),
            ("explanation", "string?"),
            ("source", "string"),
            ("author", "string"),
            ("created_nanos", "nanos"),
        ],
    ),
    ("LabelList", &[("labels", "[Label]"), ("next_cursor", "string?")]),
    (
        "NewLabel",
        &[
            ("trace_id", "string?"),
            ("span_id", "string?"),
            ("session_id", "string?"),
            ("name", "string"),
            ("score", "number?"),
            ("value", "string?"),
            ("explanation", "string?"),
            ("source", "string?"),
            ("author", "string?"),
        ],
    ),
    (
        "TraceRow",
        &[
            ("trace_id", "string"),
            ("name", "string"),
            ("agent", "AgentRef?"),
            ("session_id", "string?"),
            ("user_id", "string?"),
            ("environment", "string?"),
            ("release", "string?"),
            ("status", "string"),
            ("root_status", "string"),
            ("state", "string"),
            ("start_nanos", "nanos"),
            ("end_nanos", "nanos?"),
            ("duration_nanos", "integer?"),
            ("arrived_nanos", "nanos"),
            ("last_arrival_nanos", "nanos"),
            ("span_count", "integer"),
            ("root_count", "integer"),
            ("orphan_count", "integer"),
            ("error_count", "integer"),
            ("llm_calls", "integer"),
            ("llm_calls_failed", "integer"),
            ("tool_calls", "integer"),
            ("tool_calls_failed", "integer"),
            ("embedding_calls", "integer"),
            ("usage", "TraceUsage"),
            ("cost", "TraceCost?"),
            ("models", "[string]"),
            ("providers", "[string]"),
            ("tools", "[string]"),
            ("agents", "[string]"),
            ("tags", "[string]"),
            ("labels", "[Label]"),
            ("error", "SpanError?"),
            ("input_preview", "string?"),
            ("output_preview", "string?"),
            ("receipt", "Receipt"),
            ("commit_seq", "integer"),
        ],
    ),
    ("Scanned", &[("rows", "integer"), ("of", "integer")]),
    ("Hint", &[("code", "string"), ("message", "string"), ("from", "integer"), ("to", "integer")]),
    (
        "ResolvedTime",
        &[
            ("from", "integer"),
            ("to", "integer"),
            ("text", "string"),
            ("start_nanos", "nanos"),
            ("end_nanos", "nanos"),
        ],
    ),
    (
        "TraceList",
        &[
            ("traces", "[TraceRow]"),
            ("next_cursor", "string?"),
            ("total", "integer?"),
            ("total_is", "string?"),
            ("scanned", "Scanned?"),
            ("resolved", "[ResolvedTime]"),
            ("hints", "[Hint]"),
        ],
    ),
    (
        "SpanList",
        &[
            ("spans", "[SpanRow]"),
            ("next_cursor", "string?"),
            ("total", "integer?"),
            ("total_is", "string?"),
            ("scanned", "Scanned?"),
            ("resolved", "[ResolvedTime]"),
            ("hints", "[Hint]"),
        ],
    ),
    (
        "Subtree",
        &[("spans", "integer"), ("errors", "integer"), ("usage", "Usage?"), ("cost", "usd?")],
    ),
    (
        "TraceDetail",
        &[
            ("trace", "TraceRow"),
            ("spans", "[Skeleton]"),
            ("next_cursor", "string?"),
            ("receipt", "Receipt"),
        ],
    ),
    ("PreviewsAsked", &[("span_ids", "[string]")]),
    ("Preview", &[("span_id", "string"), ("input", "string?"), ("output", "string?")]),
    ("Previews", &[("previews", "[Preview]")]),
    (
        "RunEvent",
        &[
            ("event_id", "string"),
            ("time_nanos", "nanos"),
            ("offset_nanos", "integer"),
            ("name", "string"),
            ("attributes", "object"),
        ],
    ),
    ("RunEvents", &[("events", "[RunEvent]")]),
    (
        "LedgerLine",
        &[
            ("index", "integer"),
            ("span_id", "string"),
            ("name", "string"),
            ("counted", "boolean"),
            ("why", "string"),
            ("because_of", "string?"),
            ("usage", "Usage?"),
            ("cost", "Cost?"),
            ("filled", "boolean"),
        ],
    ),
    ("Ledger", &[("lines", "[LedgerLine]"), ("usage", "TraceUsage"), ("cost", "TraceCost?")]),
    ("Transcript", &[("turns", "[object]"), ("clipped_bytes", "integer")]),
    ("ReceiptAnswer", &[("trace_id", "string"), ("receipt", "Receipt")]),
    (
        "Session",
        &[
            ("session_id", "string"),
            ("user_id", "string?"),
            ("name", "string"),
            ("state", "string"),
            ("agents", "[AgentRef]"),
            ("users", "[string]"),
            ("labels", "[Label]"),
            ("trace_count", "integer"),
            ("error_trace_count", "integer"),
            ("failed_count", "integer"),
            ("span_count", "integer"),
            ("error_count", "integer"),
            ("llm_calls", "integer"),
            ("llm_calls_failed", "integer"),
            ("tool_calls", "integer"),
            ("tool_calls_failed", "integer"),
            ("embedding_calls", "integer"),
            ("usage", "Usage"),
            ("cost", "TraceCost?"),
            ("first_start_nanos", "nanos?"),
            ("last_start_nanos", "nanos?"),
            ("last_end_nanos", "nanos?"),
            ("last_arrival_nanos", "nanos?"),
        ],
    ),
    ("SessionList", &[("sessions", "[Session]"), ("next_cursor", "string?")]),
    ("SessionDetail", &[("session", "Session")]),
    ("UserList", &[("users", "[object]"), ("next_cursor", "string?")]),
    (
        "Agent",
        &[
            ("id", "string"),
            ("name", "string"),
            ("registered", "boolean"),
            ("description", "string?"),
            ("created_nanos", "nanos"),
            ("last_start_nanos", "nanos?"),
            ("trace_count", "integer"),
            ("error_count", "integer"),
            ("failed_count", "integer"),
            ("tokens", "integer?"),
            ("usage", "Usage"),
            ("cost", "Total?"),
            ("duration_nanos", "Percentiles?"),
        ],
    ),
    ("AgentList", &[("agents", "[Agent]"), ("next_cursor", "string?"), ("scanned", "Scanned?")]),
    (
        "Hit",
        &[
            ("trace_id", "string"),
            ("trace_name", "string"),
            ("span_id", "string?"),
            ("span_name", "string?"),
            ("start_nanos", "nanos"),
            ("snippet", "string"),
            ("marks", "[[integer]]"),
        ],
    ),
    ("SearchAnswer", &[("hits", "[Hit]"), ("next_cursor", "string?"), ("scanned", "Scanned?")]),
    ("Total", &[("total", "usd")]),
    ("Percentiles", &[("p50", "integer"), ("p95", "integer"), ("p99", "integer")]),
    (
        "Figures",
        &[
            ("count", "integer"),
            ("error_count", "integer"),
            ("failed_count", "integer"),
            ("tokens", "integer?"),
            ("usage", "Usage"),
            ("cost", "Total?"),
            ("duration_nanos", "Percentiles?"),
        ],
    ),
    (
        "StatsRow",
        &[
            ("count", "integer"),
            ("error_count", "integer"),
            ("failed_count", "integer"),
            ("tokens", "integer?"),
            ("usage", "Usage"),
            ("cost", "Total?"),
            ("duration_nanos", "Percentiles?"),
            ("group", "[string?]"),
            ("agent", "string?"),
        ],
    ),
    (
        "Stats",
        &[
            ("group_by", "[string]"),
            ("rows", "[StatsRow]"),
            ("more_groups", "integer"),
            ("total", "Figures"),
            ("scanned", "Scanned?"),
            ("resolved", "[ResolvedTime]"),
            ("hints", "[Hint]"),
        ],
    ),
    (
        "Key",
        &[
            ("id", "integer"),
            ("name", "string"),
            ("prefix", "string"),
            ("scopes", "[string]"),
            ("agent", "AgentRef?"),
            ("workspace", "string"),
            ("created_nanos", "nanos"),
            ("created_by", "string"),
            ("revoked_nanos", "nanos?"),
            ("last_used_nanos", "nanos?"),
        ],
    ),
    ("KeyList", &[("keys", "[Key]")]),
    ("NewKey", &[("name", "string"), ("scopes", "[string]"), ("agent", "string?")]),
    ("MadeKey", &[("key", "string"), ("id", "integer"), ("prefix", "string")]),
    (
        "Workspace",
        &[
            ("id", "integer"),
            ("name", "string"),
            ("trace_count", "integer"),
            ("created_nanos", "nanos"),
        ],
    ),
    ("WorkspaceList", &[("workspaces", "[Workspace]")]),
    ("NewWorkspace", &[("name", "string")]),
    (
        "AuditEntry",
        &[
            ("id", "integer"),
            ("at_nanos", "nanos"),
            ("by", "string"),
            ("action", "string"),
            ("subject", "string"),
            ("detail", "string"),
        ],
    ),
    ("AuditList", &[("entries", "[AuditEntry]"), ("next_cursor", "string?")]),
    (
        "RequestEntry",
        &[
            ("id", "integer"),
            ("at_nanos", "nanos"),
            ("path", "string"),
            ("client", "string"),
            ("key", "string?"),
            ("status", "integer"),
            ("bytes", "integer"),
            ("accepted", "integer"),
            ("rejected", "integer"),
            ("reason", "string?"),
        ],
    ),
    ("RequestList", &[("requests", "[RequestEntry]")]),
    (
        "Setting",
        &[
            ("name", "string"),
            ("value", "any"),
            ("default", "any"),
            ("locked", "boolean"),
            ("level", "string"),
            ("about", "string"),
            ("changed_by", "string?"),
            ("changed_nanos", "nanos?"),
        ],
    ),
    ("SettingList", &[("settings", "[Setting]")]),
    ("Retention", &[("settings", "[Setting]"), ("receipts", "[object]")]),
    ("RetentionRun", &[("trace_count", "integer"), ("done", "boolean")]),
    (
        "Deleted",
        &[
            ("trace_id", "string"),
            ("deleted_nanos", "nanos"),
            ("refused_until_nanos", "nanos"),
            ("by", "string"),
            ("rule", "string"),
            ("span_count", "integer"),
            ("refused_count", "integer"),
        ],
    ),
    ("DeletedList", &[("deleted", "[Deleted]"), ("next_cursor", "string?")]),
    ("Check", &[("problems", "[object]"), ("counts", "object"), ("sizes", "object")]),
    ("SettingChange", &[("name", "string"), ("value", "any")]),
    (
        "SavedView",
        &[
            ("id", "integer"),
            ("name", "string"),
            ("page", "string"),
            ("definition", "any"),
            ("created_nanos", "nanos"),
            ("changed_nanos", "nanos"),
            ("changed_by", "string"),
        ],
    ),
    ("SavedViewList", &[("views", "[SavedView]")]),
    ("NewView", &[("name", "string"), ("page", "string"), ("definition", "any")]),
    (
        "Price",
        &[
            ("model", "string"),
            ("provider", "string?"),
            ("mode", "string"),
            ("from_nanos", "nanos?"),
            ("rates", "object"),
            ("shipped", "boolean"),
        ],
    ),
    ("PriceName", &[("model", "string"), ("provider", "string?"), ("from_nanos", "nanos?")]),
    ("PriceList", &[("version", "integer"), ("prices", "[Price]")]),
    ("Cursor", &[("cursor", "string?")]),
    ("Repriced", &[("traces", "integer"), ("changed", "integer"), ("next_cursor", "string?")]),
    ("SignIn", &[("key", "string")]),
    (
        "SessionState",
        &[
            ("open", "boolean"),
            ("workspace", "string?"),
            ("scopes", "[string]"),
            ("agent", "string?"),
            ("operator", "boolean"),
        ],
    ),
    (
        "NewRun",
        &[
            ("run_id", "string?"),
            ("agent_id", "string?"),
            ("agent_name", "string?"),
            ("name", "string?"),
            ("session_id", "string?"),
            ("user_id", "string?"),
            ("input", "any"),
            ("metadata", "object?"),
            ("start_time", "any"),
        ],
    ),
    ("StartedRun", &[("run_id", "string"), ("trace_id", "string")]),
    ("RunSpans", &[("spans", "[object]")]),
    ("RunEventsBody", &[("events", "[object]")]),
    ("RunCompleted", &[("output", "any")]),
    ("RunFailed", &[("error", "any")]),
    (
        "RunTaken",
        &[
            ("run_id", "string"),
            ("trace_id", "string"),
            ("accepted", "integer"),
            ("rejected", "[object]"),
        ],
    ),
];

#[cfg(test)]
pub(crate) fn fields_of(name: &str) -> Vec<&'static str> {
    let fields = match name {
        "Skeleton" => SKELETON,
        _ => SHAPES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, fields)| fields),
    };
    fields.iter().map(|(field, _)| *field).collect()
}
