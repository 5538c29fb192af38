//! Accepting connections and speaking HTTP/1.1 and HTTP/2 on them, within limits, until
//! told to stop. Every listener speaks both, so that gRPC also works on the port with
//! everything.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::config::Limits;

/// Streams that one HTTP/2 connection may have open.
const MAX_STREAMS: u32 = 256;
/// Flow-control windows: one large export must not wait for window updates.
const STREAM_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 8 * 1024 * 1024;

/// Wait after the system could not accept (out of file handles).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\
    Content-Type: text/plain\r\nContent-Length: 59\r\nConnection: close\r\n\r\n\
    too many connections (server.max_connections), come again.\n";

/// Connections that are open, over all listeners.
#[derive(Debug, Default)]
pub(crate) struct Open(AtomicUsize);

impl Open {
    /// How many.
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn enter(self: &Arc<Self>, max: usize) -> Option<Entered> {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        let entered = Entered(Arc::clone(self));
        (before < max).then_some(entered)
    }
}

struct Entered(Arc<Open>);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Serves `router` on `listener` until `stop` says so, then lets requests that run end,
/// for at most `limits.drain_timeout`.
pub(crate) async fn serve_listener(
    listener: TcpListener,
    router: Router,
    limits: Arc<Limits>,
    open: Arc<Open>,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stopped| *stopped) => break,
        };
        let stream = match accepted {
            Ok((stream, _peer)) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Some(entered) = open.enter(limits.max_connections) else {
            tokio::spawn(turn_away(stream));
            continue;
        };
        let connection =
            serve_connection(stream, router.clone(), Arc::clone(&limits), graceful.watcher());
        tokio::spawn(async move {
            connection.await;
            drop(entered);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests still ran after server.drain_timeout and were cut off");
    }
}

async fn turn_away(mut stream: TcpStream) {
    let goodbye = async {
        stream.write_all(TOO_MANY).await?;
        stream.shutdown().await
    };
    // The other side may be gone already, which is as well.
    let _gone = tokio::time::timeout(Duration::from_secs(1), goodbye).await;
}

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    limits: Arc<Limits>,
    watcher: Watcher,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection stays with Nagle's algorithm");
    }
    let asked = Arc::new(AtomicBool::new(false));
    let service = hyper::service::service_fn({
        let asked = Arc::clone(&asked);
        move |request: hyper::Request<hyper::body::Incoming>| {
            asked.store(true, Ordering::Relaxed);
            let router = router.clone();
            async move {
                let request: Request = request.map(axum::body::Body::new);
                Ok::<_, Infallible>(
                    router.oneshot(request).await.unwrap_or_else(|never| match never {}),
                )
            }
        }
    });
    let builder = protocol(&limits);
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    let connection = watcher.watch(connection);
    tokio::pin!(connection);
    // Hyper times the headers only once it knows the protocol. Until the first request
    // the clock runs here, or a sender of one byte would hold the connection for ever.
    let first = tokio::time::timeout(limits.header_timeout, connection.as_mut()).await;
    let result = match first {
        Ok(result) => result,
        Err(_) if asked.load(Ordering::Relaxed) => connection.await,
        Err(_) => return,
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn protocol(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(limits.max_header_bytes.max(8 * 1024));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20))
        .max_header_list_size(u32::try_from(limits.max_header_bytes).unwrap_or(u32::MAX));
    builder
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::AsyncReadExt;

    use super::*;

    struct Served {
        address: std::net::SocketAddr,
        stop: watch::Sender<bool>,
        task: tokio::task::JoinHandle<()>,
    }

    async fn served(router: Router, limits: Limits) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let open = Arc::default();
        let task = tokio::spawn(serve_listener(listener, router, Arc::new(limits), open, stopped));
        Served { address, stop, task }
    }

    async fn ask(address: std::net::SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    #[tokio::test]
    async fn a_running_request_ends_before_the_server_does() {
        let entered = Arc::new(tokio::sync::Notify::new());
        let release = Arc::new(tokio::sync::Notify::new());
        let (inside, go_on) = (Arc::clone(&entered), Arc::clone(&release));
        let handler = move || async move {
            inside.notify_one();
            go_on.notified().await;
            "done"
        };
        let server = served(Router::new().route("/", get(handler)), Limits::default()).await;
        let answer = tokio::spawn(ask(server.address, GET));
        entered.notified().await;
        server.stop.send(true).unwrap();
        release.notify_one();
        assert!(answer.await.unwrap().ends_with("done"));
        server.task.await.unwrap();
        assert!(TcpStream::connect(server.address).await.is_err());
    }

    #[tokio::test]
    async fn one_connection_too_many_is_told_so() {
        let limits = Limits { max_connections: 0, ..Limits::default() };
        let server = served(Router::new(), limits).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{answer}");
    }

    #[tokio::test]
    async fn a_silent_connection_is_closed() {
        let limits = Limits { header_timeout: Duration::from_millis(30), ..Limits::default() };
        let server = served(Router::new(), limits).await;
        for start in ["", "P", "GET / HT"] {
            let answer = ask(server.address, start).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{start}: {answer}");
        }
    }
}
