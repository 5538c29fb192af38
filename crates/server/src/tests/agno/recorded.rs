//! Every recorded request, asked again.

use serde_json::{Value as Json, json};

use super::compare::differences;
use super::{Exchange, replayed, send};
use crate::tests::harness::Clew;
use clew_store::{Scope, WorkspaceId};

/// Recordings of servers that are not the one whose spans are sent here, and why. Those of
/// them that say something about Clew are asked below.
const OTHER_SERVERS: [(&str, &str); 5] = [
    ("auth_", "a server with a key and other traces"),
    ("multidb_", "a server with two databases"),
    ("config", "agno's own inventory of models, stores and agents"),
    ("info", "the same; Clew answers what agno and LangSmith read, together"),
    ("root", "`/` leads to Clew's pages"),
];

/// Where Clew answers otherwise than agno, and why. docs/agno.md has the same list.
const DIFFERENT: [(&str, &str); 6] = [
    ("traces_list_start_bogus", UNREADABLE_TIME),
    ("traces_list_start_epoch", UNREADABLE_TIME),
    ("traces_list_start_unencoded_plus", UNREADABLE_TIME),
    ("stats_start_bogus", UNREADABLE_TIME),
    ("traces_list_unknown_param", "sort_by and sort_order work, as agno's documents say"),
    ("traces_list_db_id", "the one database is named like the workspace"),
];

/// The text is agno's own, which speaks of 400.
const UNREADABLE_TIME: &str = "a time that cannot be read is 400, not 500";

fn reason(name: &str) -> Option<&'static str> {
    DIFFERENT.iter().find(|(file, _)| *file == name).map(|(_, reason)| *reason)
}

#[tokio::test]
async fn every_recorded_request_is_answered_as_agno_does() {
    let clew = replayed("otlp").await;
    let mut asked = 0;
    for exchange in Exchange::all() {
        let name = exchange.name.as_str();
        let elsewhere = OTHER_SERVERS.iter().any(|(start, _)| name.starts_with(start));
        if elsewhere || reason(name).is_some_and(|reason| reason != UNREADABLE_TIME) {
            continue;
        }
        let (status, answer) = exchange.repeat(&clew).await;
        let want = if reason(name) == Some(UNREADABLE_TIME) { 400 } else { exchange.status };
        assert_eq!(status, want, "{name}: {answer}");
        let lines = differences(&exchange.answer, &answer);
        assert!(lines.is_empty(), "{name}\n{}", lines.join("\n"));
        asked += 1;
    }
    assert_eq!(asked, 118);
}

#[tokio::test]
async fn sorting_works() {
    let clew = replayed("otlp").await;
    let ids = |answer: Json| -> Vec<String> {
        let rows = answer["data"].as_array().unwrap();
        rows.iter().map(|row| row["trace_id"].as_str().unwrap()[..8].to_owned()).collect()
    };
    // By hand from the durations of traces_list_default.
    let answer = Exchange::one("traces_list_unknown_param").repeat(&clew).await.1;
    assert_eq!(ids(answer), ["3bc94d97", "3f8c7750"]);
    for (query, first, last) in [
        ("sort_by=duration", "355962c6", "3bc94d97"),
        ("sort_by=total_spans", "092484c9", ""),
        ("sort_by=start_time&sort_order=asc", "110200ba", "3f8c7750"),
        ("sort_order=asc", "110200ba", "3f8c7750"),
        ("sort_by=error_count", "3f8c7750", ""),
        ("sort_by=status&sort_order=asc", "ff7a9a6e", ""),
    ] {
        let found = ids(clew.get(&format!("/traces?{query}")).await.json());
        assert_eq!(found.first().unwrap(), first, "{query}");
        assert!(last.is_empty() || found.last().unwrap() == last, "{query}: {found:?}");
    }
    let sessions = |query: &'static str| {
        let clew = &clew;
        async move {
            let answer = clew.get(&format!("/traces/stats/sessions?{query}")).await.json();
            let rows = answer["data"].as_array().unwrap().clone();
            rows.iter()
                .map(|row| row["session_id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        }
    };
    let by_count = sessions("sort_by=total_traces&limit=2").await;
    assert_eq!(by_count, ["sess-2", "sess-1"]);
    let by_name = sessions("sort_by=session_id&sort_order=asc&limit=2&page=2").await;
    assert_eq!(by_name, ["sess-2", "sess-3"]);
    let refused = clew.get("/traces?sort_by=colour").await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json()["detail"][0]["loc"], json!(["query", "sort_by"]));
}

#[tokio::test]
async fn the_database_is_the_workspace() {
    let clew = replayed("otlp").await;
    let recorded = Exchange::one("traces_list_db_id");
    let renamed =
        Exchange { url: "/traces?db_id=default&table=agno_traces".to_owned(), ..recorded };
    let (status, answer) = renamed.repeat(&clew).await;
    assert_eq!(status, 200);
    assert_eq!(differences(&renamed.answer, &answer), Vec::<String>::new());
    let config = clew.get("/config").await.json();
    assert_eq!(config["traces"]["dbs"][0]["db_id"], "default");
    // What the client's model of a configuration asks for.
    for field in ["os_id", "databases", "agents", "teams", "workflows", "interfaces"] {
        assert!(config.get(field).is_some(), "{field}");
    }
}

/// Recorded with the key `sekret` and two databases; ours has its own key and one.
#[tokio::test]
async fn keys_are_asked_for_in_agnos_words() {
    let clew = Clew::closed();
    let key = clew.key(WorkspaceId::DEFAULT, &[Scope::Read, Scope::Ingest], None);
    send(&clew, "otlp", &key).await;
    let mut asked = 0;
    for mut exchange in Exchange::all() {
        if !exchange.name.starts_with("auth_") {
            continue;
        }
        exchange.url = exchange.url.replace("db-one", "default");
        for (_, value) in &mut exchange.headers {
            *value = value.replace("sekret", &key);
        }
        let (status, answer) = exchange.repeat(&clew).await;
        asked += 1;
        if exchange.name.starts_with("auth_xkey") {
            // Clew reads a key there, too (ruling 3).
            assert_eq!(status, 200, "{}", exchange.name);
            continue;
        }
        assert_eq!(status, exchange.status, "{}: {answer}", exchange.name);
        if status == 401 {
            assert_eq!(answer, exchange.answer, "{}", exchange.name);
        }
    }
    assert_eq!(asked, 17);
}

/// What the tests take for a difference on purpose, people can read.
#[test]
fn the_page_has_every_difference() {
    let page = include_str!("../../../../../docs/agno.md");
    let reasons = DIFFERENT.iter().map(|(_, reason)| *reason).chain(super::edges::REASONS);
    for reason in reasons {
        assert!(page.contains(reason), "docs/agno.md does not say: {reason}");
    }
}
