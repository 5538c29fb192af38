//! Log records that concern agents.

use clew_model::value::{Value, attribute};
use clew_wire::otlp::{Encoding, Signal, decode_logs};
use clew_wire::{Decoded, Limits};

use crate::recordings::requests;

const IDS: &str = r#""traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7""#;

fn logs(records: &[String]) -> Decoded {
    let body = format!(
        r#"{{"resourceLogs":[{{"scopeLogs":[{{"scope":{{"name":"lib"}},"logRecords":[{}]}}]}}]}}"#,
        records.join(",")
    );
    decode_logs(body.as_bytes(), Encoding::Json, &Limits::default()).unwrap()
}

#[test]
fn gen_ai_events_become_events_of_their_span() {
    let decoded = logs(&[
        format!(
            r#"{{{IDS},"timeUnixNano":"5","eventName":"gen_ai.client.inference.operation.details",
                "attributes":[{{"key":"gen_ai.input.messages","value":{{"stringValue":"[]"}}}}]}}"#
        ),
        // Semantic Kernel: the event's name is an attribute, the content the body.
        format!(
            r#"{{{IDS},"observedTimeUnixNano":"6","severityNumber":9,"severityText":"Information",
                "body":{{"stringValue":"{{\"content\":\"hi\"}}"}},
                "attributes":[{{"key":"event.name","value":{{"stringValue":"gen_ai.user.message"}}}}]}}"#
        ),
        format!(
            r#"{{{IDS},"attributes":[{{"key":"exception.type","value":{{"stringValue":"E"}}}}]}}"#
        ),
        format!(r#"{{{IDS},"eventName":"gen_ai.evaluation.result"}}"#),
    ]);
    assert_eq!((decoded.accepted_count, decoded.ignored.len()), (4, 0));
    assert_eq!(decoded.spans.len(), 1);
    let part = &decoded.spans[0];
    assert_eq!((part.name.as_ref(), part.start_nanos, part.end_nanos), (None, None, None));
    assert_eq!(part.scope.name, "lib");
    let names: Vec<&str> = part.events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "gen_ai.client.inference.operation.details",
            "gen_ai.user.message",
            "exception",
            "gen_ai.evaluation.result"
        ]
    );
    let message = &part.events[1];
    assert_eq!(message.time_nanos, 6);
    assert_eq!(message.attributes[1], ("body".to_owned(), Value::from(r#"{"content":"hi"}"#)));
    let origin = message.from_log.as_ref().unwrap();
    assert_eq!((origin.severity_number, origin.severity_text.as_str()), (9, "Information"));
    assert_eq!((origin.scope_name.as_str(), origin.observed_nanos), ("lib", 6));
}

#[test]
fn what_does_not_concern_agents_is_counted_and_not_kept() {
    let zeros = "0".repeat(32);
    let decoded = logs(&[
        format!(r#"{{{IDS},"body":{{"stringValue":"GET / 200"}}}}"#),
        format!(r#"{{{IDS},"eventName":"device.app.lifecycle"}}"#),
        r#"{"body":{"stringValue":"started"}}"#.to_owned(),
        format!(r#"{{"traceId":"{zeros}","eventName":"gen_ai.choice"}}"#),
    ]);
    assert_eq!((decoded.spans.len(), decoded.run_events.len()), (0, 0));
    assert_eq!((decoded.accepted_count, decoded.rejected_count), (4, 0));
    let ignored: Vec<(&str, u64)> =
        decoded.ignored.iter().map(|(reason, count)| (reason.as_str(), *count)).collect();
    assert_eq!(
        ignored,
        [
            ("event that does not concern agents", 1),
            ("log record that is no event", 1),
            ("log record without a trace", 2),
        ]
    );
}

#[test]
fn an_event_with_a_trace_but_no_span_is_an_event_of_the_run() {
    let record = r#"{"traceId":"0af7651916cd43dd8448eb211c80319c","timeUnixNano":"7",
        "eventName":"handoff","body":{"stringValue":"b"}}"#
        .to_owned();
    let decoded = logs(&[record.clone(), record.replace("\"7\"", "\"8\"")]);
    let [first, second] = &decoded.run_events[..] else { panic!("two events") };
    assert_eq!((first.name.as_str(), first.time_nanos), ("handoff", 7));
    assert_eq!(first.attributes, [("body".to_owned(), Value::from("b"))]);
    assert_eq!(first.event_id.len(), 32);
    assert_ne!(first.event_id, second.event_id);
    // Sent again, it has the same id.
    assert_eq!(logs(&[record]).run_events[0], *first);
}

/// Claude Code, both recordings: all records but the first name a span (where a caller's
/// span is inherited, that one too); `api_request` stands on the span above the model
/// call, never on the call.
#[test]
fn claude_code_events_stand_on_the_spans_they_name() {
    for (recording, without_trace, of_the_process, want) in [
        (
            "claude-code-http-json",
            1,
            3,
            [("2adb18fbb82aace1", 4), ("b225ef8ccf8b763d", 2), ("efad4548098db0ea", 1)],
        ),
        (
            "claude-code-parent-proto",
            0,
            4,
            [("0bc9c78521166a8f", 2), ("321304442dd046d1", 1), ("84a13baca4cc84f9", 4)],
        ),
    ] {
        let decoded: Vec<Decoded> = requests()
            .iter()
            .filter(|request| request.name == recording && request.signal == Signal::Logs)
            .map(|request| request.decode())
            .collect();
        let ignored: u64 = decoded.iter().flat_map(|part| part.ignored.values()).sum();
        assert_eq!(ignored, without_trace, "{recording}");
        let run_events: usize = decoded.iter().map(|part| part.run_events.len()).sum();
        assert_eq!(run_events, of_the_process, "{recording}");
        let mut calls = std::collections::BTreeMap::new();
        for part in decoded.iter().flat_map(|decoded| &decoded.spans) {
            for event in part.events.iter().filter(|event| event.name == "claude_code.api_request")
            {
                *calls.entry(part.span_id.to_string()).or_insert(0) += 1;
                assert_eq!(
                    attribute(&event.attributes, "cost_usd"),
                    Some(&Value::Double(0.000_562_199_999_999_999_9))
                );
                assert_eq!(attribute(&event.attributes, "input_tokens"), Some(&Value::Int(56)));
            }
        }
        let want = want.map(|(span, count)| (span.to_owned(), count));
        assert_eq!(calls.into_iter().collect::<Vec<_>>(), want, "{recording}");
    }
}
