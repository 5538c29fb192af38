//! `clew backup`

use std::fs::OpenOptions;
use std::io::Write;

use anyhow::Context;
use serde_json::json;

use crate::arguments::Backup;
use crate::client::Client;
use crate::render::progress::Progress;
use crate::render::{Screen, numbers};

/// Copies the store into one file while it is in use. The server makes a copy of one
/// moment and sends it; the file has its name only when it is whole.
pub(super) fn run(client: &Client, backup: &Backup, screen: &mut Screen) -> anyhow::Result<()> {
    let shown = backup.file.display();
    if backup.file.exists() {
        anyhow::bail!("{shown} is there already; name a new file");
    }
    let partial = backup.file.with_extension("part");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&partial)
        .with_context(|| format!("cannot write {}", partial.display()))?;
    let mut reader = client.download("/api/v1/backup")?;
    let mut progress = Progress::new("copying");
    let mut bytes = 0_u64;
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = reader.read(&mut buffer).context("the copy broke off; nothing was kept")?;
        if read == 0 {
            break;
        }
        file.write_all(&buffer[..read])?;
        bytes += read as u64;
        progress.show(|| numbers::bytes(bytes));
    }
    file.sync_all()?;
    drop(progress);
    std::fs::rename(&partial, &backup.file).with_context(|| format!("cannot write {shown}"))?;
    if screen.json {
        return screen.value(&json!({ "file": backup.file, "bytes": bytes }));
    }
    screen.line(&format!("wrote {shown} ({})", numbers::bytes(bytes)))?;
    screen.line("to go back to it: stop Clew, and put it as clew.db into an empty data folder")
}
