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
];
