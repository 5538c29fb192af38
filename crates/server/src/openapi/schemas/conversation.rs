//! Shapes of a run told as a conversation, and of where its totals come from.

use super::Field;

pub(super) const SHAPES: &[(&str, &[Field])] = &[
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
    ("RunEvents", &[("events", "[RunEvent]"), ("shown", "integer"), ("total", "integer")]),
    (
        "LedgerLine",
        &[
            ("index", "integer"),
            ("span_id", "string"),
            ("name", "string"),
            ("counted", "boolean"),
            (
                "why",
                "own|aggregate|reported|counted_below|counted_above|shadowed_by|duplicate_of|free",
            ),
            ("because_of", "string?"),
            ("usage", "Usage?"),
            ("cost", "Cost?"),
            ("filled", "boolean"),
        ],
    ),
    ("Ledger", &[("lines", "[LedgerLine]"), ("usage", "TraceUsage"), ("cost", "TraceCost?")]),
    ("Transcript", &[("turns", "[Section]"), ("clipped_bytes", "integer")]),
    ("Section", &[("turn", "Turn?"), ("card", "Card")]),
    ("Turn", &[("span_id", "string"), ("first", "integer"), ("end", "integer")]),
    (
        "Card",
        &[
            ("span_id", "string?"),
            ("agent", "string?"),
            ("start_offset_nanos", "integer"),
            ("duration_nanos", "integer?"),
            ("failed", "boolean"),
            ("error", "SpanError?"),
            ("totals", "Subtree"),
            ("entries", "[Entry]"),
            ("omitted_spans", "integer"),
        ],
    ),
    ("ClippedWords", &[("text", "string"), ("clipped_bytes", "integer")]),
    (
        "TextEntry",
        &[
            ("span_id", "string"),
            ("start_offset_nanos", "integer"),
            ("kind", "=text"),
            ("role", "string"),
            ("text", "ClippedWords?"),
        ],
    ),
    (
        "ThinkingEntry",
        &[
            ("span_id", "string"),
            ("start_offset_nanos", "integer"),
            ("kind", "=thinking"),
            ("text", "ClippedWords?"),
        ],
    ),
    (
        "MediaEntry",
        &[
            ("span_id", "string"),
            ("start_offset_nanos", "integer"),
            ("kind", "=media"),
            ("role", "string"),
            ("modality", "string"),
            ("mime_type", "string?"),
            ("reference", "string?"),
        ],
    ),
    (
        "ToolsEntry",
        &[
            ("span_id", "string"),
            ("start_offset_nanos", "integer"),
            ("kind", "=tools"),
            ("name", "string"),
            ("calls", "[ToolCall]"),
            ("identical", "boolean"),
        ],
    ),
    (
        "ToolCall",
        &[
            ("span_id", "string?"),
            ("call_id", "string?"),
            ("arguments", "any"),
            ("result", "any"),
            ("duration_nanos", "integer?"),
            ("failed", "boolean"),
            ("error", "SpanError?"),
            ("by_provider", "boolean"),
            ("inside", "[Entry]"),
            ("omitted_spans", "integer"),
        ],
    ),
    (
        "AgentEntry",
        &[
            ("span_id", "string"),
            ("start_offset_nanos", "integer"),
            ("kind", "=agent"),
            ("card", "Card"),
        ],
    ),
    (
        "StepEntry",
        &[
            ("span_id", "string"),
            ("start_offset_nanos", "integer"),
            ("kind", "=step"),
            ("category", "Category"),
            ("name", "string"),
            ("input", "string?"),
            ("output", "string?"),
            ("error", "SpanError?"),
        ],
    ),
    (
        "FailedEntry",
        &[
            ("span_id", "string"),
            ("start_offset_nanos", "integer"),
            ("kind", "=failed"),
            ("error", "SpanError"),
        ],
    ),
    (
        "CompactionEntry",
        &[
            ("span_id", "string"),
            ("start_offset_nanos", "integer"),
            ("kind", "=compaction"),
            ("text", "ClippedWords?"),
        ],
    ),
    (
        "OtherEntry",
        &[
            ("span_id", "string"),
            ("start_offset_nanos", "integer"),
            ("kind", "=other"),
            ("part", "any"),
        ],
    ),
    ("ReceiptAnswer", &[("trace_id", "string"), ("receipt", "Receipt")]),
];
