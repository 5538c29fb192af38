//! What people see in a terminal, an 80-column one and a pipe included.

pub(crate) mod numbers;
pub(crate) mod progress;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod transcript;
pub(crate) mod tree;

use std::io::{IsTerminal, Write};

use crate::client::Refusal;
use style::{Paint, Style};

/// Columns assumed where the output is no terminal.
const PIPE_COLUMNS: usize = 120;
/// A run's tree on a very wide screen is harder to read, not easier.
const COLUMNS_MAX: usize = 160;

/// Where a command prints: lines, colours or none, and how wide.
pub(crate) struct Screen {
    out: Box<dyn Write>,
    /// Colours or none.
    pub paint: Paint,
    /// Cells in a line.
    pub columns: usize,
    /// Print JSON instead.
    pub json: bool,
}

impl Screen {
    /// Standard output.
    pub(crate) fn standard(choice: crate::arguments::ColorChoice, json: bool) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let columns = match terminal_size::terminal_size() {
            Some((width, _)) if terminal => usize::from(width.0).clamp(40, COLUMNS_MAX),
            _ => PIPE_COLUMNS,
        };
        Self {
            out: Box::new(std::io::BufWriter::new(std::io::stdout())),
            paint: Paint::choose(choice, terminal),
            columns,
            json,
        }
    }

    /// One line.
    pub(crate) fn line(&mut self, text: &str) -> anyhow::Result<()> {
        writeln!(self.out, "{text}")?;
        Ok(())
    }

    /// A JSON value, indented.
    pub(crate) fn value(&mut self, value: &serde_json::Value) -> anyhow::Result<()> {
        serde_json::to_writer_pretty(&mut self.out, value)?;
        writeln!(self.out)?;
        Ok(())
    }

    /// Whatever is written goes out now.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A command that ends with an error has its own; a closed pipe is none.
        let _ = self.out.flush();
    }
}

/// Tells on standard error why the command failed, with the place in a filter marked.
#[allow(clippy::print_stderr)]
pub(crate) fn complain(error: &anyhow::Error) {
    let paint = Paint::choose(crate::arguments::ColorChoice::Auto, std::io::stderr().is_terminal());
    let mark = paint.paint(Style::Bad, "error:");
    eprintln!("{mark} {}", text::one_line(&format!("{error:#}"), 2_000));
    if let Some(filter) = error.downcast_ref::<BadFilter>() {
        eprintln!("  {}", text::one_line(&filter.filter, usize::MAX));
        let (from, to) = filter.place;
        eprintln!("  {}{}", " ".repeat(from), "^".repeat(to.saturating_sub(from).max(1)));
    }
}

/// A filter that the server refused, with the place.
#[derive(Debug, thiserror::Error)]
#[error("in the filter: {message}")]
pub(crate) struct BadFilter {
    message: String,
    filter: String,
    place: (usize, usize),
}

/// Adds the filter to a refusal that names a place in it.
pub(crate) fn with_filter(error: anyhow::Error, filter: &str) -> anyhow::Error {
    match error.downcast_ref::<Refusal>() {
        Some(Refusal { message, place: Some(place), .. }) => {
            BadFilter { message: message.clone(), filter: filter.to_owned(), place: *place }.into()
        }
        _ => error,
    }
}
