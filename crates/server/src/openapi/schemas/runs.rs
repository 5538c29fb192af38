//! Shapes of what is asked about one run.

use super::Field;

pub(super) const SHAPES: &[(&str, &[Field])] = &[
    (
        "SkeletonHeader",
        &[
            ("trace", "TraceRow"),
            ("receipt", "Receipt"),
            ("commit_seq", "integer"),
            ("count", "integer"),
            ("strings", "[string]"),
            ("categories", "[string]"),
            ("columns", "[SkeletonColumn]"),
            ("orphans", "{string}"),
            ("labels", "[SkeletonLabel]"),
        ],
    ),
    (
        "SkeletonColumn",
        &[("name", "string"), ("type", "string"), ("offset", "integer"), ("length", "integer")],
    ),
    (
        "SkeletonLabel",
        &[
            ("index", "integer"),
            ("name", "string"),
            ("score", "number?"),
            ("value", "string?"),
            ("explanation", "string?"),
            ("source", "string"),
        ],
    ),
    ("TextsAsked", &[("span_ids", "[string]")]),
    ("Texts", &[("texts", "[SpanText]")]),
    (
        "SpanText",
        &[
            ("span_id", "string"),
            ("user", "CutText?"),
            ("thinking", "CutText?"),
            ("text", "CutText?"),
            ("calls", "[CutCall]"),
            ("arguments", "CutText?"),
            ("result", "CutText?"),
            ("system", "CutText?"),
            ("media", "[MediaMark]"),
        ],
    ),
    ("CutText", &[("text", "string"), ("chars", "integer")]),
    (
        "CutCall",
        &[("id", "string?"), ("name", "string"), ("arguments", "string"), ("chars", "integer")],
    ),
    ("MediaMark", &[("role", "string"), ("modality", "string"), ("mime_type", "string?")]),
];
