use clew_model::source::{Sender, SourceSpan};
use clew_model::value::Value;

use super::*;
use crate::embedded::lists::tests::Kept;
use crate::embedded::rows::fixture::{DAY, ONE, Rows, SECOND, TWO, span, summary, trace_id};
use crate::listing::{Budget, Scanned};
use crate::search::{SearchHit, SearchQuery};

fn sent(trace: u8, number: u8, name: &str, texts: &[&str]) -> SourceSpan {
    let facts = span(trace, number);
    let mut source = SourceSpan::part(facts.trace_id, facts.span_id, Sender::Otlp);
    source.name = Some(name.to_owned());
    source.start_nanos = Some(DAY + i64::from(number));
    source.attributes = texts
        .iter()
        .enumerate()
        .map(|(index, text)| (format!("text.{index}"), Value::from(*text)))
        .collect();
    source
}

fn store() -> (Rows, Kept) {
    let mut rows = Rows::new();
    let mut kept = Kept::default();
    let history = r#"[{"role":"user","content":"Please REFUND my order 12345"}]"#;
    for (number, spans) in [
        (
            1u8,
            vec![sent(1, 1, "chat", &[history]), sent(1, 2, "lookup_order", &["{\"id\": 12345}"])],
        ),
        (
            2,
            vec![
                sent(2, 1, "chat", &["the refund policy"]),
                sent(2, 2, "chat", &["the refund policy"]),
            ],
        ),
        (3, vec![sent(3, 1, "検索", &["全文検索エラー"])]),
        (4, vec![sent(4, 1, "chat", &["refund"]), sent(4, 2, "chat", &["policy"])]),
    ] {
        let mut trace = summary(number, i64::from(number));
        trace.session_id = Some(format!("Chat-{number}"));
        trace.agent.name = Some(if number == 2 { "billing" } else { "planner" }.to_owned());
        let facts: Vec<_> = (1..=spans.len() as u8).map(|own| span(number, own)).collect();
        rows.put_with(ONE, &trace, &facts, 9);
        rows.put_with(TWO, &trace, &facts, 9);
        kept.sources.insert((ONE, trace_id(number)), spans);
    }
    (rows, kept)
}

fn query(text: &str) -> SearchQuery {
    SearchQuery {
        workspace: ONE,
        text: text.to_owned(),
        limit: 20,
        cursor: None,
        agent: None,
        budget: Budget::default(),
    }
}

/// Trace and span (0: the trace itself) of each hit.
fn found(rows: &Rows, kept: &Kept, query: &SearchQuery) -> Vec<(u8, u8)> {
    let page = search(&rows.connection, kept, query, &mut |_| true).unwrap();
    assert_eq!((page.next_cursor, page.scanned), (None, None));
    page.hits.iter().map(place).collect()
}

fn place(hit: &SearchHit) -> (u8, u8) {
    (hit.trace_id.as_bytes()[0], hit.span_id.map_or(0, |id| id.as_bytes()[0]))
}

#[test]
fn words_are_found_in_all_text_newest_trace_first() {
    let (rows, kept) = store();
    for (text, wanted) in [
        ("refund", vec![(4, 1), (2, 1), (1, 1)]),
        ("refund policy", vec![(4, 1), (4, 2), (2, 1)]),
        ("\"refund policy\"", vec![(2, 1)]),
        ("12345", vec![(1, 1), (1, 2)]),
        ("refund 12345", vec![(1, 1), (1, 2)]),
        ("ord*", vec![(1, 1), (1, 2)]),
        ("order lookup", vec![(1, 2), (1, 1)]),
        ("検索", vec![(3, 1)]),
        ("content", vec![]),
        ("nothing", vec![]),
        ("refund nothing", vec![]),
        ("", vec![]),
        ("…", vec![]),
    ] {
        assert_eq!(found(&rows, &kept, &query(text)), wanted, "{text}");
    }
}

#[test]
fn a_hit_shows_where_the_words_stand() {
    let (rows, kept) = store();
    let page = search(&rows.connection, &kept, &query("refund 12345"), &mut |_| true).unwrap();
    let hit = &page.hits[0];
    assert_eq!(hit.snippet, "Please REFUND my order 12345");
    assert_eq!(hit.marks, [(7, 6), (23, 5)]);
    assert_eq!((hit.trace_name.as_str(), hit.span_name.as_deref()), ("run 1", Some("chat")));
    assert_eq!(hit.start_nanos, DAY + SECOND);
}

#[test]
fn ids_are_found_at_once() {
    let (rows, kept) = store();
    for (text, wanted) in [
        ("02020202020202020202020202020202", vec![(2, 0)]),
        ("02020202-0202-0202-0202-020202020202", vec![(2, 0)]),
        ("chat-3", vec![(3, 0)]),
        ("0202020202020202", vec![(4, 2), (2, 2), (1, 2)]),
    ] {
        let page = search(&rows.connection, &kept, &query(text), &mut |_| true).unwrap();
        assert_eq!(page.hits.iter().map(place).collect::<Vec<_>>(), wanted, "{text}");
    }
}

#[test]
fn pages_go_on_and_the_time_is_bounded() {
    let (rows, kept) = store();
    let mut limited = SearchQuery { limit: 1, ..query("refund") };
    let mut all = Vec::new();
    loop {
        let page = search(&rows.connection, &kept, &limited, &mut |_| true).unwrap();
        all.extend(page.hits.iter().map(place));
        match page.next_cursor {
            Some(cursor) => limited.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(all, [(4, 1), (2, 1), (1, 1)]);

    let budget = Budget { scan_rows: Some(3), ..Budget::default() };
    let short = SearchQuery { budget, ..query("12345") };
    let page = search(&rows.connection, &kept, &short, &mut |_| true).unwrap();
    assert_eq!(page.hits, []);
    assert_eq!(page.scanned, Some(Scanned { rows: 3, of: 4 }));
    let rest = SearchQuery { cursor: page.next_cursor, ..short };
    let page = search(&rows.connection, &kept, &rest, &mut |_| true).unwrap();
    assert_eq!(page.hits.iter().map(place).collect::<Vec<_>>(), [(1, 1), (1, 2)]);
    let other = SearchQuery { text: "refund".to_owned(), ..rest };
    assert!(search(&rows.connection, &kept, &other, &mut |_| true).is_err());
}

#[test]
fn hits_are_handed_out_as_they_are_found_until_somebody_has_enough() {
    let (rows, kept) = store();
    let mut seen = Vec::new();
    let page = search(&rows.connection, &kept, &query("refund"), &mut |hit| {
        seen.push(place(hit));
        seen.len() < 2
    });
    let page = page.unwrap();
    assert_eq!(seen, [(4, 1), (2, 1)]);
    let rest = SearchQuery { cursor: page.next_cursor, ..query("refund") };
    assert_eq!(found(&rows, &kept, &rest), [(1, 1)]);
}

#[test]
fn an_agents_key_and_another_workspace_find_nothing_of_others() {
    let (rows, kept) = store();
    let sql = "SELECT agent_id FROM agents WHERE workspace = 1 AND name = 'billing'";
    let id = rows.connection.query_row(sql, [], |row| row.get(0)).unwrap();
    let agent = Some(crate::ids::AgentId(id));
    let bound = |text: &str| SearchQuery { agent, ..query(text) };
    assert_eq!(found(&rows, &kept, &bound("refund")), [(2, 1)]);
    assert_eq!(found(&rows, &kept, &bound("chat-1")), []);
    let other = SearchQuery { workspace: TWO, ..query("refund") };
    assert_eq!(found(&rows, &kept, &other), []);
}
