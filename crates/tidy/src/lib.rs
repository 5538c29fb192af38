//! What a reviewer would otherwise have to say again and again: which crate may know
//! which, how long a file and a function may get, which names say nothing. The tests of
//! this crate hold it. An exception stands in a list there that may only shrink.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Paths of the files git tracks whose name ends in one of `endings`, relative to the root.
pub fn tracked_files(endings: &[&str]) -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output()
        .expect("git lists the tracked files");
    String::from_utf8_lossy(&output.stdout)
        .split('\0')
        .filter(|path| endings.iter().any(|ending| path.ends_with(ending)))
        .filter(|path| root().join(path).is_file())
        .map(str::to_owned)
        .collect()
}

/// Text of a tracked file.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A function found in a Rust file that rustfmt has laid out.
pub struct Function {
    /// Its name.
    pub name: String,
    /// Line of its `fn`, from 1.
    pub line: usize,
    /// Lines from `fn` to the closing brace.
    pub length: usize,
}

/// The functions of a Rust source. It relies on rustfmt: a body ends at the first line
/// that holds a lone closing brace at the indent of its `fn`.
pub fn functions(source: &str) -> Vec<Function> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let signature_only = lines[index..].iter().take(12).find_map(|later| {
            let text = later.trim_end();
            (text.ends_with('{') || text.ends_with(';') || text.ends_with('}'))
                .then(|| !text.ends_with('{'))
        });
        if signature_only.unwrap_or(true) {
            continue;
        }
        if let Some(length) = lines[index..].iter().position(|later| *later == closing) {
            found.push(Function { name, line: index + 1, length: length + 1 });
        }
    }
    found
}

fn function_name(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().skip_while(|word| {
        word.starts_with("pub") || ["async", "const", "unsafe", "extern"].contains(word)
    });
    (words.next()? == "fn").then_some(())?;
    let name: String =
        words.next()?.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    Some(name)
}
