//! `clew reprice`

use serde_json::json;

use super::traces::plural;
use crate::client::Client;
use crate::render::Screen;
use crate::render::progress::Progress;

/// Works every computed cost out again. What senders reported stays.
pub(super) fn run(client: &Client, screen: &mut Screen) -> anyhow::Result<()> {
    let (mut after, mut traces, mut changed) = (None::<String>, 0, 0);
    let mut progress = Progress::new("repricing");
    loop {
        let answer = client.post("/api/v1/reprice", &json!({ "cursor": after }))?;
        traces += answer["traces"].as_u64().unwrap_or(0);
        changed += answer["changed"].as_u64().unwrap_or(0);
        progress.show(|| plural(traces as usize, "run"));
        after = answer["next_cursor"].as_str().map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    drop(progress);
    if screen.json {
        return screen.value(&json!({ "traces": traces, "changed": changed }));
    }
    screen.line(&format!(
        "looked at {}, the cost of {} changed",
        plural(traces as usize, "run"),
        plural(changed as usize, "run")
    ))
}
