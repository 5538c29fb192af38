//! `clew traces export`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::client::Client;
use crate::render::progress::Progress;
use crate::render::{Screen, numbers, with_filter};

/// Writes the runs that `filter` names as OTLP JSON lines. A file appears under its name
/// only when it is whole.
pub(super) fn run(
    client: &Client,
    filter: &str,
    output: Option<&Path>,
    screen: &mut Screen,
) -> anyhow::Result<()> {
    let filter = ids_as_filter(filter);
    let parameters = [("filter", Some(filter.as_str()).filter(|text| !text.is_empty()))];
    let lines = client
        .lines("/api/v1/export", &parameters, "application/jsonl")
        .map_err(|error| with_filter(error, &filter))?;
    let Some(path) = output else {
        for line in lines {
            screen.line(&line.context("the export broke off")?)?;
        }
        return Ok(());
    };
    let partial = path.with_extension("part");
    let file =
        File::create(&partial).with_context(|| format!("cannot write {}", partial.display()))?;
    let compressed = path.extension().is_some_and(|ending| ending == "gz");
    let mut writer: Box<dyn Write> = if compressed {
        Box::new(GzEncoder::new(BufWriter::new(file), Compression::default()))
    } else {
        Box::new(BufWriter::new(file))
    };
    let (mut count, mut bytes) = (0_u64, 0_u64);
    let mut progress = Progress::new("exporting");
    for line in lines {
        let line = line.context("the export broke off; nothing was written")?;
        writeln!(writer, "{line}")?;
        count += 1;
        bytes += line.len() as u64 + 1;
        progress.show(|| format!("{} lines, {}", numbers::grouped(count), numbers::bytes(bytes)));
    }
    writer.flush()?;
    drop(writer);
    drop(progress);
    std::fs::rename(&partial, path).with_context(|| format!("cannot write {}", path.display()))?;
    if screen.json {
        return screen.value(&json!({ "lines": count, "bytes": bytes, "file": path }));
    }
    let size = numbers::bytes(bytes);
    screen.line(&format!(
        "wrote {} lines, {size} before compression, to {}",
        numbers::grouped(count),
        path.display()
    ))
}

/// Bare ids of runs are understood as a filter for them.
fn ids_as_filter(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_id = |word: &&str| word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit());
    if words.is_empty() || !words.iter().all(is_id) {
        return text.to_owned();
    }
    let terms: Vec<String> = words
        .iter()
        .map(|id| if id.len() == 32 { format!("trace:{id}") } else { format!("trace:{id}*") })
        .collect();
    terms.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_a_filter_and_filters_stay() {
        assert_eq!(ids_as_filter("605fefe3"), "trace:605fefe3*");
        assert_eq!(
            ids_as_filter("605fefe378ea52b31a28792f24513bb7 deadbeef"),
            "trace:605fefe378ea52b31a28792f24513bb7 or trace:deadbeef*"
        );
        assert_eq!(ids_as_filter("status:error"), "status:error");
        assert_eq!(ids_as_filter(""), "");
    }
}
