//! The files that an argument names: itself, or those in a folder; and the files of one
//! Claude Code session, which belong together.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value as Json;

use crate::arguments::ImportFormat;

/// Files that are looked for in folders.
const ENDINGS: &[&str] = &["jsonl", "ndjson", "json", "gz", "pb", "binpb", "otlp"];
/// Where Claude Code keeps the sub-agents of a session, beside the session's file.
const AGENTS_FOLDER: &str = "subagents";
/// Folders inside folders are followed this deep.
const DEPTH_MAX: usize = 16;

/// Something to import.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Standard input.
    Standard,
    /// A file.
    File(PathBuf),
    /// A session of Claude Code with the files of its sub-agents.
    Session { main: PathBuf, agents: Vec<PathBuf> },
}

impl Found {
    pub(super) fn shown(&self) -> String {
        match self {
            Found::Standard => "standard input".to_owned(),
            Found::File(path) | Found::Session { main: path, .. } => path.display().to_string(),
        }
    }
}

/// Everything that the arguments name, in order of path.
pub(super) fn find(
    arguments: &[PathBuf],
    format: Option<ImportFormat>,
) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    for argument in arguments {
        if argument.as_os_str() == "-" {
            found.push(Found::Standard);
            continue;
        }
        let metadata = std::fs::metadata(argument)
            .with_context(|| format!("cannot read {}", argument.display()))?;
        if !metadata.is_dir() {
            found.push(of_file(argument.clone(), format));
            continue;
        }
        let before = found.len();
        let mut files = Vec::new();
        gather(argument, 0, &mut files)?;
        files.sort();
        found.extend(files.into_iter().map(|file| of_file(file, format)));
        if found.len() == before {
            bail!("{} holds no file that ends in {}", argument.display(), ENDINGS.join(", "));
        }
    }
    Ok(found)
}

fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if depth > DEPTH_MAX || folder.file_name().is_some_and(|name| name == AGENTS_FOLDER) {
        return Ok(());
    }
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            gather(&path, depth + 1, files)?;
        } else if path
            .extension()
            .is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
        {
            files.push(path);
        }
    }
    Ok(())
}

fn of_file(path: PathBuf, format: Option<ImportFormat>) -> Found {
    let is_session = match format {
        Some(format) => format == ImportFormat::ClaudeCode,
        None => path.extension().is_some_and(|ending| ending == "jsonl") && is_session(&path),
    };
    if !is_session {
        return Found::File(path);
    }
    let folder = path.with_extension("").join(AGENTS_FOLDER);
    let mut agents: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl" || ending == "json"))
        .collect();
    agents.sort();
    Found::Session { main: path, agents }
}

/// The first line with a session's id and a type tells it; a file that cannot be read says
/// so when it is imported.
fn is_session(path: &Path) -> bool {
    use std::io::BufRead;
    let Ok(file) = std::fs::File::open(path) else { return false };
    let first = std::io::BufReader::new(file).lines().next();
    let Some(Ok(line)) = first else { return false };
    let json: Json = serde_json::from_str(&line).unwrap_or_default();
    json["type"].is_string() && (json["sessionId"].is_string() || json["leafUuid"].is_string())
}

/// The lines of a session and of its sub-agents; what is told of a sub-agent in a file of
/// its own becomes a line.
pub(super) fn session_body(main: &Path, agents: &[PathBuf]) -> anyhow::Result<Vec<u8>> {
    let read = |path: &Path| {
        std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let mut body = read(main)?;
    for file in agents {
        let mut bytes = read(file)?;
        if file.extension().is_some_and(|ending| ending == "json") {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let agent =
                name.strip_prefix("agent-").and_then(|rest| rest.strip_suffix(".meta.json"));
            let Some(agent) = agent else { continue };
            let mut json: Json = serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is no JSON", file.display()))?;
            json["type"] = "agent-meta".into();
            json["agentId"] = agent.into();
            bytes = json.to_string().into_bytes();
        }
        if !body.ends_with(b"\n") {
            body.push(b'\n');
        }
        body.extend_from_slice(&bytes);
    }
    Ok(body)
}
