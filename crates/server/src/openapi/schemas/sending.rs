//! Shapes of the calls of AgentOS and of products that send JSON of their own.

use super::Field;

pub(super) const SHAPES: &[(&str, &[Field])] = &[
    (
        "NewRun",
        &[
            ("run_id?", "string?"),
            ("agent_id?", "string?"),
            ("agent_name?", "string?"),
            ("name?", "string?"),
            ("session_id?", "string?"),
            ("user_id?", "string?"),
            ("input?", "any"),
            ("metadata?", "object?"),
            ("environment?", "string?"),
            ("release?", "string?"),
            ("start_time?", "any"),
        ],
    ),
    ("LangfuseBatch", &[("batch", "[object]"), ("metadata?", "object")]),
    (
        "LangfuseScore",
        &[
            ("id?", "string"),
            ("traceId?", "string"),
            ("observationId?", "string"),
            ("sessionId?", "string"),
            ("name", "string"),
            ("value", "any"),
            ("dataType?", "string"),
            ("comment?", "string"),
            ("source?", "string"),
            ("timestamp?", "any"),
        ],
    ),
    ("StartedRun", &[("run_id", "string"), ("trace_id", "string")]),
    ("RunSpans", &[("spans", "[object]")]),
    ("RunEventsBody", &[("events", "[object]")]),
    ("RunCompleted", &[("output?", "any")]),
    ("RunFailed", &[("error?", "any")]),
    ("RunBatch", &[("runs", "[object]")]),
    ("RejectedItem", &[("what", "string"), ("reason", "string")]),
    ("OpenaiAgentsItems", &[("data", "[object]")]),
    (
        "ItemsTaken",
        &[("accepted", "integer"), ("rejected_count", "integer"), ("rejected", "[RejectedItem]")],
    ),
    (
        "Imported",
        &[
            ("records", "integer"),
            ("spans", "integer"),
            ("traces", "integer"),
            ("ignored", "integer"),
            ("rejected_count", "integer"),
            ("rejected", "[RejectedItem]"),
        ],
    ),
    (
        "RunTaken",
        &[
            ("run_id", "string"),
            ("trace_id", "string"),
            ("accepted", "integer"),
            ("rejected_count", "integer"),
            ("rejected", "[RejectedItem]"),
        ],
    ),
    (
        "BatchTaken",
        &[("accepted", "integer"), ("rejected_count", "integer"), ("rejected", "[RejectedItem]")],
    ),
];
