//! The rules. Each message says what to do.

use std::collections::BTreeSet;

use clew_tidy::{functions, read, tracked_files};

/// Which of our crates each crate may use: the levels of ARCHITECTURE.md.
const EDGES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("query", &["model"]),
    ("wire", &["model"]),
    ("store", &["model", "query"]),
    ("server", &["model", "query", "wire", "store"]),
    ("clew", &["model", "query", "wire", "store", "server"]),
    ("bench", &["model", "query", "wire", "store", "server"]),
    ("tidy", &[]),
];

const FILE_LINES_MAX: usize = 1_000;
const FUNCTION_LINES_MAX: usize = 100;

/// Functions that are long because they are flat. May only shrink.
const LONG_FUNCTIONS: &[&str] = &[];

/// Names that say nothing about what a thing is for.
const BANNED_NAMES: &[&str] = &["common", "utils", "util", "helpers", "helper", "misc", "mod"];

fn rust_files() -> Vec<String> {
    tracked_files(&[".rs"])
}

#[test]
fn crates_use_only_the_crates_below_them() {
    for manifest in tracked_files(&["Cargo.toml"]) {
        let Some(name) =
            manifest.strip_prefix("crates/").and_then(|p| p.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        let allowed: BTreeSet<String> = EDGES
            .iter()
            .find(|(edge, _)| *edge == name)
            .unwrap_or_else(|| panic!("{manifest}: give the crate its place in EDGES"))
            .1
            .iter()
            .map(|name| format!("clew-{name}"))
            .collect();
        let table: toml::Table = read(&manifest).parse().unwrap();
        let used = table.get("dependencies").and_then(|d| d.as_table());
        for dependency in used.into_iter().flatten().map(|(name, _)| name) {
            assert!(
                !dependency.starts_with("clew-") || allowed.contains(dependency),
                "{manifest} uses {dependency}, which is not below it; see ARCHITECTURE.md"
            );
        }
    }
}

#[test]
fn files_and_functions_stay_readable() {
    for path in rust_files() {
        let source = read(&path);
        let lines = source.lines().count();
        assert!(lines <= FILE_LINES_MAX, "{path} has {lines} lines; split it by idea");
        for function in functions(&source) {
            let name = format!("{path}:{}", function.name);
            assert!(
                function.length <= FUNCTION_LINES_MAX || LONG_FUNCTIONS.contains(&name.as_str()),
                "{path}:{} fn {} has {} lines; split it where a piece has a name",
                function.line,
                function.name,
                function.length
            );
        }
    }
}

#[test]
fn long_functions_on_the_list_are_still_long() {
    for name in LONG_FUNCTIONS {
        let (path, function) = name.rsplit_once(':').unwrap();
        let still_long = functions(&read(path))
            .iter()
            .any(|found| found.name == function && found.length > FUNCTION_LINES_MAX);
        assert!(still_long, "{name} is short now; take it off LONG_FUNCTIONS");
    }
}

#[test]
fn file_names_say_what_is_inside() {
    for path in tracked_files(&[".rs", ".py", ".ts", ".tsx", ".mjs"]) {
        let stem = path.rsplit('/').next().unwrap().split('.').next().unwrap();
        assert!(!BANNED_NAMES.contains(&stem), "{path}: name the file after its idea");
    }
}

#[test]
fn nothing_is_left_unfinished() {
    // Spelled apart so that this file does not find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    for path in tracked_files(&[".rs", ".py", ".ts", ".tsx", ".mjs", ".sh", "Makefile"]) {
        if path.starts_with("fixtures/") || path.starts_with("conformance/programs/") {
            continue;
        }
        let source = read(&path);
        for (number, line) in source.lines().enumerate() {
            for mark in marks {
                assert!(!line.contains(mark), "{path}:{}: finish it now: {line}", number + 1);
            }
        }
    }
}

#[test]
fn no_test_is_left_out() {
    let marks = [concat!("#[", "ignore"), concat!("cfg_attr(", "ignore")];
    for path in rust_files() {
        let source = read(&path);
        for mark in marks {
            assert!(
                !source.contains(mark),
                "{path}: run the test, or move what it measures to bench/"
            );
        }
    }
}

#[test]
fn lock_files_name_no_download_address() {
    for path in tracked_files(&["package-lock.json"]) {
        assert!(
            !read(&path).contains("\"resolved\": \"http"),
            "{path}: npm config set omit-lockfile-registry-resolved true, and write it again"
        );
    }
}

#[test]
fn the_function_finder_sees_what_rustfmt_writes() {
    let source = "impl A {\n    pub(crate) async fn one(\n        a: u8,\n    ) -> u8 {\n        a\n    }\n}\n\nfn two() {}\n\nfn three() {\n    four();\n}\n";
    let found: Vec<(String, usize)> =
        functions(source).into_iter().map(|f| (f.name, f.length)).collect();
    assert_eq!(found, [("one".to_owned(), 5), ("three".to_owned(), 3)]);
}
