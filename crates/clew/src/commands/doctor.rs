//! `clew doctor`: is the data folder sound, and how large is what.

use std::process::ExitCode;

use serde_json::Value as Json;

use crate::arguments::{Doctor, Target};
use crate::connection::Connection;
use crate::render::progress::Progress;
use crate::render::style::Style;
use crate::render::{Screen, numbers, text};

/// Exit code 1 says that something is wrong.
pub(super) fn run(
    target: &Target,
    doctor: &Doctor,
    screen: &mut Screen,
) -> anyhow::Result<ExitCode> {
    let connection = Connection::find(target)?;
    if doctor.ready {
        connection.client.get("/readyz", &[])?;
        screen.line("ready")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut progress = Progress::new("checking");
    progress.show(|| "reading every block".to_owned());
    let report = connection.client.get("/api/v1/check", &[])?;
    drop(progress);
    let problems = report["problems"].as_array().cloned().unwrap_or_default();
    if screen.json {
        screen.value(&report)?;
    } else {
        print(&report, &problems, screen)?;
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(report: &Json, problems: &[Json], screen: &mut Screen) -> anyhow::Result<()> {
    for (what, key) in [
        ("runs", "traces"),
        ("spans", "spans"),
        ("log records", "log_records"),
        ("chunks", "chunks"),
        ("message blocks", "blocks"),
    ] {
        if let Some(count) = report["counts"][key].as_u64() {
            screen.line(&format!("{:>14}  {}", numbers::grouped(count), what))?;
        }
    }
    if let Json::Object(sizes) = &report["sizes"] {
        for (what, size) in sizes {
            if let Some(size) = size.as_u64().filter(|_| what.ends_with("_bytes")) {
                let what = what.trim_end_matches("_bytes").replace('_', " ");
                screen.line(&format!("{:>14}  {what}", numbers::bytes(size)))?;
            }
        }
    }
    if problems.is_empty() {
        let text = screen.paint.paint(Style::Good, "✓ nothing is wrong");
        return screen.line(&text);
    }
    for problem in problems {
        let said = problem["message"].as_str().or(problem.as_str()).unwrap_or_default();
        let line = format!("✗ {}", text::one_line(said, 400));
        let line = screen.paint.paint(Style::Bad, &line);
        screen.line(&line)?;
    }
    screen.line("restore the last `clew backup`, or keep going: what is broken is left out of answers, the rest is sound")
}
