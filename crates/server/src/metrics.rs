//! Counters of the server and their Prometheus text.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets of a duration, in milliseconds.
const BUCKETS_MS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/// Counts of what came in and went out.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    labelled: Mutex<BTreeMap<(&'static str, String), u64>>,
    /// From the store's taking over a request to its answer.
    pub(crate) commit: Histogram,
    /// Requests that read.
    pub(crate) read: Histogram,
    /// Panics that became a 500.
    pub(crate) panics: AtomicU64,
    /// Event streams that are open.
    pub(crate) live_streams: AtomicU64,
}

/// Counts durations by size.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BUCKETS_MS.len() + 1],
    nanos: AtomicU64,
}

impl Histogram {
    /// Counts one.
    pub(crate) fn observe(&self, duration: Duration) {
        let ms = duration.as_millis();
        let bucket =
            BUCKETS_MS.iter().position(|bound| ms < u128::from(*bound)).unwrap_or(BUCKETS_MS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    fn write(&self, text: &mut String, name: &str, help: &str) {
        head(text, name, help, "histogram");
        let mut count = 0;
        for (index, bucket) in self.buckets.iter().enumerate() {
            count += bucket.load(Ordering::Relaxed);
            let bound = BUCKETS_MS.get(index).map_or("+Inf".to_owned(), |ms| {
                format!("{}", Duration::from_millis(*ms).as_secs_f64())
            });
            push(text, format_args!("{name}_bucket{{le=\"{bound}\"}} {count}"));
        }
        let seconds = Duration::from_nanos(self.nanos.load(Ordering::Relaxed)).as_secs_f64();
        push(text, format_args!("{name}_sum {seconds}"));
        push(text, format_args!("{name}_count {count}"));
    }
}

/// Counters with labels and their help texts, in the order of the page.
const COUNTERS: [(&str, &str); 4] = [
    ("clew_accepted_spans_total", "Spans taken and on disk, by sender."),
    ("clew_rejected_spans_total", "Spans refused, by sender and reason."),
    ("clew_refused_requests_total", "Requests refused as a whole, by sender and error code."),
    ("clew_http_requests_total", "Requests answered, by route and status."),
];

impl Metrics {
    /// Spans that are on disk.
    pub(crate) fn accepted(&self, sender: &str, spans: u64) {
        self.add(COUNTERS[0].0, format!("sender=\"{sender}\""), spans);
    }

    /// Spans that were refused beside others that were not.
    pub(crate) fn rejected(&self, sender: &str, reason: &str, spans: u64) {
        self.add(COUNTERS[1].0, format!("sender=\"{sender}\",reason=\"{reason}\""), spans);
    }

    /// A request from a sender that was refused as a whole.
    pub(crate) fn refused(&self, sender: &str, code: &str) {
        self.add(COUNTERS[2].0, format!("sender=\"{sender}\",code=\"{code}\""), 1);
    }

    /// Any request. `route` is the pattern, never the path as sent: the number of series
    /// is bounded by the table of routes.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16) {
        let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
        self.add(COUNTERS[3].0, labels, 1);
    }

    fn add(&self, name: &'static str, labels: String, count: u64) {
        if count > 0 {
            let mut labelled = self.labelled.lock().unwrap_or_else(|e| e.into_inner());
            *labelled.entry((name, labels)).or_default() += count;
        }
    }

    /// The page, with `gauges` of the rest of the server: name, help, value.
    pub(crate) fn page(&self, gauges: &[(&str, &str, f64)]) -> String {
        let mut text = String::new();
        let labelled = self.labelled.lock().unwrap_or_else(|e| e.into_inner()).clone();
        for (name, help) in COUNTERS {
            head(&mut text, name, help, "counter");
            for ((_, labels), count) in labelled.iter().filter(|((of, _), _)| *of == name) {
                push(&mut text, format_args!("{name}{{{labels}}} {count}"));
            }
        }
        let commit_help = "From handing a request to the store until it is on disk.";
        self.commit.write(&mut text, "clew_commit_seconds", commit_help);
        self.read.write(&mut text, "clew_read_seconds", "Answering a reading request.");
        let own = [
            ("clew_panics_total", "Panics that became a 500.", &self.panics),
            ("clew_live_streams", "Open event streams.", &self.live_streams),
        ];
        for (name, help, value) in own {
            let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
            head(&mut text, name, help, kind);
            push(&mut text, format_args!("{name} {}", value.load(Ordering::Relaxed)));
        }
        for (name, help, value) in gauges {
            let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
            head(&mut text, name, help, kind);
            push(&mut text, format_args!("{name} {value}"));
        }
        text
    }
}

fn head(text: &mut String, name: &str, help: &str, kind: &str) {
    push(text, format_args!("# HELP {name} {help}"));
    push(text, format_args!("# TYPE {name} {kind}"));
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _infallible = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_prometheus_text() {
        let metrics = Metrics::default();
        metrics.accepted("otlp_http", 13);
        metrics.accepted("otlp_http", 2);
        metrics.rejected("otlp_grpc", "bad_id", 1);
        metrics.commit.observe(Duration::from_millis(7));
        metrics.commit.observe(Duration::from_secs(9));
        let page = metrics.page(&[("clew_connections", "Open connections.", 3.0)]);
        for line in [
            "# TYPE clew_accepted_spans_total counter",
            "clew_accepted_spans_total{sender=\"otlp_http\"} 15",
            "clew_rejected_spans_total{sender=\"otlp_grpc\",reason=\"bad_id\"} 1",
            "clew_commit_seconds_bucket{le=\"0.005\"} 0",
            "clew_commit_seconds_bucket{le=\"0.01\"} 1",
            "clew_commit_seconds_bucket{le=\"5\"} 1",
            "clew_commit_seconds_bucket{le=\"+Inf\"} 2",
            "clew_commit_seconds_sum 9.007",
            "clew_commit_seconds_count 2",
            "clew_connections 3",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
        }
    }
}
