//! agno's routes against the answers of its own server, recorded in fixtures/agno over the
//! very spans that are sent here.

mod compare;
mod edges;
mod oracle;
mod recorded;
mod routes;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use serde_json::Value as Json;

use super::harness::{Clew, request};

/// Where the recordings are.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/agno")
}

/// A server that has the recorded spans. A second lies between the requests that brought
/// them, so that the order of arrival is that of the recording.
async fn replayed(folder: &str) -> Clew {
    let clew = Clew::open();
    send(&clew, folder, "").await;
    clew
}

async fn send(clew: &Clew, folder: &str, key: &str) {
    let mut bodies: Vec<PathBuf> = std::fs::read_dir(fixtures().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pb"))
        .collect();
    bodies.sort();
    assert!(!bodies.is_empty());
    for body in bodies {
        let bearer = format!("Bearer {key}");
        let mut headers = vec![("content-type", "application/x-protobuf")];
        if !key.is_empty() {
            headers.push(("authorization", &bearer));
        }
        let body = std::fs::read(body).unwrap();
        let answer = clew.send(request("POST", "/v1/traces", &headers, body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        clew.clock.fetch_add(1_000_000_000, Ordering::SeqCst);
    }
}

/// A recorded exchange.
struct Exchange {
    name: String,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    status: u64,
    answer: Json,
}

impl Exchange {
    fn read(path: &Path) -> Option<Exchange> {
        let recorded: Json = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let request = recorded.get("request").filter(|request| request.is_object())?;
        let sent = |name: &str| request[name].as_str().unwrap().to_owned();
        let mut headers: Vec<(String, String)> = request["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned()))
            .collect();
        let body = match &request["json"] {
            // The one body that is no JSON stands in no recording; its answer says that a
            // name was expected at byte 1.
            Json::Null if headers.iter().any(|(name, _)| name == "content-type") => {
                Some(b"{bad".to_vec())
            }
            Json::Null => None,
            body => {
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
                Some(serde_json::to_vec(body).unwrap())
            }
        };
        Some(Exchange {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            method: sent("method"),
            url: sent("url"),
            headers,
            body,
            status: recorded["response"]["status"].as_u64().unwrap(),
            answer: recorded["response"]["body"].clone(),
        })
    }

    /// Every recorded exchange, by name.
    fn all() -> Vec<Exchange> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(fixtures())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        files.sort();
        files.iter().filter_map(|file| Exchange::read(file)).collect()
    }

    fn one(name: &str) -> Exchange {
        Exchange::read(&fixtures().join(format!("{name}.json"))).unwrap()
    }

    async fn repeat(&self, clew: &Clew) -> (u64, Json) {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = self.body.clone().unwrap_or_default();
        let answer = clew.send(request(&self.method, &self.url, &headers, body)).await;
        let status = u64::from(answer.status.as_u16());
        let body = serde_json::from_slice(&answer.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.name, answer.text()));
        (status, body)
    }
}
