//! Colours by meaning, and none where nobody sees them.

use crate::arguments::ColorChoice;

/// What a piece of text means. Colour is never the only sign of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Heads of tables, names.
    Strong,
    /// Ids, guide lines, hints.
    Faint,
    /// Failed.
    Bad,
    /// Errors inside, missing things.
    Warning,
    /// Went well.
    Good,
    /// Category agent.
    Agent,
    /// Category llm.
    Llm,
    /// Category tool.
    Tool,
    /// Categories that read or write a store.
    Store,
}

/// Writes styles, or leaves them out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    colors: bool,
}

impl Paint {
    /// `NO_COLOR` (no-color.org) and `TERM=dumb` turn colours off, `always` wins over both.
    pub(crate) fn choose(choice: ColorChoice, terminal: bool) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colors = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !unwanted,
        };
        Self { colors }
    }

    /// No colours.
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { colors: false }
    }

    /// `text` in `style`.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if !self.colors || text.is_empty() {
            return text.to_owned();
        }
        // The sixteen colours follow the reader's own palette, light or dark.
        let code = match style {
            Style::Strong => "1",
            Style::Faint => "2",
            Style::Bad => "31",
            Style::Warning => "33",
            Style::Good => "32",
            Style::Agent => "35",
            Style::Llm => "34",
            Style::Tool => "36",
            Style::Store => "32",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// The style of a category's word.
pub(crate) fn of_category(category: &str) -> Style {
    match category {
        "agent" | "workflow" => Style::Agent,
        "llm" => Style::Llm,
        "tool" => Style::Tool,
        "embedding" | "retrieval" | "reranker" | "memory" => Style::Store,
        _ => Style::Faint,
    }
}
