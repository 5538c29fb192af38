//! What lists cost with a million traces. Not run with the others: it takes minutes.
//! `cargo test -p clew-store --lib million -- --ignored --nocapture`

use std::time::{Duration, Instant};

use clew_model::usage::Usage;

use super::*;
use crate::embedded::rows::RowMemo;
use crate::embedded::stats;
use crate::groups::SessionQuery;
use crate::stats::{Dimension, StatsQuery};

const TRACES: u64 = 1_000_000;

fn id(number: u64) -> TraceId {
    let mut bytes = [0xaa; 16];
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bytes[..8].copy_from_slice(&mixed.to_be_bytes());
    bytes[8..].copy_from_slice(&(number + 1).to_be_bytes());
    TraceId::from_bytes(&bytes).unwrap()
}

/// A million traces over thirty days in two commits each, a thousand to a transaction.
fn fill(connection: Connection) -> Rows {
    let mut rows = Rows { connection, ..Rows::new() };
    let started = Instant::now();
    let mut memos: Vec<Option<RowMemo>> = vec![None; 1_000];
    for batch in 0..TRACES / 1_000 {
        for round in 0..2i64 {
            rows.connection.execute_batch("BEGIN").unwrap();
            for (place, memo) in memos.iter_mut().enumerate() {
                let number = batch * 1_000 + place as u64;
                if round == 0 {
                    *memo = None;
                }
                one(&mut rows, number, round, memo);
            }
            rows.connection.execute_batch("COMMIT").unwrap();
        }
    }
    println!(
        "filled in {:?}, {:?} a commit of a trace",
        started.elapsed(),
        started.elapsed() / (2 * TRACES as u32)
    );
    rows
}

fn one(rows: &mut Rows, number: u64, round: i64, memo: &mut Option<RowMemo>) {
    let mixed = number.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 20;
    let mut trace = summary(1, 0);
    trace.trace_id = id(number);
    // The root is the last to end and begins a little earlier.
    trace.start_nanos = DAY - (TRACES - number) as i64 * 2_592 * 1_000_000 - round * 1_000;
    trace.end_nanos = Some(trace.start_nanos + (mixed % 60_000) as i64 * 1_000_000);
    trace.name = format!("agent run {}", mixed % 40);
    trace.agent.name = Some(format!("agent {}", mixed % 25));
    trace.session_id = Some(format!("session-{}", number / 20));
    trace.user_id = Some(format!("user-{}", mixed % 5_000));
    trace.environment = Some("production".to_owned());
    trace.span_count = 8;
    trace.llm_count = 3;
    trace.usage =
        Usage { input: Some(mixed % 9_000), output: Some(mixed % 700), ..Usage::default() };
    trace.cost = Some(PicoUsd((mixed % 1_000_000) as i64 * 1_000_000));
    trace.input_preview = Some("Where is my parcel? ".repeat(8));
    trace.output_preview = Some("It will be with you on Tuesday. ".repeat(6));
    trace.models = vec!["gpt-5".to_owned()];
    trace.tools = vec!["search".to_owned(), "fetch".to_owned()];
    if mixed.is_multiple_of(50) {
        trace.status = Status::Error;
        trace.error_count = 1;
    }
    if mixed.is_multiple_of(400) {
        trace.root_status = Status::Error;
    }
    let mut call = tool(1, 1, &format!("tool {}", mixed % 200));
    call.response_model = Some(format!("model {}", mixed % 12));
    call.provider = Some("openai".to_owned());
    call.environment = Some("production".to_owned());
    let rare = (number.is_multiple_of(100_000)).then(|| tool(1, 2, "rare"));
    let spans: Vec<&Span> = std::iter::once(&call).chain(&rare).collect();
    rows.arrive(ONE, &trace, &spans, 0, memo);
}

fn time(reader: &Connection, what: &str, mut run: impl FnMut() -> usize) {
    let mut times: Vec<Duration> = Vec::new();
    let mut found = 0;
    for _ in 0..21 {
        let started = Instant::now();
        reader.execute_batch("BEGIN").unwrap();
        found = run();
        reader.execute_batch("COMMIT").unwrap();
        times.push(started.elapsed());
        if started.elapsed() > Duration::from_secs(1) {
            break;
        }
    }
    times.sort();
    println!(
        "{:>9.3?} p50 {:>9.3?} max  {found:>5} rows  {what}",
        times[times.len() / 2],
        times[times.len() - 1]
    );
}

fn opened(path: &std::path::Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    let settings = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; \
                    PRAGMA cache_size = -32768";
    connection.execute_batch(settings).unwrap();
    connection.set_prepared_statement_cache_capacity(128);
    crate::embedded::file::keep_plans(&connection).unwrap();
    for schema in [
        include_str!("../../schema/store.sql"),
        include_str!("../../schema/rows.sql"),
        include_str!("../../schema/catalog.sql"),
    ] {
        connection.execute_batch(schema).unwrap();
    }
    connection
        .execute_batch("INSERT INTO workspaces (name, created_nanos) VALUES ('a', 0)")
        .unwrap();
    connection
}

#[test]
#[ignore = "takes minutes"]
fn lists_of_a_million() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("million.db");
    let connection = opened(&path);
    let rows = fill(connection);
    rows.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    println!("{} MB", std::fs::metadata(&path).unwrap().len() >> 20);
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("PRAGMA cache_size = -4096; PRAGMA query_only = 1").unwrap();
    reader.set_prepared_statement_cache_capacity(128);
    crate::embedded::file::keep_plans(&reader).unwrap();
    let kept = Kept::default();
    measure_lists(&reader, &kept);
    measure_numbers(&rows.connection, &reader, &kept);
}

fn measure_lists(reader: &Connection, kept: &Kept) {
    for text in [
        "",
        "tool:\"tool 7\"",
        "tool:rare",
        "tool:\"tool 1*\"",
        "model:\"model 3\"",
        "status:error",
        "is:failed",
        "agent:\"agent 4\"",
        "session:session-1234",
        "user:user-77",
        "start > 2026-11-10 tool:rare",
        "tool:\"tool 7\" status:error",
        "model:\"model 3\" agent:\"agent 4\"",
        "env:production",
        "duration > 30s",
        "-tool:rare",
        "cost > 0.9",
    ] {
        time(reader, text, || traces(reader, kept, &query(text, "", 50)).unwrap().rows.len());
    }
    for (text, sort) in [
        ("duration > 100h", ""),
        ("tool:* name:nothing", ""),
        ("", "-cost"),
        ("", "-duration"),
        ("status:error", "-cost"),
        ("", "name"),
    ] {
        let long =
            Budget { deadline: Some(Instant::now() + Duration::from_secs(60)), scan_rows: None };
        let query = TraceQuery { budget: long, ..query(text, sort, 50) };
        time(reader, &format!("scan {text} {sort}"), || {
            traces(reader, kept, &query).unwrap().rows.len()
        });
    }
    let sessions_of = |sort: &str, limit| SessionQuery {
        workspace: ONE,
        filter: parse("", Subject::Session, &Clock { now_nanos: DAY, utc_offset_seconds: 0 })
            .unwrap(),
        sort: sort_keys(sort, Subject::Session).unwrap(),
        limit,
        cursor: None,
        agent: None,
        budget: Budget::default(),
        now: DAY,
    };
    time(reader, "sessions", || sessions(reader, kept, &sessions_of("", 50)).unwrap().rows.len());
}

fn measure_numbers(writer: &Connection, reader: &Connection, kept: &Kept) {
    let by = |by: &[Dimension]| StatsQuery {
        workspace: ONE,
        filter: filter(""),
        group_by: by.to_vec(),
        limit: 100,
        agent: None,
        utc_offset_seconds: 0,
        budget: Budget {
            deadline: Some(Instant::now() + Duration::from_secs(600)),
            scan_rows: None,
        },
        now: DAY,
    };
    time(reader, "stats by agent, rows", || {
        stats::stats(reader, kept, &by(&[Dimension::Agent])).unwrap().rows.len()
    });
    let started = Instant::now();
    let mut hours = 0;
    let mut before = stats::rollup::last_hour(DAY);
    while let Some(hour) = stats::rollup::next_open(writer, ONE, before).unwrap() {
        let seq = stats::rollup::last_change(writer, ONE, hour).unwrap();
        let rolled = stats::rollup::of_hour(writer, ONE, hour).unwrap();
        writer.execute_batch("BEGIN").unwrap();
        stats::rollup::keep(writer, ONE, hour, seq, &rolled).unwrap();
        writer.execute_batch("COMMIT").unwrap();
        (hours, before) = (hours + 1, hour - 1);
    }
    println!("{hours} hours rolled up in {:?}", started.elapsed());
    for dimensions in [&[Dimension::Agent][..], &[Dimension::Tool, Dimension::Day]] {
        time(reader, &format!("stats by {dimensions:?}, rolled up"), || {
            stats::stats(reader, kept, &by(dimensions)).unwrap().rows.len()
        });
    }
}
