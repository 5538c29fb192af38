//! A closed-loop load over keep-alive connections: each sends its next body when the
//! last was answered. Plain sockets, since a client library would use the CPU that the
//! server is to have.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// How bodies travel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Coding {
    /// As they are.
    Identity,
    /// `Content-Encoding: gzip`.
    Gzip,
}

/// What a load reached.
pub(crate) struct LoadResult {
    /// From the first byte sent to the last answer.
    pub elapsed: Duration,
    /// Milliseconds from sending a request to its answer, sorted.
    pub ack_ms: Vec<f64>,
    /// Answers 429 and 503 that were sent again.
    pub refused: usize,
}

impl LoadResult {
    /// The value below which `share` of the acknowledgements came.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        quantile(&self.ack_ms, share)
    }
}

/// The value below which `share` of the sorted numbers lie; 0 when there are none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(0.0)
}

/// Sends every body once over `connections` sockets to `path`.
pub(crate) fn run(
    address: SocketAddr,
    path: &str,
    content_type: &str,
    coding: Coding,
    bodies: &[Vec<u8>],
    connections: usize,
) -> anyhow::Result<LoadResult> {
    let next = AtomicUsize::new(0);
    let refused = AtomicUsize::new(0);
    let begin = Instant::now();
    let parts: Vec<anyhow::Result<Vec<f64>>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::open(address)?;
                    let head = head(address, path, content_type, coding);
                    let mut times = Vec::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(body) = bodies.get(index) else { return Ok(times) };
                        let sent = Instant::now();
                        while connection.post(&head, body)? != 200 {
                            refused.fetch_add(1, Ordering::Relaxed);
                            std::thread::sleep(Duration::from_millis(20));
                        }
                        times.push(sent.elapsed().as_secs_f64() * 1e3);
                    }
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("loader thread")).collect()
    });
    let elapsed = begin.elapsed();
    let mut ack_ms = Vec::new();
    for part in parts {
        ack_ms.extend(part?);
    }
    ack_ms.sort_by(f64::total_cmp);
    Ok(LoadResult { elapsed, ack_ms, refused: refused.into_inner() })
}

fn head(address: SocketAddr, path: &str, content_type: &str, coding: Coding) -> String {
    let coding = match coding {
        Coding::Identity => "",
        Coding::Gzip => "Content-Encoding: gzip\r\n",
    };
    format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {content_type}\r\n{coding}")
}

/// One keep-alive connection.
pub(crate) struct Connection {
    reader: BufReader<TcpStream>,
    body: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).context("connect to the server")?;
        stream.set_nodelay(true)?;
        Ok(Self { reader: BufReader::new(stream), body: Vec::new() })
    }

    fn post(&mut self, head: &str, body: &[u8]) -> anyhow::Result<u16> {
        let mut message = format!("{head}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        message.extend_from_slice(body);
        self.reader.get_mut().write_all(&message)?;
        let status = self.answer()?;
        match status {
            200 | 429 | 503 => Ok(status),
            other => bail!("{other}: {}", String::from_utf8_lossy(&self.body)),
        }
    }

    /// Gets `path`; the body is returned whole.
    pub(crate) fn get(&mut self, path: &str) -> anyhow::Result<&[u8]> {
        let message = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        self.reader.get_mut().write_all(message.as_bytes())?;
        let status = self.answer()?;
        if status != 200 {
            bail!("GET {path}: {status}: {}", String::from_utf8_lossy(&self.body));
        }
        Ok(&self.body)
    }

    fn answer(&mut self) -> anyhow::Result<u16> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).context("no status line")?.parse()?;
        let (mut length, mut chunked) = (0, false);
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            chunked |= header == "transfer-encoding: chunked";
        }
        self.body.clear();
        if chunked {
            self.chunks(&mut line)?
        } else {
            self.exactly(length)?
        }
        Ok(status)
    }

    fn exactly(&mut self, length: usize) -> anyhow::Result<()> {
        let from = self.body.len();
        self.body.resize(from + length, 0);
        Ok(self.reader.read_exact(&mut self.body[from..])?)
    }

    fn chunks(&mut self, line: &mut String) -> anyhow::Result<()> {
        loop {
            line.clear();
            self.reader.read_line(line)?;
            let length = usize::from_str_radix(line.trim(), 16)?;
            self.exactly(length)?;
            line.clear();
            self.reader.read_line(line)?;
            if length == 0 {
                return Ok(());
            }
        }
    }
}
