//! How far imports got, so that one that broke off goes on where it was. Losing it costs
//! time only: what is sent twice is kept once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Context;
use serde_json::{Value as Json, json};

/// Imports that are remembered; the smallest keys go first.
const ENTRIES_MAX: usize = 1_000;

/// The records that were taken, by file and server.
pub(super) struct Journal {
    /// `None` where there is no folder for it.
    file: Option<PathBuf>,
    server: String,
    done: BTreeMap<String, u64>,
}

impl Journal {
    /// Reads what is there; a damaged journal is an empty one.
    pub(super) fn open(server: &str) -> Journal {
        Journal::at(folder().map(|folder| folder.join("imports.json")), server)
    }

    fn at(file: Option<PathBuf>, server: &str) -> Journal {
        let text = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let json: Json = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let entries = json.as_object().into_iter().flatten();
        let done = entries.filter_map(|(key, count)| Some((key.clone(), count.as_u64()?)));
        Journal { file, server: server.to_owned(), done: done.collect() }
    }

    /// A file as it is now: another size or time is another file.
    pub(super) fn key(&self, path: &Path) -> anyhow::Result<String> {
        let path = path.canonicalize().context("its place cannot be found")?;
        let metadata = std::fs::metadata(&path)?;
        let changed =
            metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        Ok(format!("{} {} {changed} {}", self.server, metadata.len(), path.display()))
    }

    /// Records that the server has.
    pub(super) fn done(&self, key: &str) -> u64 {
        self.done.get(key).copied().unwrap_or(0)
    }

    pub(super) fn note(&mut self, key: &str, records: u64) {
        self.done.insert(key.to_owned(), records);
        while self.done.len() > ENTRIES_MAX {
            self.done.pop_first();
        }
        self.write();
    }

    pub(super) fn finished(&mut self, key: &str) {
        if self.done.remove(key).is_some() {
            self.write();
        }
    }

    /// Best effort: without a journal the next import just reads all again.
    fn write(&self) {
        let Some(file) = &self.file else { return };
        let Some(folder) = file.parent() else { return };
        let partial = file.with_extension("part");
        let _ = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&partial, json!(self.done).to_string()))
            .and_then(|()| std::fs::rename(&partial, file));
    }
}

/// Where programs of this user keep what should outlive them.
fn folder() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = named("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(named("HOME")?).join(".local/state")))?;
    Some(state.join("clew"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_that_broke_off_is_known_and_one_that_ended_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        std::fs::write(&file, "{}").unwrap();
        let at = Some(folder.path().join("imports.json"));
        let mut journal = Journal::at(at.clone(), "http://a");
        let key = journal.key(&file).unwrap();
        journal.note(&key, 7);
        assert_eq!(Journal::at(at.clone(), "http://a").done(&key), 7);
        let elsewhere = Journal::at(at.clone(), "http://b");
        assert_eq!(elsewhere.done(&elsewhere.key(&file).unwrap()), 0);
        std::fs::write(&file, "{}{}").unwrap();
        assert_eq!(journal.done(&journal.key(&file).unwrap()), 0);
        journal.finished(&key);
        assert_eq!(Journal::at(at, "http://a").done(&key), 0);
    }
}
