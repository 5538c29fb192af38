//! Pages of rows, one after the other, and what is said below them.

use serde_json::{Value as Json, json};

use crate::arguments::Listing;
use crate::client::Client;
use crate::render::progress::Progress;
use crate::render::style::Style;
use crate::render::{Screen, with_filter};

/// Rows asked for at once.
const PAGE_ROWS: usize = 200;

/// Rows of a listing and what the server said about them.
pub(super) struct Rows {
    /// The rows, of as many pages as were wanted.
    pub rows: Vec<Json>,
    /// The last page without its rows: totals, hints, cursor.
    pub last_page: Json,
}

/// Reads rows under `name` from `path` until the limit, or to the end.
pub(super) fn fetch(
    client: &Client,
    path: &str,
    name: &str,
    listing: &Listing,
) -> anyhow::Result<Rows> {
    let filter = listing.filter.join(" ");
    let mut cursor = listing.cursor.clone();
    let mut rows: Vec<Json> = Vec::new();
    let mut progress = Progress::new("reading");
    loop {
        let wanted = if listing.all { PAGE_ROWS } else { listing.limit - rows.len() };
        let limit = wanted.min(PAGE_ROWS).to_string();
        let parameters = [
            ("filter", Some(filter.as_str()).filter(|filter| !filter.is_empty())),
            ("sort", listing.sort.as_deref()),
            ("limit", Some(limit.as_str())),
            ("cursor", cursor.as_deref()),
        ];
        let mut page =
            client.get(path, &parameters).map_err(|error| with_filter(error, &filter))?;
        if let Some(Json::Array(more)) = page.get_mut(name).map(Json::take) {
            rows.extend(more);
        }
        progress.show(|| format!("{} rows", rows.len()));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() || (!listing.all && rows.len() >= listing.limit) {
            return Ok(Rows { rows, last_page: page });
        }
    }
}

impl Rows {
    /// The rows as one JSON object, for programs.
    pub(super) fn into_json(self, name: &str) -> Json {
        let mut object = match self.last_page {
            Json::Object(object) => object,
            _ => serde_json::Map::new(),
        };
        object.insert(name.to_owned(), Json::Array(self.rows));
        json!(object)
    }

    /// Says what the rows do not: how many there are in all, how to go on, and hints.
    pub(super) fn footer(&self, screen: &mut Screen) -> anyhow::Result<()> {
        let page = &self.last_page;
        let faint = |screen: &mut Screen, text: String| {
            let text = screen.paint.paint(Style::Faint, &text);
            screen.line(&text)
        };
        if let Some(total) = page["total"].as_u64() {
            let least = if page["total_is"] == "at_least" { "at least " } else { "" };
            if total as usize > self.rows.len() || !least.is_empty() {
                faint(screen, format!("{} of {least}{total}", self.rows.len()))?;
            }
        }
        if let (Some(rows), Some(of)) =
            (page["scanned"]["rows"].as_u64(), page["scanned"]["of"].as_u64())
            && rows < of
        {
            faint(screen, format!("scanned {rows} of {of}"))?;
        }
        if let Some(cursor) = page["next_cursor"].as_str() {
            faint(screen, format!("go on with --cursor {cursor}, or --all"))?;
        }
        for hint in page["hints"].as_array().into_iter().flatten() {
            if let Some(message) = hint["message"].as_str() {
                let text = screen.paint.paint(Style::Warning, &format!("hint: {message}"));
                screen.line(&text)?;
            }
        }
        Ok(())
    }
}

/// The time now, nanoseconds since 1970 UTC, for "2m ago".
pub(super) fn now_nanos() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos() as i64)
}

/// Percent-encodes one part of a path.
pub(super) fn encoded(part: &str) -> String {
    part.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Asks on the terminal; without one, or with `--yes`, see the caller's `yes`.
pub(super) fn confirmed(question: &str, yes: bool) -> anyhow::Result<bool> {
    use std::io::{IsTerminal, Write};
    if yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        anyhow::bail!("{question} Nobody is there to ask; say --yes");
    }
    write!(std::io::stderr(), "{question} [y/N] ")?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
