//! The tables that completion is made of.

use clew_query::{Field, Subject, fields, namespaces};
use serde_json::json;

use crate::valid;

#[test]
fn rows_are_json_for_the_schema_route() {
    let duration = fields(Subject::Trace).find(|info| info.field == Field::Duration).unwrap();
    let expected = json!({
        "name": "duration",
        "aliases": ["latency"],
        "type": "duration",
        "operators": [":", "=", "!=", "<", "<=", ">", ">="],
        "owners": ["session", "trace", "span"],
        "summary": "start to end",
        "example": "duration > 2s",
        "values": [],
    });
    assert_eq!(serde_json::to_value(duration).unwrap(), expected);
    assert_eq!(serde_json::to_value(Field::RootStatus).unwrap(), "root_status");
}

#[test]
fn the_closed_sets_are_those_of_the_rulings() {
    assert_eq!(
        Field::Category.info().values,
        [
            "agent",
            "llm",
            "tool",
            "embedding",
            "retrieval",
            "reranker",
            "guardrail",
            "evaluator",
            "memory",
            "workflow",
            "chain",
            "other",
        ],
    );
    assert_eq!(Field::RootStatus.info().values, ["ok", "error", "unset"]);
    assert_eq!(Field::State.info().values, ["live", "quiet", "abandoned", "resumed", "done"]);
}

#[test]
fn only_fields_that_a_filter_may_name_are_offered() {
    let offers = |subject, field| fields(subject).any(|info| info.field == field);
    assert!(offers(Subject::Session, Field::Tool));
    assert!(offers(Subject::Trace, Field::Tool));
    assert!(!offers(Subject::Span, Field::Spans));
    assert!(!offers(Subject::Trace, Field::Traces));
    assert_eq!(namespaces(Subject::Trace).count(), 6);
}

#[test]
fn every_example_is_a_filter() {
    for subject in [Subject::Session, Subject::Trace, Subject::Span] {
        for info in fields(subject) {
            valid(subject, info.example);
            for name in info.aliases.iter().chain([&info.name]) {
                assert_eq!(Field::from_name(name), Some(info.field));
            }
        }
        for info in namespaces(subject) {
            valid(subject, info.example);
        }
    }
}
