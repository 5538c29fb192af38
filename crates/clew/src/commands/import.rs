//! `clew traces import`

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;
use serde_json::{Value as Json, json};

use crate::client::Client;
use crate::render::progress::Progress;
use crate::render::style::Style;
use crate::render::{Screen, numbers};

/// What was read and what the server took.
#[derive(Default)]
struct Tally {
    lines: u64,
    rejected: u64,
    reasons: Vec<String>,
}

/// Reasons that are shown; the rest is a number.
const REASONS_SHOWN: usize = 5;

/// Sends each line of each file. Lines that were sent before change nothing, so an import
/// that broke off is simply run again.
pub(super) fn run(client: &Client, files: &[PathBuf], screen: &mut Screen) -> anyhow::Result<()> {
    let mut tally = Tally::default();
    for file in files {
        import(client, file, &mut tally)?;
    }
    if screen.json {
        return screen.value(&json!({
            "lines": tally.lines, "rejected_spans": tally.rejected, "reasons": tally.reasons,
        }));
    }
    screen.line(&format!("imported {} lines", numbers::grouped(tally.lines)))?;
    if tally.rejected > 0 {
        let text = format!("{} spans were refused:", numbers::grouped(tally.rejected));
        let text = screen.paint.paint(Style::Warning, &text);
        screen.line(&text)?;
        for reason in tally.reasons.iter().take(REASONS_SHOWN) {
            screen.line(&format!("  {}", crate::render::text::one_line(reason, 200)))?;
        }
    }
    Ok(())
}

fn import(client: &Client, file: &Path, tally: &mut Tally) -> anyhow::Result<()> {
    let shown = file.display();
    let raw: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(file).with_context(|| format!("cannot read {shown}"))?)
    };
    let mut progress = Progress::new("importing");
    for (number, line) in plain(raw)?.lines().enumerate() {
        let line = line.with_context(|| format!("{shown}, line {}", number + 1))?;
        if line.trim().is_empty() {
            continue;
        }
        let path = path_of(&line).with_context(|| format!("{shown}, line {}", number + 1))?;
        let answer = client
            .post_bytes(path, "application/json", None, line.as_bytes())
            .with_context(|| format!("{shown}, line {}", number + 1))?;
        note(&answer, tally);
        tally.lines += 1;
        progress.show(|| format!("{} lines", numbers::grouped(tally.lines)));
    }
    Ok(())
}

/// Unpacks gzip, known by its first two bytes whatever the file is called.
fn plain(raw: Box<dyn Read>) -> anyhow::Result<Box<dyn BufRead>> {
    let mut reader = BufReader::with_capacity(1 << 16, raw);
    if reader.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(reader))));
    }
    Ok(Box::new(reader))
}

/// Where a line belongs, by the first key that OTLP gives such a request.
fn path_of(line: &str) -> anyhow::Result<&'static str> {
    let known = [
        ("\"resourceSpans\"", "/v1/traces"),
        ("\"resource_spans\"", "/v1/traces"),
        ("\"resourceLogs\"", "/v1/logs"),
        ("\"resource_logs\"", "/v1/logs"),
    ];
    let first = known
        .iter()
        .filter_map(|(key, path)| Some((line.find(key)?, *path)))
        .min_by_key(|(place, _)| *place);
    match first {
        Some((_, path)) => Ok(path),
        None => {
            bail!("this is no OTLP JSON: an object with resourceSpans is expected in each line")
        }
    }
}

fn note(answer: &Json, tally: &mut Tally) {
    let partial = &answer["partialSuccess"];
    let rejected = &partial["rejectedSpans"];
    tally.rejected += rejected.as_u64().or_else(|| rejected.as_str()?.parse().ok()).unwrap_or(0);
    if let Some(message) = partial["errorMessage"].as_str().filter(|text| !text.is_empty()) {
        tally.reasons.push(message.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_where_its_first_key_says() {
        assert_eq!(
            path_of(r#"{"resourceSpans":[{"x":"\"resourceLogs\""}]}"#).unwrap(),
            "/v1/traces"
        );
        assert_eq!(path_of(r#"{"resourceLogs":[]}"#).unwrap(), "/v1/logs");
        assert!(path_of("[]").is_err());
    }

    #[test]
    fn refused_spans_are_counted_in_both_spellings_of_numbers() {
        let mut tally = Tally::default();
        note(
            &json!({"partialSuccess": {"rejectedSpans": "2", "errorMessage": "bad id"}}),
            &mut tally,
        );
        note(&json!({"partialSuccess": {"rejectedSpans": 1}}), &mut tally);
        note(&json!({}), &mut tally);
        assert_eq!((tally.rejected, tally.reasons), (3, vec!["bad id".to_owned()]));
    }
}
