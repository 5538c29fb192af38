//! Tables in Markdown, as they stand in docs/performance.md.

use std::io::Write;
use std::time::SystemTime;

/// Prints rows as they are measured, so that a long run shows how far it is.
pub(crate) struct Report {
    columns: usize,
}

impl Report {
    /// Says what machine this is.
    pub(crate) fn begin() -> anyhow::Result<Self> {
        let report = Self { columns: 0 };
        let days = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs() / 86_400;
        let cores = std::thread::available_parallelism()?;
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("unknown processor", |(_, model)| model);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or("?");
        report.write(&format!(
            "{cores} cores of {model}, load {load} before, day {days} since 1970"
        ))?;
        Ok(report)
    }

    /// A headline.
    pub(crate) fn section(&mut self, title: &str) -> anyhow::Result<()> {
        self.columns = 0;
        self.write(&format!("\n### {title}\n"))
    }

    /// A row: names and values. The first row of a section writes the head as well.
    pub(crate) fn row(&mut self, cells: &[(&str, String)]) -> anyhow::Result<()> {
        if self.columns != cells.len() {
            self.columns = cells.len();
            let heads: Vec<&str> = cells.iter().map(|(head, _)| *head).collect();
            self.write(&format!("| {} |", heads.join(" | ")))?;
            self.write(&format!("|{}", " --- |".repeat(heads.len())))?;
        }
        let values: Vec<&str> = cells.iter().map(|(_, value)| value.as_str()).collect();
        self.write(&format!("| {} |", values.join(" | ")))
    }

    fn write(&self, line: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        writeln!(out, "{line}")?;
        Ok(out.flush()?)
    }
}

/// The middle of the numbers, with the least and the most where there are several.
pub(crate) fn spread(numbers: &[f64], shown: impl Fn(f64) -> String) -> String {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = shown(median(&sorted));
    match (sorted.first(), sorted.last()) {
        (Some(least), Some(most)) if sorted.len() > 1 => {
            format!("{middle} ({} to {})", shown(*least), shown(*most))
        }
        _ => middle,
    }
}

/// The middle one.
pub(crate) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// `41.2 k`.
pub(crate) fn thousands(number: f64) -> String {
    format!("{:.1} k", number / 1e3)
}

/// `0.83`.
pub(crate) fn ratio(number: f64) -> String {
    format!("{number:.2}")
}

/// `12.4`.
pub(crate) fn one_place(number: f64) -> String {
    format!("{number:.1}")
}
