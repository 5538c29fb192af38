//! Where the files of the pages come from.

use std::path::{Component, Path, PathBuf};

use bytes::Bytes;

/// A file of the pages, as the binary's build put it there.
#[derive(Debug, Clone, Copy)]
pub struct PageFile {
    /// Path under `/ui/`, with forward slashes.
    pub path: &'static str,
    /// Its bytes.
    pub identity: &'static [u8],
    /// The same packed with gzip, where the build of the pages packed it.
    pub gzip: Option<&'static [u8]>,
}

/// The pages that a server shows.
#[derive(Debug, Clone)]
pub enum Pages {
    /// None were built: `/ui/` says how to build them.
    Absent,
    /// Those of the binary, in the order of their paths.
    Built(&'static [PageFile]),
    /// Those in a folder, read anew each time: for development and tests.
    Folder(PathBuf),
}

/// What is sent for a file.
pub(super) struct Content {
    pub(super) content_type: &'static str,
    /// Of the unpacked bytes; 32 hex digits.
    pub(super) hash: String,
    pub(super) identity: Bytes,
    pub(super) gzip: Option<Bytes>,
}

impl Pages {
    /// The file at this path.
    pub(super) fn content(&self, path: &str) -> Option<Content> {
        let (identity, gzip) = match self {
            Pages::Absent => return None,
            Pages::Built(files) => {
                let place = files.binary_search_by(|file| file.path.cmp(path)).ok()?;
                let file = files.get(place)?;
                (Bytes::from_static(file.identity), file.gzip.map(Bytes::from_static))
            }
            Pages::Folder(folder) => {
                let file = folder.join(inside(path)?);
                let mut packed = file.clone().into_os_string();
                packed.push(".gz");
                (
                    Bytes::from(std::fs::read(file).ok()?),
                    std::fs::read(packed).ok().map(Bytes::from),
                )
            }
        };
        let hash = blake3::hash(&identity).to_hex().as_str().chars().take(32).collect();
        Some(Content { content_type: content_type(path), hash, identity, gzip })
    }
}

/// The path of a file in a folder; `None` where it would lead out of it.
fn inside(path: &str) -> Option<&Path> {
    let path = Path::new(path);
    path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
}

/// By the end of its name. What is not known is no page: browsers offer to save it.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_a_folder() {
        assert_eq!(inside("assets/app-1f.js"), Some(Path::new("assets/app-1f.js")));
        for path in ["../secret", "assets/../../secret", "/etc/passwd", "./index.html"] {
            assert_eq!(inside(path), None, "{path}");
        }
    }

    #[test]
    fn types_follow_from_names() {
        assert_eq!(content_type("assets/app-1f.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("index.html"), "text/html; charset=utf-8");
        assert_eq!(content_type("assets/inter-2a.woff2"), "font/woff2");
        assert_eq!(content_type("LICENSE"), "application/octet-stream");
    }
}
