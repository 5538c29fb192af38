//! Bodies that are wrong: what is fine in them lands, the rest says why.

use clew_model::value::Value;
use clew_wire::otlp::{Encoding, decode_logs, decode_metrics, decode_traces};
use clew_wire::{Decoded, Limits, WireError};

use crate::wire::{attribute, bytes, fixed64, integer, request, span};

fn protobuf(body: &[u8]) -> Result<Decoded, WireError> {
    decode_traces(body, Encoding::Protobuf, &Limits::default())
}

fn json(body: &str) -> Result<Decoded, WireError> {
    decode_traces(body.as_bytes(), Encoding::Json, &Limits::default())
}

/// One good JSON span, then one with these fields, then another good one.
fn between_good_ones(fields: &str) -> Decoded {
    let good = |id: u8| {
        format!(
            r#"{{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b{id}","name":"n"}}"#
        )
    };
    let body = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{},{{{fields}}},{}]}}]}}]}}"#,
        good(1),
        good(2)
    );
    json(&body).unwrap()
}

const IDS: &str = r#""traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7""#;

#[test]
fn a_bad_protobuf_span_costs_only_itself() {
    for (fields, reason) in [
        (bytes(1, &[0; 16]), "traceId: id is all zeros"),
        (bytes(1, &[1; 15]), "traceId: id has 15 bytes, expected 16"),
        (bytes(2, &[]), "spanId: id has 0 bytes, expected 8"),
        (bytes(4, &[1; 3]), "parentSpanId: id has 3 bytes, expected 8"),
        (
            fixed64(7, u64::MAX),
            "startTimeUnixNano: time 18446744073709551615 lies beyond the year 2262",
        ),
        (integer(5, 7), "name: wrong type: expected bytes, found a varint (at byte 59)"),
        (vec![0x2a, 0x7f], "truncated: 127 bytes announced, 0 left (at byte 60)"),
        (vec![0x07], "no protobuf: bad field number (at byte 59)"),
        (vec![0x0b], "no protobuf: wire type 3 (at byte 59)"),
    ] {
        // The bad field stands at the end of the first of two spans.
        let bad = [span(1), fields].concat();
        let decoded = protobuf(&request(&[bad, span(2)])).unwrap();
        assert_eq!(decoded.accepted_count, 1, "{reason}");
        assert_eq!(decoded.rejected_count, 1, "{reason}");
        assert_eq!(decoded.rejected[0].what, "resourceSpans[0].scopeSpans[0].spans[0]");
        assert_eq!(decoded.rejected[0].reason, reason);
        assert_eq!(decoded.spans[0].span_id.to_string(), "bbbbbbbbbbbbbb02");
    }
}

#[test]
fn a_bad_json_span_costs_only_itself() {
    for (fields, reason) in [
        (r#""spanId":"00f067aa0ba902b7""#, "traceId: id has 0 bytes, expected 16"),
        (
            r#""traceId":"00000000000000000000000000000000","spanId":"00f067aa0ba902b7""#,
            "traceId: id is all zeros",
        ),
        (
            r#""traceId":"0af7","spanId":"00f067aa0ba902b7""#,
            "traceId: \"0af7\" is no id of 16 bytes, neither in hex nor in base64",
        ),
    ] {
        let decoded = between_good_ones(fields);
        assert_eq!((decoded.accepted_count, decoded.rejected_count), (2, 1), "{fields}");
        assert_eq!(decoded.rejected[0].what, "resourceSpans[0].scopeSpans[0].spans[1]");
        assert_eq!(decoded.rejected[0].reason, reason);
    }
}

#[test]
fn wrong_types_name_their_field_and_byte() {
    for (field, reason) in [
        (
            r#""startTimeUnixNano":{}"#,
            "startTimeUnixNano: wrong type: expected a whole number, found an object",
        ),
        (r#""startTimeUnixNano":"soon""#, "startTimeUnixNano: wrong type: expected a whole number"),
        (r#""name":7"#, "name: wrong type: expected a string, found a number"),
        (r#""attributes":"x""#, "attributes: wrong type: expected an array, found a string"),
        (
            r#""attributes":[{"key":"k","value":{"intValue":"x"}}]"#,
            "attributes[0].value.intValue: wrong type: expected a whole number",
        ),
        (
            r#""events":[{},{"timeUnixNano":true}]"#,
            "events[1].timeUnixNano: wrong type: expected a whole number, found a boolean",
        ),
        (
            r#""kind":"SIDEWAYS""#,
            "kind: wrong type: expected one of SPAN_KIND_UNSPECIFIED, INTERNAL, SERVER, CLIENT, \
             PRODUCER, CONSUMER, found a string",
        ),
        (r#""endTimeUnixNano":"-5""#, "endTimeUnixNano: time -5 is out of range"),
    ] {
        let decoded = between_good_ones(&format!("{IDS},{field}"));
        assert_eq!((decoded.accepted_count, decoded.rejected_count), (2, 1), "{field}");
        let found = &decoded.rejected[0].reason;
        assert!(found.starts_with(reason), "{found}");
    }
}

#[test]
fn a_body_of_which_nothing_is_understood_is_an_error() {
    let body = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{IDS},"startTimeUnixNano":[]}}]}}]}}]}}"#
    );
    let error = json(&body).unwrap_err();
    assert_eq!(
        error.field.as_deref(),
        Some("resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano")
    );
    assert_eq!(error.offset, body.find("[]}"));
    assert_eq!(error.message, "wrong type: expected a whole number, found an array");
}

#[test]
fn broken_json_names_the_byte() {
    for (body, offset, field) in [
        ("", 0, None),
        ("[]", 0, None),
        (r#"{"resourceSpans":[{]}"#, 19, Some("resourceSpans[0]")),
        (r#"{"resourceSpans":7}"#, 17, Some("resourceSpans")),
        (r#"{"resourceSpans":[]"#, 19, None),
        (r#"{"resourceSpans":[]} x"#, 21, None),
        (r#"{"a":"b"#, 5, Some("a")),
    ] {
        let error = json(body).unwrap_err();
        assert_eq!(error.offset, Some(offset), "{body}: {error}");
        assert_eq!(error.field.as_deref(), field, "{body}: {error}");
    }
}

#[test]
fn a_truncated_request_is_an_error_wherever_it_is_cut() {
    let whole = request(&[span(1), span(2)]);
    for length in 1..whole.len() {
        let error = protobuf(&whole[..length]).unwrap_err();
        assert!(error.offset.is_some_and(|offset| offset <= length), "{length}: {error}");
    }
    assert_eq!(protobuf(b"").unwrap(), Decoded::default());
}

#[test]
fn huge_lengths_are_no_allocations() {
    let error =
        protobuf(&[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]).unwrap_err();
    assert_eq!(error.message, "truncated: 9223372036854775807 bytes announced, 0 left");
    assert_eq!(error.offset, Some(10));
    let endless = protobuf(&[0xff; 32]).unwrap_err();
    assert_eq!(endless.message, "no protobuf: the number at this place does not end");
}

/// An `AnyValue` of lists in lists, `depth` deep.
fn nested(depth: usize) -> Vec<u8> {
    (0..depth).fold(bytes(1, b"x"), |inner, _| bytes(5, &bytes(1, &inner)))
}

#[test]
fn depth_is_bounded_in_protobuf() {
    let with =
        |depth| request(&[[span(1), attribute(9, b"deep", &nested(depth))].concat(), span(2)]);
    assert_eq!(protobuf(&with(31)).unwrap().accepted_count, 2);
    let decoded = protobuf(&with(32)).unwrap();
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (1, 1));
    assert!(decoded.rejected[0].reason.ends_with("nests deeper than 32 levels"));
    let decoded = protobuf(&with(5_000)).unwrap();
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (1, 1));
}

#[test]
fn depth_is_bounded_in_json() {
    let with = |depth: usize| {
        let (open, close) = (r#"{"arrayValue":{"values":["#, "]}}");
        let value = format!("{}{{}}{}", open.repeat(depth), close.repeat(depth));
        format!(r#"{IDS},"attributes":[{{"key":"deep","value":{value}}}]"#)
    };
    assert_eq!(between_good_ones(&with(31)).rejected_count, 0);
    let decoded = between_good_ones(&with(32));
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (2, 1));
    // Beyond what is stepped over the body is refused, without recursion.
    let body = format!(r#"{{"x":{}"#, "[".repeat(1_000_000));
    assert_eq!(json(&body).unwrap_err().message, "nests deeper than 512 levels");
}

#[test]
fn counts_are_bounded_and_the_reason_names_the_limit() {
    let limits = Limits {
        attributes_per_item: 2,
        events_per_span: 1,
        links_per_span: 1,
        key_bytes: 4,
        name_bytes: 4,
        items_per_request: 8,
        ..Limits::default()
    };
    let empty = |key: &[u8]| attribute(9, key, &[]);
    let long_name = [bytes(1, &[1; 16]), bytes(2, &[1; 8]), bytes(5, b"worker")].concat();
    let spans = [
        span(1),
        [span(2), empty(b"a"), empty(b"b"), empty(b"c")].concat(),
        [span(3), bytes(11, &[]), bytes(11, &[])].concat(),
        [span(4), bytes(13, &[]), empty(b"a")].concat(),
        [span(5), empty(b"abcde")].concat(),
        long_name,
        span(7),
        span(8),
        span(9),
    ];
    let decoded = decode_traces(&request(&spans), Encoding::Protobuf, &limits).unwrap();
    let reasons: Vec<&str> =
        decoded.rejected.iter().map(|rejected| rejected.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "more than 2 attributes",
            "more than 1 events",
            "attributes[0].key: has 5 bytes, at most 4 are taken",
            "name: has 6 bytes, at most 4 are taken",
            "the request has more than 8 items",
        ]
    );
    assert_eq!(decoded.accepted_count, 4);
    // The link without ids was dropped and counted.
    assert_eq!(decoded.spans[1].dropped.links, 1);
}

#[test]
fn a_request_has_a_budget_of_values_and_of_reasons() {
    let limits = Limits { values_per_request: 3, reasons_kept: 1, ..Limits::default() };
    let list = bytes(5, &[bytes(1, &[]), bytes(1, &[])].concat());
    let with_list = [span(1), attribute(9, b"k", &list)].concat();
    let spans = [with_list.clone(), with_list.clone(), with_list];
    let decoded = decode_traces(&request(&spans), Encoding::Protobuf, &limits).unwrap();
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (1, 2));
    assert_eq!(decoded.rejected.len(), 1);
    assert_eq!(
        decoded.partial_message().unwrap(),
        "resourceSpans[0].scopeSpans[0].spans[1]: attributes[0].value.arrayValue.values[0]: \
         the request has more than 3 attribute values (and 1 more)"
            .replace(".values[0]", "")
    );
}

#[test]
fn empty_events_and_links_are_taken_from_the_budget() {
    let limits = Limits { values_per_request: 6, ..Limits::default() };
    for field in [11, 13] {
        let with = |count: usize| request(&[[span(1), bytes(field, &[]).repeat(count)].concat()]);
        let decode = |count| decode_traces(&with(count), Encoding::Protobuf, &limits).unwrap();
        assert_eq!(decode(2).rejected_count, 0);
        assert_eq!(decode(3).rejected_count, 1);
    }
    let links = |count: usize| {
        let body = format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{IDS},"links":[{}]}}]}}]}}]}}"#,
            vec!["{}"; count].join(",")
        );
        decode_traces(body.as_bytes(), Encoding::Json, &limits).unwrap().rejected_count
    };
    assert_eq!((links(2), links(3)), (0, 1));
}

#[test]
fn invalid_utf8_is_replaced_and_nul_is_kept() {
    let odd = [span(1), bytes(5, b"caf\xe9\0"), attribute(9, b"k\xff", &bytes(1, b"\xf0\x28 ok"))]
        .concat();
    let decoded = protobuf(&request(&[odd])).unwrap();
    assert_eq!((decoded.accepted_count, decoded.replaced_texts), (1, 3));
    assert_eq!(decoded.spans[0].name.as_deref(), Some("caf\u{FFFD}\0"));
    assert_eq!(
        decoded.spans[0].attributes,
        [("k\u{FFFD}".to_owned(), Value::from("\u{FFFD}( ok"))]
    );

    let body = [
        br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"#.as_slice(),
        IDS.as_bytes(),
        b",\"name\":\"caf\xe9\\u0000\"}]}]}]}",
    ]
    .concat();
    let decoded = decode_traces(&body, Encoding::Json, &Limits::default()).unwrap();
    assert_eq!(decoded.replaced_texts, 1);
    assert_eq!(decoded.spans[0].name.as_deref(), Some("caf\u{FFFD}\0"));
}

#[test]
fn odd_clocks_are_kept_and_open_spans_are_open() {
    // 1970-01-01T00:00:01, 2200-01-01, and an end before the start.
    for (start, end) in [(1_000_000_000, 2), (7_258_118_400_000_000_000, 0), (0, 0)] {
        let ids = [bytes(1, &[1; 16]), bytes(2, &[1; 8])].concat();
        let body = request(&[[ids, fixed64(7, start), fixed64(8, end)].concat()]);
        let decoded = protobuf(&body).unwrap();
        let given = |nanos: u64| (nanos != 0).then_some(nanos as i64);
        assert_eq!(decoded.spans[0].start_nanos, given(start));
        assert_eq!(decoded.spans[0].end_nanos, given(end));
    }
}

#[test]
fn zero_and_empty_parents_are_roots() {
    for parent in [&[][..], &[0; 8]] {
        let decoded = protobuf(&request(&[[span(1), bytes(4, parent)].concat()])).unwrap();
        assert_eq!(decoded.spans[0].parent_span_id, None);
    }
}

#[test]
fn a_refused_resource_costs_its_spans_only() {
    let bad =
        bytes(1, &[bytes(1, &bytes(1, &integer(1, 1))), bytes(2, &bytes(2, &span(1)))].concat());
    let decoded = protobuf(&[bad, request(&[span(2)])].concat()).unwrap();
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (1, 1));
    assert_eq!(decoded.rejected[0].what, "resourceSpans[0]");
    let body = format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":5}},"scopeSpans":[{{"spans":[{{{IDS}}}]}}]}},
            {{"scopeSpans":[{{"spans":[{{{IDS}}}]}}]}}]}}"#
    );
    let decoded = json(&body).unwrap();
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (1, 1));
    assert!(decoded.rejected[0].reason.starts_with("resource.attributes: wrong type"));
}

#[test]
fn logs_and_metrics_refuse_what_is_broken() {
    let limits = Limits::default();
    let record = bytes(1, &bytes(2, &bytes(2, &bytes(9, &[1; 5]))));
    let decoded = decode_logs(&record, Encoding::Protobuf, &limits).unwrap();
    assert_eq!(decoded.rejected[0].reason, "traceId: id has 5 bytes, expected 16");
    let metric = bytes(1, &bytes(2, &bytes(2, &bytes(5, &bytes(1, &[0x0b])))));
    let error = decode_metrics(&metric, Encoding::Protobuf, &limits).unwrap_err();
    assert_eq!(
        error.field.as_deref(),
        Some("resourceMetrics[0].scopeMetrics[0].metrics[0].data.dataPoints[0]")
    );
}
