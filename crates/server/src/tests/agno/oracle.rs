//! Searches against an evaluator of its own, row by row: whatever the store can look for
//! itself must mean the same as SQL over agno's table.

use serde_json::{Value as Json, json};

use super::replayed;
use crate::tests::harness::Clew;

/// The value of a column as agno's table would hold it, from a row of the list.
fn column(row: &Json, key: &str) -> Option<Json> {
    match key {
        "duration_ms" => {
            let text = row["duration"].as_str()?;
            let millis = match text.strip_suffix("ms") {
                Some(millis) => millis.parse().ok()?,
                // The slow run, by hand from its nanoseconds.
                None => 1361.0,
            };
            Some(json!(millis))
        }
        "start_time" | "end_time" | "created_at" => {
            Some(json!(row[key].as_str()?.replace('Z', "+00:00")))
        }
        _ => row.get(key).cloned(),
    }
}

/// SQL's three values: true, false, unknown.
fn truth(filter: &Json, row: &Json) -> Option<bool> {
    match filter["op"].as_str()? {
        "NOT" => truth(&filter["condition"], row).map(|truth| !truth),
        "AND" => decided(filter, row, false),
        "OR" => decided(filter, row, true),
        op => {
            // An empty list holds nothing, and that is known even of what is not there.
            if op == "IN" && filter["values"].as_array()?.is_empty() {
                return Some(false);
            }
            let value = column(row, filter["key"].as_str()?)?;
            if op == "IN" {
                return Some(filter["values"].as_array()?.contains(&value));
            }
            Some(leaf(op, &value, &filter["value"]))
        }
    }
}

fn decided(filter: &Json, row: &Json, decisive: bool) -> Option<bool> {
    let truths: Vec<Option<bool>> =
        filter["conditions"].as_array()?.iter().map(|each| truth(each, row)).collect();
    if truths.contains(&Some(decisive)) {
        return Some(decisive);
    }
    (!truths.contains(&None)).then_some(!decisive)
}

fn leaf(op: &str, value: &Json, other: &Json) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    if let (Json::String(value), Json::String(other)) = (value, other) {
        let (lower, part) = (value.to_lowercase(), other.to_lowercase());
        match op {
            "CONTAINS" => return lower.contains(&part),
            "STARTSWITH" => return lower.starts_with(&part),
            _ => {}
        }
    }
    let order = match (value, other) {
        (Json::String(value), Json::String(other)) => {
            value.as_str().cmp(other.replace('Z', "+00:00").as_str())
        }
        (value, other) => value.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Less),
    };
    match op {
        "EQ" => order == Equal,
        "NEQ" => order != Equal,
        "GT" => order == Greater,
        "GTE" => order != Less,
        "LT" => order == Less,
        "LTE" => order != Greater,
        _ => panic!("{op}"),
    }
}

fn leaves(rows: &[Json]) -> Vec<Json> {
    const RELATIONS: [&str; 6] = ["EQ", "NEQ", "GT", "GTE", "LT", "LTE"];
    let mut leaves = Vec::new();
    let mut put = |ops: &[&str], key: &str, value: &Json| {
        leaves.extend(ops.iter().map(|op| json!({"op": op, "key": key, "value": value})));
    };
    for key in [
        "status",
        "name",
        "session_id",
        "user_id",
        "run_id",
        "agent_id",
        "team_id",
        "workflow_id",
        "trace_id",
    ] {
        let value = column(&rows[1], key).unwrap_or(json!("weather-team"));
        let text = value.as_str().unwrap();
        put(&RELATIONS, key, &value);
        put(&["CONTAINS", "STARTSWITH"], key, &json!(text[1..text.len().min(4)]));
        put(&["CONTAINS", "STARTSWITH"], key, &json!(text[..2].to_uppercase()));
        put(&["EQ", "NEQ"], key, &json!("nobody"));
    }
    for key in ["start_time", "end_time", "created_at"] {
        for row in rows {
            put(&RELATIONS, key, &row[key]);
        }
        put(&RELATIONS, key, &json!("zzz"));
        put(&["CONTAINS"], key, &json!("06:01:5"));
    }
    for millis in [json!(59), json!(59.5), json!(60), json!(1361), json!(-1), json!(86)] {
        put(&RELATIONS, "duration_ms", &millis);
    }
    for key in ["session_id", "agent_id", "status", "trace_id"] {
        let values: Vec<Json> = rows.iter().skip(2).filter_map(|row| column(row, key)).collect();
        leaves.push(json!({"op": "IN", "key": key, "values": values}));
        leaves.push(json!({"op": "IN", "key": key, "values": []}));
    }
    leaves
}

#[tokio::test]
async fn every_filter_finds_what_sql_would_find() {
    let clew = replayed("otlp").await;
    let rows = clew.get("/traces").await.json()["data"].as_array().unwrap().clone();
    let leaves = leaves(&rows);
    let mut filters = leaves.clone();
    filters.extend(leaves.iter().map(|leaf| json!({"op": "NOT", "condition": leaf})));
    // Each with two others, so that what the store can tell and what it cannot stand in one.
    for (index, leaf) in leaves.iter().enumerate() {
        let other = &leaves[(index * 7 + 3) % leaves.len()];
        let third = json!({"op": "NOT", "condition": leaves[(index * 13 + 5) % leaves.len()]});
        let and =
            json!({"op": "AND", "conditions": [leaf, {"op": "OR", "conditions": [other, third]}]});
        filters.push(json!({"op": "NOT", "condition": and}));
        filters.push(and);
    }
    finds_all(&clew, &rows, &filters).await;
    // And again with everything in chunks, behind their filters of words.
    let store = clew.store().clone();
    std::thread::spawn(move || store.flush().unwrap()).join().unwrap();
    finds_all(&clew, &rows, &filters).await;
}

async fn finds_all(clew: &Clew, rows: &[Json], filters: &[Json]) {
    for filter in filters {
        let want: Vec<&str> = rows
            .iter()
            .filter(|row| truth(filter, row) == Some(true))
            .map(|row| row["trace_id"].as_str().unwrap())
            .collect();
        let answer =
            clew.call("POST", "/traces/search", "", &json!({"filter": filter})).await.json();
        let found: Vec<&str> = answer["data"]
            .as_array()
            .unwrap_or_else(|| panic!("{filter}: {answer}"))
            .iter()
            .map(|row| row["trace_id"].as_str().unwrap())
            .collect();
        assert_eq!(found, want, "{filter}");
        assert_eq!(answer["meta"]["total_count"], want.len(), "{filter}");
    }
}
