use clew_model::span::{Span, Status};
use clew_model::usage::{PicoUsd, Usage};
use clew_query::{Clock as FilterClock, Subject, parse};

use super::*;
use crate::embedded::lists::tests::Kept;
use crate::embedded::lists::totals::sum;
use crate::embedded::rows;
use crate::embedded::rows::fixture::{DAY, ONE, Rows, SECOND, TWO, summary, tool};
use crate::histogram::{Histogram, HistogramQuery};

const HOUR: i64 = 3_600;

fn query(text: &str, by: &[Dimension]) -> StatsQuery {
    let clock = FilterClock { now_nanos: DAY + 90_000 * SECOND, utc_offset_seconds: 0 };
    StatsQuery {
        workspace: ONE,
        filter: parse(text, Subject::Trace, &clock).unwrap(),
        group_by: by.to_vec(),
        limit: 100,
        agent: None,
        utc_offset_seconds: 0,
        budget: Budget::default(),
        now: DAY + 90_000 * SECOND,
    }
}

fn ask(rows: &Rows, query: &StatsQuery) -> StatsAnswer {
    stats(&rows.connection, &Kept::default(), query).unwrap()
}

/// Group, traces, errors, tokens and cost of each row.
fn told(answer: &StatsAnswer) -> Vec<String> {
    let row = |row: &StatsRow| {
        let figures = &row.figures;
        let cost = figures.cost.map(|cost| cost.0);
        format!(
            "{}: {} {} {:?} {cost:?}",
            row.group.join("/"),
            figures.trace_count,
            figures.error_count,
            figures.tokens
        )
    };
    answer.rows.iter().map(row).collect()
}

fn put(rows: &mut Rows, number: u8, second: i64, arrived: i64) {
    let mut trace = summary(number, second);
    trace.name = if number.is_multiple_of(2) { "even" } else { "odd" }.to_owned();
    trace.agent.name = Some(if number < 4 { "planner" } else { "billing" }.to_owned());
    trace.end_nanos = Some(trace.start_nanos + i64::from(number) * SECOND);
    trace.usage = Usage { input: Some(u64::from(number) * 10), ..Usage::default() };
    trace.cost = (number != 5).then_some(PicoUsd(i64::from(number)));
    if number == 3 {
        trace.status = Status::Error;
        trace.root_status = Status::Error;
    }
    let mut call = tool(number, 1, "search");
    call.response_model = Some("gpt-5".to_owned());
    let spans = match number {
        2 => vec![call, tool(number, 2, "fetch")],
        6 => Vec::new(),
        _ => vec![call],
    };
    rows.put_with(ONE, &trace, &spans, arrived);
    rows.put_with(TWO, &trace, &spans, arrived);
}

/// 1 and 2 in the first hour, 3 and 4 in the second, 5 in the third, 6 on the next day.
fn six() -> Rows {
    let mut rows = Rows::new();
    for (number, second) in
        [(1, 60), (2, 120), (3, HOUR), (4, 2 * HOUR - 1), (5, 2 * HOUR), (6, 24 * HOUR + 5)]
    {
        put(&mut rows, number, second, 24 * HOUR + 60);
    }
    rows
}

fn roll_up(rows: &Rows, now: i64) -> Vec<i64> {
    let mut done = Vec::new();
    let mut before = rollup::last_hour(DAY + now * SECOND);
    while let Some(hour) = rollup::next_open(&rows.connection, ONE, before).unwrap() {
        let seq = rollup::last_change(&rows.connection, ONE, hour).unwrap();
        let now = DAY + now * SECOND;
        if let Some(rolled) = rollup::of_hour(&rows.connection, ONE, hour, now).unwrap() {
            rollup::keep(&rows.connection, ONE, hour, seq, &rolled).unwrap();
            done.push(hour - rollup::hour_of(DAY));
        }
        before = hour - 1;
    }
    done
}

#[test]
fn traces_are_counted_by_one_and_two_dimensions() {
    let rows = six();
    use Dimension::{Agent, Model, Name, Status, Tool};
    for (text, by, wanted) in [
        ("", vec![], vec![": 6 1 Some(210) Some(16)"]),
        ("", vec![Agent], vec!["planner: 3 1 Some(60) Some(6)", "billing: 3 0 Some(150) Some(10)"]),
        ("", vec![Name], vec!["even: 3 0 Some(120) Some(12)", "odd: 3 1 Some(90) Some(4)"]),
        ("", vec![Status], vec!["unset: 5 0 Some(180) Some(13)", "error: 1 1 Some(30) Some(3)"]),
        (
            "",
            vec![Tool],
            vec![
                "search: 5 1 Some(150) Some(10)",
                ": 1 0 Some(60) Some(6)",
                "fetch: 1 0 Some(20) Some(2)",
            ],
        ),
        (
            "agent:planner",
            vec![Name, Model],
            vec!["odd/gpt-5: 2 1 Some(40) Some(4)", "even/gpt-5: 1 0 Some(20) Some(2)"],
        ),
        ("tool:fetch", vec![Model, Name], vec!["gpt-5/even: 1 0 Some(20) Some(2)"]),
        ("tool:none", vec![Model], vec![]),
    ] {
        let answer = ask(&rows, &query(text, &by));
        assert_eq!(told(&answer), wanted, "{text} {by:?}");
        assert_eq!((answer.more_groups, answer.scanned), (0, None));
    }
    let answer = ask(&rows, &query("tool:(search, fetch)", &[Tool]));
    // The total counts each trace once, whatever groups it is in.
    assert_eq!((answer.total.trace_count, answer.total.cost), (5, Some(PicoUsd(10))));
    let answer = ask(&rows, &StatsQuery { limit: 1, ..query("", &[Tool]) });
    assert_eq!((answer.rows.len(), answer.more_groups), (1, 2));
    let three = stats(&rows.connection, &Kept::default(), &query("", &[Tool, Model, Name]));
    assert!(matches!(three, Err(StoreError::Invalid(_))));
}

#[test]
fn hours_and_days_begin_where_the_reader_is() {
    let rows = six();
    let hours = |answer: &StatsAnswer| -> Vec<(i64, u64)> {
        let hour = |row: &StatsRow| (row.group[0].parse::<i64>().unwrap() - DAY) / SECOND;
        answer.rows.iter().map(|row| (hour(row), row.figures.trace_count)).collect()
    };
    let answer = ask(&rows, &query("", &[Dimension::Hour]));
    assert_eq!(hours(&answer), [(0, 2), (HOUR, 2), (2 * HOUR, 1), (24 * HOUR, 1)]);
    let answer = ask(&rows, &query("", &[Dimension::Day, Dimension::Name]));
    assert_eq!(hours(&answer), [(0, 3), (0, 2), (24 * HOUR, 1)]);
    let east = StatsQuery { utc_offset_seconds: 22 * 3_600, ..query("", &[Dimension::Day]) };
    assert_eq!(hours(&ask(&rows, &east)), [(-22 * HOUR, 4), (2 * HOUR, 2)]);
    let india = StatsQuery { utc_offset_seconds: 19_800, ..query("", &[Dimension::Hour]) };
    assert_eq!(hours(&ask(&rows, &india)), [(-1_800, 2), (1_800, 1), (5_400, 2), (84_600, 1)]);
}

#[test]
fn the_roll_up_says_what_the_rows_say() {
    let mut rows = six();
    let questions = || {
        let all = [
            Dimension::Agent,
            Dimension::Model,
            Dimension::Tool,
            Dimension::Name,
            Dimension::Status,
            Dimension::Hour,
            Dimension::Day,
        ];
        let mut questions = vec![query("", &[])];
        for first in all {
            questions.push(query("", &[first]));
            questions.extend(all.into_iter().filter(|second| *second != first).map(|second| {
                query(
                    "start >= 2026-11-20T00:01:30Z start < 2026-11-21T00:00:06Z",
                    &[first, second],
                )
            }));
        }
        questions
    };
    let before: Vec<StatsAnswer> = questions().iter().map(|query| ask(&rows, query)).collect();
    // The last hour still runs.
    assert_eq!(roll_up(&rows, 24 * HOUR + 600), [2, 1, 0]);
    assert_eq!(roll_up(&rows, 24 * HOUR + 600), Vec::<i64>::new());
    let sql = "DELETE FROM traces WHERE workspace = 1 AND start_nanos < ?1";
    let cut = DAY + 2 * HOUR * SECOND;
    // What is answered now does not come from rows.
    rows.connection.execute("SAVEPOINT gone", []).unwrap();
    rows.connection.execute(sql, [cut]).unwrap();
    let plain = ask(&rows, &query("", &[Dimension::Agent]));
    assert_eq!(told(&plain), ["planner: 3 1 Some(60) Some(6)", "billing: 3 0 Some(150) Some(10)"]);
    rows.connection.execute("ROLLBACK TO gone", []).unwrap();
    for (query, before) in questions().iter().zip(&before) {
        assert_eq!(&ask(&rows, query), before, "{:?} {:?}", query.group_by, query.filter.text);
    }
    // A trace of a finished hour changes: the hour goes back to its rows, also where it was.
    put(&mut rows, 1, 60, 24 * HOUR + 700);
    let mut moved = summary(3, 30);
    moved.name = "moved".to_owned();
    rows.put(ONE, &moved, 24 * HOUR + 700);
    let answer = ask(&rows, &query("", &[Dimension::Name]));
    assert_eq!(answer.total.trace_count, 6);
    assert_eq!(told(&answer)[2], "moved: 1 0 None None");
    assert_eq!(roll_up(&rows, 24 * HOUR + 760), [1, 0]);
    assert_eq!(ask(&rows, &query("", &[Dimension::Name])), answer);
    rows::remove(&rows.connection, &[1]).unwrap();
    assert_eq!(ask(&rows, &query("", &[])).total.trace_count, 5);
}

#[test]
fn totals_are_those_of_the_lists() {
    let rows = six();
    roll_up(&rows, 24 * HOUR + 600);
    let totals = ask(&rows, &query("", &[])).total;
    let listed = sum(&rows.connection, "workspace = ?1", &[&1], None, DAY).unwrap().totals;
    assert_eq!(totals.trace_count, listed.trace_count);
    assert_eq!(totals.error_count, listed.error_trace_count);
    assert_eq!(totals.failed_count, listed.failed_trace_count);
    assert_eq!((totals.span_count, totals.span_error_count), (listed.span_count, 0));
    assert_eq!((totals.tokens, totals.cost), (listed.tokens, listed.cost));
    assert_eq!(totals.usage.input, listed.usage.input);
    // Six durations of 1 to 6 seconds; 3 s stand in a bucket that ends at 3.02 s.
    let durations = totals.duration_nanos.unwrap();
    for (told, wanted) in [(durations.p50, 3), (durations.p95, 6), (durations.p99, 6)] {
        assert!((told - wanted * SECOND).abs() < SECOND / 8, "{durations:?}");
    }
}

#[test]
fn numbers_cut_short_by_time_say_so() {
    let rows = six();
    let budget = Budget { scan_rows: Some(2), ..Budget::default() };
    for text in ["", "agent:*"] {
        let answer = ask(&rows, &StatsQuery { budget, ..query(text, &[Dimension::Agent]) });
        assert_eq!(answer.total.trace_count, 2);
        assert_eq!(answer.scanned, Some(Scanned { rows: 2, of: 6 }));
    }
}

#[test]
fn agents_are_listed_with_their_numbers() {
    let mut rows = six();
    let change =
        crate::embedded::catalog::Change { workspace: ONE, by: "ada".to_owned(), at_nanos: DAY };
    registry::register(&rows.connection, "idle", None, AgentId([9; 16]), &change).unwrap();
    // A first guess that no trace kept.
    let mut guess = summary(9, 50);
    guess.agent.service = Some("unknown_service".to_owned());
    rows.put(ONE, &guess, 100);
    guess.agent.name = Some("planner".to_owned());
    rows.put(ONE, &guess, 101);
    let list = |only| {
        let budget = Budget::default();
        let list = agents(&rows.connection, &Kept::default(), ONE, only, budget, DAY).unwrap();
        let row = |row: &AgentRow| {
            let last = row.last_start_nanos.map(|start| (start - DAY) / SECOND);
            (row.agent.name.clone(), row.figures.trace_count, last)
        };
        list.rows.iter().map(row).collect::<Vec<_>>()
    };
    let named = |name: &str, count, last| (name.to_owned(), count, last);
    assert_eq!(
        list(None),
        [
            named("billing", 3, Some(24 * HOUR + 5)),
            named("planner", 4, Some(HOUR)),
            named("idle", 0, None)
        ]
    );
    assert_eq!(list(Some(AgentId([9; 16]))), [named("idle", 0, None)]);
}

#[test]
fn a_span_without_names_is_in_the_group_without_a_name() {
    let mut rows = Rows::new();
    rows.put_with(ONE, &summary(1, 0), &[Span { ..tool(1, 1, "x") }], 1);
    let answer = ask(&rows, &query("", &[Dimension::Model]));
    assert_eq!(told(&answer), [": 1 0 None None"]);
}

/// Live until a minute after the last news, whatever roll-ups there are.
#[test]
fn what_goes_on_is_counted_until_it_is_quiet() {
    let mut rows = six();
    let mut open = summary(7, 30);
    open.ended = false;
    open.end_nanos = None;
    let news = 24 * HOUR + 700;
    rows.put(ONE, &open, news);
    let live_at = |rows: &Rows, second: i64| {
        let asked = StatsQuery { now: DAY + second * SECOND, ..query("", &[Dimension::Hour]) };
        let answer = ask(rows, &asked);
        (answer.rows[0].figures.live_count, answer.total.live_count)
    };
    // Its hour is not rolled up while it goes on, and is when it has come to rest.
    assert_eq!(roll_up(&rows, news + 10), [2, 1]);
    assert_eq!(live_at(&rows, news + 59), (1, 1));
    assert_eq!(live_at(&rows, news + 60), (0, 0));
    assert_eq!(roll_up(&rows, news + 60), [0]);
    assert_eq!(live_at(&rows, news + 61), (0, 0));
    rows.put(ONE, &open, news + 120);
    assert_eq!(live_at(&rows, news + 121), (1, 1));
}

/// Seconds of the begin of each bucket that is not empty, with its traces, errors and failed ones.
fn bars(told: &Histogram) -> Vec<(i64, u64, u64, u64)> {
    let bar = |bucket: &crate::Bucket| {
        let second = (bucket.start_nanos - DAY) / SECOND;
        (second, bucket.trace_count, bucket.error_count, bucket.failed_count)
    };
    told.buckets.iter().map(bar).filter(|(_, traces, ..)| *traces > 0).collect()
}

#[test]
fn traces_are_counted_over_time() {
    let rows = six();
    let ask = |text: &str, start: Option<i64>, end: i64, buckets: usize, agent| {
        let StatsQuery { filter, budget, now, .. } = query(text, &[]);
        let asked = HistogramQuery {
            workspace: ONE,
            filter,
            start_nanos: start.map(|second| DAY + second * SECOND),
            end_nanos: DAY + end * SECOND,
            buckets,
            utc_offset_seconds: 0,
            agent,
            budget,
            now,
        };
        histogram::histogram(&rows.connection, &Kept::default(), &asked).unwrap()
    };
    // Once from the rows, once with the roll-up of the first three hours.
    for is_rolled in [false, true] {
        let whole = ask("", Some(0), 30 * HOUR, 30, None);
        assert_eq!((whole.bucket_nanos, whole.buckets.len()), (HOUR * SECOND, 30));
        let hours = [(0, 2, 0, 0), (HOUR, 2, 1, 1), (2 * HOUR, 1, 0, 0), (24 * HOUR, 1, 0, 0)];
        assert_eq!(bars(&whole), hours);
        assert_eq!(whole.scanned, None);
        // Only starts inside count: 1 began before, 5 begins at the end.
        let part = ask("", Some(61), 2 * HOUR, 24, None);
        assert_eq!((part.bucket_nanos, part.buckets.len()), (300 * SECOND, 24));
        assert_eq!(bars(&part), [(0, 1, 0, 0), (HOUR, 1, 1, 1), (6_900, 1, 0, 0)]);
        let first = ask("", None, 30 * HOUR, 30, None);
        assert_eq!((first.start_nanos, bars(&first)), (DAY + 60 * SECOND, hours.to_vec()));
        let failed = ask("status:error", Some(0), 30 * HOUR, 30, None);
        assert_eq!(bars(&failed), [(HOUR, 1, 1, 1)]);
        let named = ask("name:even start >= 2026-11-20T01:00Z", Some(0), 30 * HOUR, 30, None);
        assert_eq!(bars(&named), [(HOUR, 1, 0, 0), (24 * HOUR, 1, 0, 0)]);
        let nobody = ask("", Some(0), 30 * HOUR, 30, Some(AgentId([9; 16])));
        assert_eq!((nobody.buckets.len(), bars(&nobody)), (30, vec![]));
        if !is_rolled {
            assert_eq!(roll_up(&rows, 24 * HOUR + 600), [2, 1, 0]);
        }
    }
}

#[test]
fn a_histogram_cut_short_by_time_says_so() {
    let rows = six();
    for text in ["", "agent:*"] {
        let StatsQuery { filter, now, .. } = query(text, &[]);
        let asked = HistogramQuery {
            workspace: ONE,
            filter,
            start_nanos: None,
            end_nanos: DAY + 30 * HOUR * SECOND,
            buckets: 30,
            utc_offset_seconds: 0,
            agent: None,
            budget: Budget { scan_rows: Some(2), ..Budget::default() },
            now,
        };
        let told = histogram::histogram(&rows.connection, &Kept::default(), &asked).unwrap();
        assert_eq!(bars(&told), [(2 * HOUR, 1, 0, 0), (24 * HOUR, 1, 0, 0)]);
        assert_eq!(told.scanned, Some(Scanned { rows: 2, of: 6 }));
    }
}
