//! A server on real sockets: its ports, its limits, its end, and what its log never holds.
//! One binary of its own, since the log is the process's.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use clew_model::normalise::normalise;
use clew_model::prices::PriceTable;
use clew_server::{Limits, Port, Prices, Running, Secret, ServeError, ServerConfig, serve};
use clew_store::{Store, StoreOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ADMIN_KEY: &str = "aos_ws_PlantedAdminPlantedAdminPlanted";
const TRACE: &str = "5b8efff798038103d269b633813fc60c";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that this process logs, down to the smallest.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    log
});

fn config() -> ServerConfig {
    ServerConfig {
        http_port: Port::Free,
        otlp_http_port: Port::Free,
        otlp_grpc_port: Port::Free,
        ..ServerConfig::default()
    }
}

async fn start(folder: &Path, config: ServerConfig) -> Result<Running, ServeError> {
    let prices = Prices::new(PriceTable::shipped());
    let table = prices.clone();
    let mut options =
        StoreOptions::new(Arc::new(move |source| normalise(source, &table.current())));
    options.reserve_bytes = 0;
    let folder = folder.to_owned();
    let opened = tokio::task::spawn_blocking(move || Store::open(&folder, options));
    serve(config, opened.await.unwrap().unwrap(), prices, std::future::pending()).await
}

async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn call(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    );
    exchange(address, request.as_bytes()).await
}

fn span(name: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{TRACE}","spanId":"eee19b7ec3c1b174",
        "name":"{name}","startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000001000000000"}}]}}]}}]}}"#
    )
}

const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn each_port_carries_its_part_and_data_outlives_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), config()).await.unwrap();
    let (http, otlp) = (server.http.unwrap(), server.otlp_http.unwrap());
    let answer = call(otlp, "POST", "/v1/traces", JSON, &span("kept")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{}"), "{answer}");
    assert!(call(otlp, "GET", "/api/v1/traces", "", "").await.starts_with("HTTP/1.1 404"));
    assert!(call(http, "GET", "/api/v1/traces", "", "").await.contains(TRACE));
    for address in [http, otlp, server.otlp_grpc.unwrap()] {
        assert!(call(address, "GET", "/healthz", "", "").await.starts_with("HTTP/1.1 200"));
    }
    server.stop().await.unwrap();
    let server = start(folder.path(), config()).await.unwrap();
    assert!(call(server.http.unwrap(), "GET", "/api/v1/traces", "", "").await.contains("kept"));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_refused_sender_in_the_middle_of_its_body_reads_why() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { max_body_bytes: 1 << 20, ..Limits::default() };
    let server = start(folder.path(), ServerConfig { limits, ..config() }).await.unwrap();
    let body = " ".repeat(8 << 20);
    let answer = call(server.http.unwrap(), "POST", "/v1/traces", JSON, &body).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("1 MB (ingest.max_body_bytes)"), "{answer}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn garbage_and_long_headers_harm_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), config()).await.unwrap();
    let http = server.http.unwrap();
    let long = format!("X-Long: {}\r\n", "x".repeat(200_000));
    let answer = call(http, "GET", "/healthz", &long, "").await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    for garbage in [&[0_u8; 4096][..], b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00"] {
        let mut stream = TcpStream::connect(http).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut rest = Vec::new();
        // The connection may end in any way; the server goes on.
        let _any =
            tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    }
    assert!(call(http, "GET", "/healthz", "", "").await.starts_with("HTTP/1.1 200"));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn other_machines_are_let_in_with_keys_only() {
    let folder = tempfile::tempdir().unwrap();
    let everywhere = ServerConfig { bind: [0, 0, 0, 0].into(), ..config() };
    let error = start(folder.path(), everywhere.clone()).await.unwrap_err().to_string();
    assert!(error.contains("clew keys create"), "{error}");
    let admin_key = Some(Secret(ADMIN_KEY.to_owned()));
    let server = start(folder.path(), ServerConfig { admin_key, ..everywhere }).await.unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], server.http.unwrap().port()));
    assert!(call(address, "GET", "/api/v1/keys", "", "").await.starts_with("HTTP/1.1 401"));
    let key = format!("Authorization: Bearer {ADMIN_KEY}\r\n");
    assert!(call(address, "GET", "/api/v1/keys", &key, "").await.starts_with("HTTP/1.1 200"));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn keys_and_bodies_stand_in_no_log_and_no_answer() {
    let log = LOG.clone();
    let folder = tempfile::tempdir().unwrap();
    let admin_key = Some(Secret(ADMIN_KEY.to_owned()));
    let closed = ServerConfig { open: Some(false), admin_key, ..config() };
    let server = start(folder.path(), closed).await.unwrap();
    let http = server.http.unwrap();
    let local = server.local_key.clone().unwrap();
    let wrong = "aos_ws_PlantedWrongPlantedWrongPlanted";
    let mut answers = String::new();
    for key in [ADMIN_KEY, wrong, &local] {
        let headers = [
            format!("Authorization: Bearer {key}\r\n{JSON}"),
            format!("X-Api-Key: {key}\r\n{JSON}"),
            format!("Api_Key: {key}\r\n{JSON}"),
            format!("Authorization: {key}\r\n{JSON}"),
        ];
        for headers in headers {
            for (method, path) in [
                ("GET", "/api/v1/traces?filter=PlantedFilter:x"),
                ("GET", "/api/v1/requests"),
                ("GET", "/api/v1/audit"),
                ("GET", "/api/v1/keys"),
                ("GET", "/metrics"),
                ("POST", "/v1/traces"),
            ] {
                answers += &call(http, method, path, &headers, r#"{"PlantedBody"#).await;
            }
        }
        answers += &call(http, "GET", &format!("/{key}"), "", "").await;
        let body = format!(r#"{{"key":"{key}"}}"#);
        answers += &call(http, "POST", "/api/v1/session", JSON, &body).await;
    }
    let key = format!("Authorization: Bearer {ADMIN_KEY}\r\n{JSON}");
    answers += &call(http, "POST", "/v1/traces", &key, &span("PlantedName")).await;
    server.stop().await.unwrap();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("refused") && log.contains("answered"), "the log was written: {log}");
    for planted in [ADMIN_KEY, wrong, &local, "PlantedBody", "PlantedFilter", "PlantedName"] {
        assert!(!log.contains(planted), "{planted} stands in the log");
    }
    assert!([ADMIN_KEY, wrong, &local].iter().all(|key| !answers.contains(key)));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for key in [ADMIN_KEY.as_bytes(), local.as_bytes()] {
            assert!(!bytes.windows(key.len()).any(|window| window == key), "a file holds a key");
        }
    }
}
