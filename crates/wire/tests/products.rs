//! Hostile bodies for MLflow's, Phoenix's, Laminar's and Traceloop's calls: nothing panics,
//! and what is taken can be given out and read again.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::path::Path;

use clew_wire::{Limits, fuzz, mlflow};

fn recorded() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/mlflow-rest");
    let mut files: Vec<_> = std::fs::read_dir(Path::new(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "body"))
        .collect();
    files.sort();
    files.iter().map(|path| std::fs::read(path).unwrap()).filter(|body| !body.is_empty()).collect()
}

#[test]
fn recorded_bodies_that_are_cut_or_bent_harm_nothing() {
    for body in recorded() {
        fuzz::products(&body);
        for cut in (0..body.len()).step_by(body.len() / 8 + 1) {
            fuzz::products(&body[..cut]);
            let mut bent = body.clone();
            bent[cut] = [0, 0xff, b'"', b'{', b'9'][cut % 5];
            fuzz::products(&bent);
        }
    }
}

#[test]
fn odd_values_harm_nothing() {
    let deep = format!("{{\"data\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let nested = format!(
        "{{\"spans\":[{{\"attributes\":{{\"a\":{}1{}}}}}]}}",
        "{\"b\":".repeat(31),
        "}".repeat(31)
    );
    let long = format!("{{\"traceId\":\"a\",\"names\":[\"{}\"]}}", "x".repeat(100_000));
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "{\"spans\":{}}",
        "{\"data\":[null,1,\"x\",[],{}]}",
        "{\"trace\":{\"trace_info\":{\"trace_id\":\"tr-1\",\"tags\":[],\"trace_metadata\":7}}}",
        "{\"trace\":{\"trace_info\":{\"trace_id\":\"tr-1\",\"tags\":{\"\":\"\\u0000\"}}}}",
        "{\"trace\":{\"trace_info\":{\"trace_id\":\"tr-1\",\"request_time\":\"1970-01-01T00:00:00Z\"}}}",
        "{\"trace\":{\"trace_info\":{\"trace_id\":\"tr-1\",\"request_time\":\"2200-01-01T00:00:00Z\",\
          \"execution_duration\":\"9e18s\"}}}",
        "{\"spans\":[{\"trace_id\":\"x\",\"span_id\":\"y\",\"start_time_unix_nano\":-1}]}",
        "{\"entity_instance_id\":7,\"tags\":{\"a\":null}}",
        deep.as_str(),
        nested.as_str(),
        long.as_str(),
    ];
    for body in bodies {
        fuzz::products(body.as_bytes());
    }
    fuzz::products(b"{\"spans\":[{\"name\":\"\xff\xfe\"}]}");
}

#[test]
fn the_same_run_said_twice_or_in_another_order_is_the_same() {
    let limits = Limits::default();
    let context = mlflow::Context { now_nanos: 1, limits: &limits };
    let info = |state: &str, took: &str| {
        let body = format!(
            "{{\"trace\":{{\"trace_info\":{{\"trace_id\":\"tr-e593952dfb6b600a1d561a1528dd671e\",\
             \"request_time\":\"2026-11-20T06:25:54Z\",\"execution_duration\":\"{took}\",\
             \"state\":\"{state}\"}}}}}}"
        );
        let told = mlflow::info::trace_info(body.as_bytes(), &context).unwrap();
        told.decoded.notes.into_iter().next().unwrap()
    };
    let (begun, over) = (info("IN_PROGRESS", "0s"), info("ERROR", "2s"));
    let one = clew_model::fold::fold(&begun, &over);
    let other = clew_model::fold::fold(&over, &begun);
    assert_eq!(one, other);
    let state = clew_model::value::attribute(&one.attributes, "mlflow.trace.state");
    assert_eq!(state, Some(&"ERROR".into()));
}
