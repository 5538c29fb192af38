//! Writes the table of the files in `web/dist`, which `src/pages.rs` takes into the binary.
//! Building needs no Node: without that folder the table is empty, and `/ui/` says how to
//! build with pages (ADR 14).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Packed by the build of the pages, stands beside the file itself.
const PACKED: &str = ".gz";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Vec::new();
    let web = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("../../web");
    let dist = web.join("dist");
    if dist.is_dir() {
        println!("cargo::rerun-if-changed={}", dist.display());
        collect(&dist, &mut files)?;
    } else {
        // Cargo runs this at every build while a watched path is missing, so the folder in
        // which `dist` would appear is watched instead.
        println!("cargo::rerun-if-changed={}", web.display());
    }
    let out = Path::new(&variable("OUT_DIR")?).join("pages.rs");
    fs::write(out, table(&dist, &files)?)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|error| io::Error::other(format!("{name}: {error}")))
}

/// Every file below a folder, those that are packed forms of another left out.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if !path.to_string_lossy().ends_with(PACKED) {
            files.push(path);
        }
    }
    Ok(())
}

/// The table as Rust, sorted as `clew_server::Pages` wants it: by path.
fn table(dist: &Path, files: &[PathBuf]) -> io::Result<String> {
    let mut rows = Vec::new();
    for file in files {
        let path = file.strip_prefix(dist).map_err(io::Error::other)?;
        let path = path.to_string_lossy().replace('\\', "/");
        let packed = format!("{}{PACKED}", file.display());
        let gzip = match Path::new(&packed).is_file() {
            true => format!("Some(include_bytes!({packed:?}))"),
            false => "None".to_owned(),
        };
        rows.push((path, file, gzip));
    }
    rows.sort();
    let mut text = String::from("const FILES: &[PageFile] = &[\n");
    for (path, file, gzip) in rows {
        let identity = format!("include_bytes!({:?})", file.display().to_string());
        let row = format!("PageFile {{ path: {path:?}, identity: {identity}, gzip: {gzip} }}");
        writeln!(text, "    {row},").map_err(io::Error::other)?;
    }
    text.push_str("];\n");
    Ok(text)
}
