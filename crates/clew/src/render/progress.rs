//! A counter on standard error for what takes over a second, on a terminal only.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Shows how far something is.
pub(crate) struct Progress {
    label: String,
    begin: Instant,
    shown: Option<Instant>,
    terminal: bool,
}

const QUIET: Duration = Duration::from_millis(600);
const STEP: Duration = Duration::from_millis(100);

impl Progress {
    /// Nothing is shown before a moment has passed.
    pub(crate) fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            begin: Instant::now(),
            shown: None,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    /// `text` says how far: "1,200 runs, 14.2 MiB of 80.0 MiB".
    pub(crate) fn show(&mut self, text: impl FnOnce() -> String) {
        let now = Instant::now();
        let due = match self.shown {
            None => now - self.begin >= QUIET,
            Some(shown) => now - shown >= STEP,
        };
        if self.terminal && due {
            self.shown = Some(now);
            let _ = write!(std::io::stderr(), "\r\x1b[K{}: {}", self.label, text());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
