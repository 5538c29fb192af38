//! Hand-made cases with literal results, and the laws over random parts.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::ids::TraceId;
use crate::source::{SourceEvent, SourceStatus, StatusCode};

fn part() -> SourceSpan {
    let trace = TraceId::from_bytes(&[1; 16]).unwrap();
    SourceSpan::part(trace, SpanId::from_bytes(&[2; 8]).unwrap(), Sender::Otlp)
}

fn with(pairs: &[(&str, Value)]) -> SourceSpan {
    let attributes = pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    SourceSpan { attributes, ..part() }
}

fn object(pairs: &[(&str, i64)]) -> Value {
    Value::Map(pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::Int(*value))).collect())
}

fn same(a: &SourceSpan, b: &SourceSpan) -> bool {
    order::spans(a, b) == Ordering::Equal
}

#[test]
fn a_start_and_an_end_make_one_span() {
    let start = SourceSpan {
        name: Some("search".to_owned()),
        start_nanos: Some(10),
        parent_span_id: Some(SpanId::from_bytes(&[9; 8]).unwrap()),
        ..with(&[("state", "running for a while".into()), ("query", "q".into())])
    };
    let end = SourceSpan {
        end_nanos: Some(30),
        status: SourceStatus { code: StatusCode::Error, message: "no".to_owned() },
        ..with(&[("state", "done".into()), ("result", 4.into())])
    };
    for whole in [fold(&start, &end), fold(&end, &start)] {
        assert_eq!(whole.name.as_deref(), Some("search"));
        assert_eq!((whole.start_nanos, whole.end_nanos), (Some(10), Some(30)));
        assert_eq!(whole.parent_span_id, start.parent_span_id);
        assert_eq!(whole.status, end.status);
        let want = with(&[("query", "q".into()), ("result", 4.into()), ("state", "done".into())]);
        assert_eq!(whole.attributes, want.attributes);
    }
}

#[test]
fn ended_then_later_end_then_version_then_larger_value() {
    let version = |end, version, value: &str| SourceSpan {
        end_nanos: end,
        version,
        ..with(&[("k", value.into())])
    };
    // Each beats all that stand before it.
    let rising = [
        version(None, None, "a"),
        version(None, None, "b"),
        version(None, Some(1), "a"),
        version(None, Some(2), "a"),
        version(Some(5), None, "a"),
        version(Some(5), Some(1), "a"),
        version(Some(6), None, "a"),
        version(Some(6), None, "b"),
        version(Some(6), None, "aa"),
    ];
    for (place, low) in rising.iter().enumerate() {
        for high in &rising[place + 1..] {
            for whole in [fold(low, high), fold(high, low)] {
                assert_eq!(whole.attributes, high.attributes);
                assert_eq!((whole.end_nanos, whole.version), (high.end_nanos, high.version));
            }
        }
    }
}

#[test]
fn a_field_keeps_the_age_of_the_part_it_came_from() {
    let old = SourceSpan { version: Some(1), name: Some("old".to_owned()), ..part() };
    let new = SourceSpan { version: Some(2), name: Some("new".to_owned()), ..part() };
    // The end says no name: the name stays that of version 2, also when 1 comes last.
    let end = SourceSpan { end_nanos: Some(9), ..part() };
    assert_eq!(fold(&fold(&end, &new), &old).name.as_deref(), Some("new"));
    assert_eq!(fold(&fold(&end, &old), &new).name.as_deref(), Some("new"));
}

#[test]
fn objects_merge_deeply_and_json_texts_do_not() {
    let a = with(&[("usage", object(&[("in", 1), ("out", 2)])), ("json", r#"{"a":1}"#.into())]);
    let b = SourceSpan {
        version: Some(1),
        ..with(&[("usage", object(&[("out", 3), ("cached", 0)])), ("json", r#"{"b":2}"#.into())])
    };
    let want = with(&[
        ("json", r#"{"b":2}"#.into()),
        ("usage", object(&[("cached", 0), ("in", 1), ("out", 3)])),
    ]);
    assert_eq!(fold(&a, &b).attributes, want.attributes);
    assert_eq!(fold(&b, &a).attributes, want.attributes);
}

#[test]
fn present_is_never_overwritten_by_absent() {
    let said = with(&[("k", "v".into()), ("m", object(&[("x", 1)]))]);
    let unsaid = SourceSpan {
        end_nanos: Some(7),
        ..with(&[("k", Value::Empty), ("m", Value::Empty), ("e", Value::Empty)])
    };
    let want = with(&[("e", Value::Empty), ("k", "v".into()), ("m", object(&[("x", 1)]))]);
    assert_eq!(fold(&said, &unsaid).attributes, want.attributes);
}

#[test]
fn events_are_a_union_by_content() {
    let event = |time_nanos, name: &str| SourceEvent {
        time_nanos,
        name: name.to_owned(),
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        from_log: None,
    };
    let a = SourceSpan { events: vec![event(2, "b"), event(1, "a"), event(1, "a")], ..part() };
    let b = SourceSpan { events: vec![event(1, "a"), event(3, "c")], ..part() };
    let want = vec![event(1, "a"), event(1, "a"), event(2, "b"), event(3, "c")];
    assert_eq!(fold(&a, &b).events, want);
    assert_eq!(fold(&b, &a).events, want);
}

#[test]
fn a_log_record_before_its_span_only_adds_its_event() {
    let event = SourceEvent {
        time_nanos: 5,
        name: "gen_ai.choice".to_owned(),
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        from_log: Some(Default::default()),
    };
    let logs = Arc::new(Scope { name: "zz.logs".to_owned(), ..Scope::default() });
    let log = SourceSpan { events: vec![event.clone()], scope: logs, ..part() };
    let scope = Arc::new(Scope { name: "lib".to_owned(), ..Scope::default() });
    let open = SourceSpan { name: Some("chat".to_owned()), scope: scope.clone(), ..part() };
    for whole in [fold(&log, &open), fold(&open, &log)] {
        assert_eq!(whole.name.as_deref(), Some("chat"));
        assert_eq!(whole.scope, scope);
        assert_eq!(whole.events, vec![event.clone()]);
    }
}

#[test]
fn a_pending_span_becomes_an_open_part_and_folds_away() {
    let real = SpanId::from_hex("32c2416f191c109c").unwrap();
    let notice = SourceSpan {
        span_id: SpanId::from_hex("9670165fcac49fa2").unwrap(),
        parent_span_id: Some(real),
        name: Some("demo run".to_owned()),
        start_nanos: Some(100),
        end_nanos: Some(100),
        ..with(&[
            ("logfire.span_type", "pending_span".into()),
            ("logfire.pending_parent_id", "00f067aa0ba902b7".into()),
            ("only.at.start", true.into()),
        ])
    };
    let open = resolve_pending(notice);
    assert_eq!(open.span_id, real);
    assert_eq!(open.parent_span_id, Some(SpanId::from_hex("00f067aa0ba902b7").unwrap()));
    assert_eq!((open.start_nanos, open.end_nanos), (Some(100), None));
    assert!(same(&resolve_pending(open.clone()), &open));

    let span = SourceSpan {
        span_id: real,
        parent_span_id: open.parent_span_id,
        name: Some("demo run".to_owned()),
        start_nanos: Some(100),
        end_nanos: Some(900),
        ..with(&[("logfire.span_type", "span".into())])
    };
    let want = with(&[("logfire.span_type", "span".into()), ("only.at.start", true.into())]);
    for whole in [fold(&open, &span), fold(&span, &open), fold(&fold(&span, &open), &open)] {
        assert_eq!(whole.attributes, want.attributes);
        assert_eq!(whole.end_nanos, Some(900));
    }
    assert!(same(&resolve_pending(span.clone()), &span));
}

#[test]
fn a_root_that_is_pending_has_no_parent() {
    let notice = SourceSpan {
        parent_span_id: Some(SpanId::from_bytes(&[7; 8]).unwrap()),
        end_nanos: Some(1),
        ..with(&[
            ("logfire.span_type", "pending_span".into()),
            ("logfire.pending_parent_id", "0000000000000000".into()),
        ])
    };
    assert_eq!(resolve_pending(notice).parent_span_id, None);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Empty),
        (0_i64..3).prop_map(Value::Int),
        any::<bool>().prop_map(Value::Bool),
        prop_oneof![Just(f64::NAN), Just(0.0), Just(-0.0)].prop_map(Value::Double),
        "[ab]{0,2}".prop_map(Value::String),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            any_attributes(inner).prop_map(Value::Map),
        ]
    })
}

/// Few keys, so that they meet, and also twice in one list.
fn any_attributes(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Attributes> {
    prop::collection::vec(("[xyz]", value), 0..4)
}

fn any_marks() -> impl Strategy<Value = Attributes> {
    let mark = |kind: &str| vec![(SPAN_TYPE.to_owned(), Value::from(kind))];
    let mut pending = mark(PENDING_SPAN);
    pending.push((PENDING_PARENT.to_owned(), "00f067aa0ba902b7".into()));
    prop_oneof![4 => Just(Vec::new()), 1 => Just(mark("span")), 1 => Just(pending)]
}

prop_compose! {
    fn any_part()(
        name in prop::option::of("[ab]{0,2}"),
        kind in prop_oneof![Just(SpanKind::Unspecified), Just(SpanKind::Client), Just(SpanKind::Server)],
        start_nanos in prop::option::of(0_i64..3),
        end_nanos in prop::option::of(0_i64..3),
        version in prop::option::of(0_i64..3),
        sequence in prop::option::of(0_i64..3),
        code in prop_oneof![Just(StatusCode::Unset), Just(StatusCode::Ok), Just(StatusCode::Error)],
        message in "[ab]{0,1}",
        mut attributes in any_attributes(any_value()),
        marks in any_marks(),
        events in prop::collection::vec((0_i64..2, "[ab]"), 0..3),
        parent in prop::option::of(1_u8..3),
        scope in "[ab]{0,1}",
    ) -> SourceSpan {
        attributes.extend(marks);
        let event = |(time_nanos, name)| SourceEvent {
            time_nanos, name, attributes: Vec::new(), dropped_attributes_count: 0, from_log: None,
        };
        SourceSpan {
            name, kind, start_nanos, end_nanos, version, sequence, attributes,
            parent_span_id: parent.map(|byte| SpanId::from_bytes(&[byte; 8]).unwrap()),
            status: SourceStatus { code, message },
            events: events.into_iter().map(event).collect(),
            scope: Arc::new(Scope { name: scope, ..Scope::default() }),
            ..part()
        }
    }
}

/// Folds parts in the order given, as the shape says: each step combines two neighbours.
fn fold_shaped(parts: &[SourceSpan], order: &[usize], shape: &[usize]) -> SourceSpan {
    let mut row: Vec<SourceSpan> = order.iter().map(|place| parts[*place].clone()).collect();
    for step in shape {
        let place = step % (row.len() - 1);
        let joined = fold(&row[place], &row[place + 1]);
        row.splice(place..=place + 1, [joined]);
        if row.len() == 1 {
            break;
        }
    }
    row.into_iter().reduce(|a, b| fold(&a, &b)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_result_is_the_same_in_every_order_and_grouping(
        parts in prop::collection::vec(any_part(), 2..5),
        order in Just((0..4).collect::<Vec<usize>>()).prop_shuffle(),
        shape in prop::collection::vec(0_usize..4, 4),
    ) {
        let straight = parts.iter().cloned().reduce(|a, b| fold(&a, &b)).unwrap();
        let order: Vec<usize> = order.into_iter().filter(|place| *place < parts.len()).collect();
        let other = fold_shaped(&parts, &order, &shape);
        prop_assert!(same(&straight, &other), "{straight:#?}\n{other:#?}");
        // Sent again, alone or combined, nothing changes.
        for part in &parts {
            prop_assert!(same(&fold(part, part), part));
            prop_assert!(same(&fold(&straight, part), &straight));
        }
        prop_assert!(same(&fold(&straight, &other), &straight));
    }
}
