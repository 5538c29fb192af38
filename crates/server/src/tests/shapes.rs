//! The document against answers: each field that it calls required is there, each field that
//! is there stands in it, and each is of the kind that it says. Asked of recorded traffic.

use std::path::PathBuf;

use axum::http::header::CONTENT_TYPE;
use serde_json::{Value as Json, json};

use super::harness::{Answer, Clew, otlp, request, span, with};
use crate::openapi::DOCUMENT;

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const SESSION: &[(&str, &str)] =
    &[("gen_ai.operation.name", "chat"), ("gen_ai.conversation.id", "s")];

/// What is wrong with a value, as places and words.
struct Reading<'a> {
    document: &'a Json,
    problems: Vec<String>,
}

impl Reading<'_> {
    fn read(&mut self, schema: &Json, value: &Json, place: &str) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            let document = self.document;
            return self.read(&document["components"]["schemas"][name], value, place);
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            return self.read_choice(choices, value, place);
        }
        if let Some(word) = schema.get("const") {
            return self.expect(value == word, place, &format!("is {value}, not {word}"));
        }
        if let Some(words) = schema["enum"].as_array() {
            return self.expect(words.contains(value), place, &format!("is {value}"));
        }
        let fits = match schema["type"].as_str() {
            None => true,
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("null") => value.is_null(),
            Some(other) => panic!("{place}: no such type: {other}"),
        };
        self.expect(fits, place, &format!("is {value}, not {}", schema["type"]));
        match value {
            Json::Object(_) if fits => self.read_object(schema, value, place),
            Json::Array(items) if fits && schema.get("items").is_some() => {
                for item in items {
                    self.read(&schema["items"], item, &format!("{place}[]"));
                }
            }
            _ => {}
        }
    }

    fn read_object(&mut self, schema: &Json, value: &Json, place: &str) {
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            self.expect(value.get(name).is_some(), place, &format!("has no {name}"));
        }
        for (name, inner) in value.as_object().unwrap() {
            let known = schema["properties"].get(name).or(schema.get("additionalProperties"));
            match known {
                Some(known) => self.read(known, inner, &format!("{place}.{name}")),
                // An object of which nothing is said is one of the sender's own.
                None => {
                    let open = schema.get("properties").is_none();
                    self.expect(open, place, &format!("has {name}, which the document has not"));
                }
            }
        }
    }

    fn read_choice(&mut self, choices: &[Json], value: &Json, place: &str) {
        let mut nearest: Option<Vec<String>> = None;
        for choice in choices {
            let mut reading = Reading { document: self.document, problems: Vec::new() };
            reading.read(choice, value, place);
            if nearest.as_ref().is_none_or(|known| reading.problems.len() < known.len()) {
                nearest = Some(reading.problems);
            }
        }
        self.problems.extend(nearest.unwrap_or_default());
    }

    fn expect(&mut self, holds: bool, place: &str, problem: &str) {
        if !holds {
            self.problems.push(format!("{place} {problem}"));
        }
    }
}

/// A server and the document, which answers are held against.
struct Told {
    clew: Clew,
    document: Json,
    problems: Vec<String>,
}

impl Told {
    fn new(clew: Clew) -> Told {
        Told { clew, document: serde_json::from_str(&DOCUMENT).unwrap(), problems: Vec::new() }
    }

    /// Sends a request to a route, given by its pattern and what stands for its parts, and
    /// holds the answer against what the document says of it.
    async fn ask(&mut self, method: &str, pattern: &str, parts: &[&str], rest: &str) -> Json {
        let body = json!({});
        self.send(method, pattern, parts, rest, &body).await
    }

    async fn send(
        &mut self,
        method: &str,
        pattern: &str,
        parts: &[&str],
        rest: &str,
        body: &Json,
    ) -> Json {
        let mut path = pattern.to_owned();
        for part in parts {
            let (from, to) = (path.find('{').unwrap(), path.find('}').unwrap());
            path.replace_range(from..=to, part);
        }
        let headers = [("content-type", "application/json")];
        let sent = if method == "GET" { String::new() } else { body.to_string() };
        let target = format!("{path}{rest}");
        let answer: Answer = self.clew.send(request(method, &target, &headers, sent)).await;
        assert!(answer.status.is_success(), "{method} {target}: {}", answer.text());
        let operation = &self.document["paths"][pattern][&method.to_lowercase()];
        let told = &operation["responses"][answer.status.as_str()];
        let schema = told["content"]["application/json"]["schema"].clone();
        assert!(schema["$ref"].is_string(), "{method} {pattern} has no shape: {operation}");
        assert_eq!(answer.headers[CONTENT_TYPE], "application/json");
        let answer = answer.json();
        let mut reading = Reading { document: &self.document, problems: Vec::new() };
        reading.read(&schema, &answer, pattern);
        self.problems.append(&mut reading.problems);
        answer
    }
}

/// What real senders sent to OTLP's paths, in the order in which it came.
async fn recordings(clew: &Clew) -> usize {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire");
    let mut taken = 0;
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let name = file.to_string_lossy().into_owned();
            let path = match () {
                () if name.ends_with("-POST-v1_traces.body") => "/v1/traces",
                () if name.ends_with("-POST-v1_logs.body") => "/v1/logs",
                () => continue,
            };
            let body = std::fs::read(&file).unwrap();
            let answer = clew.send(request("POST", path, &[], body)).await;
            taken += usize::from(answer.status == 200);
        }
    }
    taken
}

#[tokio::test]
async fn what_is_told_of_runs_is_what_the_document_says() {
    let clew = Clew::open();
    let taken = recordings(&clew).await;
    assert!(taken > 20, "{taken}");
    let mut told = Told::new(clew);
    let list = told.ask("GET", "/api/v1/traces", &[], "?limit=1000").await;
    let rows = list["traces"].as_array().unwrap().clone();
    assert!(rows.len() > 10, "{}", rows.len());
    for row in &rows {
        let id = row["trace_id"].as_str().unwrap();
        let detail = told.ask("GET", "/api/v1/traces/{trace_id}", &[id], "").await;
        for part in ["transcript", "events", "ledger", "receipt"] {
            told.ask("GET", &format!("/api/v1/traces/{{trace_id}}/{part}"), &[id], "").await;
        }
        let spans: Vec<Json> = detail["spans"]
            .as_array()
            .unwrap()
            .iter()
            .map(|span| span["span_id"].clone())
            .collect();
        let spans = &spans[..spans.len().min(40)];
        let asked = json!({ "span_ids": spans });
        told.send("POST", "/api/v1/traces/{trace_id}/previews", &[id], "", &asked).await;
        told.send("POST", "/api/v1/traces/{trace_id}/texts", &[id], "", &asked).await;
        for span in spans {
            let parts = [id, span.as_str().unwrap()];
            for rest in ["", "?text_max=200"] {
                let pattern = "/api/v1/traces/{trace_id}/spans/{span_id}";
                told.ask("GET", pattern, &parts, rest).await;
            }
        }
    }
    told.problems.sort();
    told.problems.dedup();
    assert!(told.problems.is_empty(), "{:#?}", told.problems);
}

#[tokio::test]
async fn what_is_told_of_the_rest_is_what_the_document_says() {
    let clew = Clew::open();
    recordings(&clew).await;
    let mut told = Told::new(clew);
    let all = "?limit=1000";
    for (pattern, rest) in [
        ("/api/v1/spans", "?limit=300"),
        ("/api/v1/sessions", all),
        ("/api/v1/users", all),
        ("/api/v1/users", "?filter=start%3E-24h&sort=-cost"),
        ("/api/v1/agents", all),
        ("/api/v1/stats", "?group_by=model,day"),
        ("/api/v1/histogram", "?buckets=10"),
        ("/api/v1/search", "?q=the&limit=100"),
        ("/api/v1/info", ""),
        ("/api/v1/prices", "?q=gpt-5"),
        ("/api/v1/filter-values", "?field=name&limit=200"),
        ("/api/v1/filter-values", "?field=category"),
        ("/api/v1/filter-schema", "?subject=span"),
        ("/api/v1/filter-schema", "?subject=trace"),
        ("/api/v1/filter-schema", "?subject=session"),
        ("/api/v1/session", ""),
        ("/api/v1/check", ""),
        ("/api/v1/requests", ""),
    ] {
        told.ask("GET", pattern, &[], rest).await;
    }
    let sessions = told.ask("GET", "/api/v1/sessions", &[], "").await;
    let session = sessions["sessions"][0]["session_id"].as_str().unwrap().to_owned();
    told.ask("GET", "/api/v1/sessions/{session_id}", &[&session], "").await;
    let filter = "?filter=start%3E-24h%20model:a%20tool:b";
    let traces = told.ask("GET", "/api/v1/traces", &[], filter).await;
    assert_eq!(traces["hints"][0]["code"], "different_spans");
    assert_eq!(traces["resolved"][0]["text"], "-24h");
    for sent in KEPT {
        let (method, pattern, part, body) = sent;
        let parts: Vec<&str> = part.iter().copied().collect();
        told.send(method, pattern, &parts, "", &serde_json::from_str(body).unwrap()).await;
    }
    let kept = told.ask("GET", "/api/v1/traces/{trace_id}/attachments", &[TRACE], "").await;
    assert_eq!(kept["attachments"][0]["size"], 2);
    let id = told.ask("GET", "/api/v1/traces", &[], "").await["traces"][0]["trace_id"].clone();
    let id = id.as_str().unwrap();
    let label = json!({"trace_id": id, "name": "outcome", "value": "resolved", "score": 0.5});
    told.send("POST", "/api/v1/labels", &[], "", &label).await;
    let label = json!({"session_id": session, "name": "mood"});
    told.send("POST", "/api/v1/labels", &[], "", &label).await;
    for pattern in [
        "/api/v1/labels",
        "/api/v1/traces",
        "/api/v1/sessions",
        "/api/v1/keys",
        "/api/v1/views",
        "/api/v1/workspaces",
        "/api/v1/settings",
        "/api/v1/audit",
        "/api/v1/prices",
    ] {
        let answer = told.ask("GET", pattern, &[], "").await;
        let (name, _) =
            answer.as_object().unwrap().iter().find(|(_, rows)| rows.is_array()).unwrap();
        assert_ne!(answer[name], json!([]), "{pattern}");
    }
    told.ask("DELETE", "/api/v1/traces/{trace_id}", &[id], "").await;
    assert_ne!(told.ask("GET", "/api/v1/deleted", &[], "").await["deleted"], json!([]));
    let day = 86_400_000_000_000;
    told.clew.clock.fetch_add(400 * day, std::sync::atomic::Ordering::SeqCst);
    let days = json!({"name": "retention.days", "value": 30});
    told.send("PUT", "/api/v1/settings", &[], "", &days).await;
    let run = told.ask("POST", "/api/v1/retention/run", &[], "").await;
    assert_ne!(run["trace_count"], 0);
    assert_ne!(told.ask("GET", "/api/v1/retention", &[], "").await["receipts"], json!([]));
    told.problems.sort();
    told.problems.dedup();
    assert!(told.problems.is_empty(), "{:#?}", told.problems);
}

/// What is made and changed: method, route, what stands for a part of its path, body.
const KEPT: &[(&str, &str, Option<&str>, &str)] = &[
    ("POST", "/api/v1/keys", None, r#"{"name": "ci", "scopes": ["read"], "agent": "planner"}"#),
    ("DELETE", "/api/v1/keys/{id}", Some("1"), "{}"),
    ("POST", "/api/v1/workspaces", None, r#"{"name": "acme"}"#),
    ("DELETE", "/api/v1/workspaces/{name}", Some("acme"), "{}"),
    ("POST", "/api/v1/views", None, r#"{"name": "v", "page": "runs", "definition": {"q": 1}}"#),
    ("PUT", "/api/v1/settings", None, r#"{"name": "retention.days", "value": null}"#),
    ("PUT", "/api/v1/prices", None, r#"{"model": "own", "rates": {"input": "1.5"}}"#),
    ("PUT", "/api/v1/prices", None, r#"{"model": "gone", "rates": {"input": "1.5"}}"#),
    ("DELETE", "/api/v1/prices", None, r#"{"model": "gone"}"#),
    ("POST", "/api/v1/reprice", None, "{}"),
    ("POST", "/api/v1/traces/{trace_id}/attachments", Some(TRACE), "{}"),
    ("POST", "/api/ingest/v1/runs", None, r#"{"run_id": "r1", "agent_name": "indexer"}"#),
    (
        "POST",
        "/api/ingest/v1/runs/{run_id}/spans",
        Some("r1"),
        r#"{"spans": [{"id": "s", "name": "list", "kind": "step"}, {}]}"#,
    ),
    (
        "POST",
        "/api/ingest/v1/runs/{run_id}/events",
        Some("r1"),
        r#"{"events": [{"id": "e", "name": "note"}]}"#,
    ),
    ("POST", "/api/ingest/v1/runs/{run_id}/complete", Some("r1"), r#"{"output": 1}"#),
    ("POST", "/api/ingest/v1/runs/{run_id}/fail", Some("r1"), "{}"),
    (
        "POST",
        "/api/ingest/v1/batch",
        None,
        r#"{"runs": [{"run_id": "r2", "start": {}, "spans": [{"id": "s", "name": "list"}, {}]}]}"#,
    ),
];

/// Bodies with all that is required are taken as bodies; with one of it left out they are not.
#[tokio::test]
async fn a_body_needs_what_the_document_requires() {
    let clew = Clew::open();
    let talk = with(span(TRACE, "a000000000000001", None, "chat", (0, 5)), SESSION);
    clew.ingest("", &otlp("shop", &[talk])).await;
    let document: Json = serde_json::from_str(&DOCUMENT).unwrap();
    for (method, path, body) in [
        ("POST", "/api/v1/keys", r#"{"name": "ci", "scopes": ["read"]}"#),
        ("POST", "/api/v1/workspaces", r#"{"name": "acme"}"#),
        ("POST", "/api/v1/views", r#"{"name": "v", "page": "runs", "definition": {}}"#),
        ("PUT", "/api/v1/settings", r#"{"name": "retention.days", "value": 3}"#),
        ("PUT", "/api/v1/prices", r#"{"model": "own", "rates": {"input": "1.5"}}"#),
        ("DELETE", "/api/v1/prices", r#"{"model": "own"}"#),
        ("POST", "/api/v1/session", r#"{"key": "aos_ws_unknown"}"#),
        ("POST", "/api/v1/labels", r#"{"name": "outcome", "session_id": "s"}"#),
        ("POST", "/api/v1/reprice", "{}"),
    ] {
        let content = &document["paths"][path][&method.to_lowercase()]["requestBody"]["content"];
        let reference = content["application/json"]["schema"]["$ref"].as_str().unwrap();
        let name = reference.rsplit('/').next().unwrap();
        let required = &document["components"]["schemas"][name]["required"];
        let whole: Json = serde_json::from_str(body).unwrap();
        let answer = clew.call(method, path, "", &whole).await;
        let taken = answer.status.is_success() || path == "/api/v1/session";
        assert!(taken, "{method} {path}: {}", answer.text());
        for field in required.as_array().unwrap() {
            let field = field.as_str().unwrap();
            let mut less = whole.clone();
            less.as_object_mut().unwrap().remove(field).expect(field);
            let answer = clew.call(method, path, "", &less).await;
            assert_eq!(answer.status, 400, "{method} {path} without {field}");
            assert!(answer.text().contains(field), "{field}: {}", answer.text());
        }
    }
}

#[test]
fn a_reading_finds_what_is_missing_odd_and_unknown() {
    let document = json!({"components": {"schemas": {"Row": {
        "type": "object", "required": ["id"],
        "properties": {
            "id": {"type": "integer"}, "state": {"type": "string", "enum": ["live"]},
            "of": {"anyOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}]},
        },
    }}}});
    let read = |value: Json| {
        let mut reading = Reading { document: &document, problems: Vec::new() };
        reading.read(&json!({"$ref": "#/components/schemas/Row"}), &value, "row");
        reading.problems
    };
    assert_eq!(read(json!({"id": 1, "state": "live", "of": {"id": 2, "of": null}})), [""; 0]);
    assert_eq!(read(json!({})), ["row has no id"]);
    assert_eq!(read(json!({"id": 1.5})), ["row.id is 1.5, not \"integer\""]);
    assert_eq!(read(json!({"id": 1, "state": "dead"})), ["row.state is \"dead\""]);
    assert_eq!(read(json!({"id": 1, "x": 1})), ["row has x, which the document has not"]);
    assert_eq!(read(json!({"id": 1, "of": {"id": "2"}})), ["row.of.id is \"2\", not \"integer\""]);
}
