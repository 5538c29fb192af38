//! Shapes of errors, and of answers that only say that it was done.

use super::Field;

pub(super) const SHAPES: &[(&str, &[Field])] = &[
    ("Error", &[("error", "ErrorBody")]),
    (
        "ErrorBody",
        &[
            ("code", "string"),
            ("message", "string"),
            ("reason?", "string"),
            ("from?", "integer"),
            ("to?", "integer"),
            ("offset?", "integer"),
            ("field?", "string"),
            ("suggestions?", "[string]"),
        ],
    ),
    ("Status", &[("code", "integer"), ("message", "string"), ("details?", "[object]")]),
    ("Detail", &[("detail", "any")]),
    ("LangfuseError", &[("message", "string"), ("error", "string")]),
    ("MlflowError", &[("error_code", "string"), ("message", "string")]),
    (
        "Done",
        &[
            ("done", "boolean"),
            ("id?", "integer"),
            ("trace_id?", "string"),
            ("version?", "integer"),
        ],
    ),
];
