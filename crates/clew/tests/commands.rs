//! The built binary as a person uses it: one server, the demo, and every command.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

/// A `clew serve` on free ports that ends with the test.
struct Served {
    child: Child,
    folder: tempfile::TempDir,
}

impl Served {
    fn start(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let child = clew(folder.path())
            .args(["serve", "--port", "0", "--otlp-grpc-port", "off", "--otlp-http-port", "off"])
            .args(flags)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let served = Self { child, folder };
        let begin = Instant::now();
        while !served.folder.path().join("server.json").exists() {
            assert!(begin.elapsed() < Duration::from_secs(30), "the server did not start");
            std::thread::yield_now();
        }
        served
    }

    fn run(&self, arguments: &[&str]) -> Output {
        clew(self.folder.path()).args(arguments).output().unwrap()
    }

    /// What a command that succeeds prints.
    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "clew {arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Json {
        let mut all = arguments.to_vec();
        all.push("--json");
        serde_json::from_str(&self.text(&all)).unwrap()
    }

    /// What a command that fails says.
    fn failure(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "clew {arguments:?} should fail");
        String::from_utf8(output.stderr).unwrap()
    }

    fn failing_run(&self) -> String {
        let list = self.json(&["traces", "list", "root_status:error"]);
        list["traces"][0]["trace_id"].as_str().unwrap().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary, without the settings of whoever runs the test.
fn clew(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clew"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CLEW_")) {
        command.env_remove(name);
    }
    command.env("CLEW_DATA", data);
    command
}

#[test]
fn the_demo_is_listed_shown_and_counted() {
    let served = Served::start(&[]);
    assert!(served.text(&["traces", "list"]).starts_with("no runs yet"));
    let sent = served.text(&["demo"]);
    assert!(sent.starts_with("sent 7 runs with 233 spans:"), "{sent}");
    // The same runs again are the same runs.
    served.text(&["demo"]);

    let list = served.json(&["traces", "list"]);
    assert_eq!(list["total"], 8);
    let table = served.text(&["traces", "list"]);
    assert!(table.starts_with("STARTED  NAME"), "{table}");
    assert!(table.contains("✗ failed") && table.contains("! 1 failed") && table.contains("✓ ok"));

    let id = served.failing_run();
    let tree = served.text(&["traces", "show", &id[..8]]);
    assert!(tree.contains("✗ Failed"), "{tree}");
    assert!(tree.contains("200 spans · 100 model calls · 98 tool calls"), "{tree}");
    assert!(tree.contains("ContextLengthExceeded"), "{tree}");
    assert!(tree.contains("agent reviewer"), "{tree}");
    assert!(!tree.contains('\x1b'), "a pipe gets no colours");

    let conversation = served.text(&["traces", "show", &id, "--transcript"]);
    assert!(conversation.contains("The nightly build is red"), "{conversation}");
    assert!(conversation.contains("read_file x14"), "a loop is folded: {conversation}");

    // Totals agree between list, detail, statistics and sessions.
    let row = &served.json(&["traces", "list", &format!("trace:{id}")])["traces"][0].clone();
    let detail = served.json(&["traces", "show", &id]);
    assert_eq!(detail["trace"]["usage"], row["usage"]);
    let stats = served.json(&["traces", "stats", "agent:coder"]);
    assert_eq!(stats["rows"][0]["usage"]["input"], row["usage"]["input"]);
    assert_eq!(stats["rows"][0]["cost"]["total"], row["cost"]["total"]);
    let session = served.json(&["sessions", "show", "nightly-2026-11"]);
    assert_eq!(session["session"]["usage"]["input"], row["usage"]["input"]);

    let spans = served.json(&["spans", "list", "status:error"]);
    assert_eq!(spans["total"], 5);
    assert!(served.text(&["agents"]).contains("coder"));
    assert!(served.text(&["traces", "search", "defrosting"]).contains("planner"));
}

#[test]
fn a_wrong_filter_is_marked_at_its_place() {
    let served = Served::start(&[]);
    assert_eq!(
        served.failure(&["traces", "list", "durration > 2s"]),
        "error: in the filter: unknown field \"durration\"; did you mean duration?\n  durration > 2s\n  ^^^^^^^^^\n"
    );
    let error = served.failure(&["traces", "show", "feedbeef"]);
    assert_eq!(error, "error: no run's id begins with feedbeef\n");
}

#[test]
fn what_is_exported_is_imported_once() {
    let served = Served::start(&[]);
    served.text(&["demo"]);
    let file = served.folder.path().join("all.jsonl.gz");
    let file = file.to_str().unwrap();
    served.text(&["traces", "export", "--output", file]);

    let other = Served::start(&[]);
    other.text(&["import", file]);
    other.text(&["import", file]);
    let strip = |mut list: Json| {
        for row in list["traces"].as_array_mut().unwrap() {
            let row = row.as_object_mut().unwrap();
            // When it arrived, and which agent row was made for it, are its own.
            let own =
                ["arrived_nanos", "last_arrival_nanos", "agent", "state", "receipt", "commit_seq"];
            for own in own {
                row.remove(own);
            }
        }
        list["traces"].clone()
    };
    assert_eq!(strip(other.json(&["traces", "list"])), strip(served.json(&["traces", "list"])));
}

#[test]
fn keys_are_shown_once_and_can_be_revoked() {
    let served = Served::start(&[
        "--open",
        "false",
        "--set",
        "admin_key=aos_ws_admin000000000000000000000000000000000000000",
    ]);
    let error = served.failure(&["traces", "list", "--key", "aos_ws_wrong"]);
    assert!(error.contains("key"), "{error}");
    assert!(!error.contains("aos_ws_wrong"), "an error never repeats a key: {error}");
    let made = served.json(&["keys", "create", "--name", "ci", "--scopes", "read"]);
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("aos_ws_"));
    served.text(&["traces", "list", "--key", key]);
    let error = served.failure(&["keys", "list", "--key", key]);
    assert!(error.contains("admin"), "the scope that is missing is named: {error}");
    let listed = served.text(&["keys", "list"]);
    assert!(listed.contains("ci") && !listed.contains(key), "{listed}");
    let id = made["id"].to_string();
    served.text(&["keys", "revoke", id.trim_matches('"')]);
    served.failure(&["traces", "list", "--key", key]);
}

#[test]
fn a_folder_without_a_server_is_opened_by_the_command() {
    let served = Served::start(&[]);
    served.text(&["demo"]);
    let id = served.failing_run();
    let copy = served.folder.path().join("copy.db");
    served.text(&["backup", copy.to_str().unwrap()]);

    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(&copy, folder.path().join("clew.db")).unwrap();
    let output = clew(folder.path()).args(["traces", "show", &id]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("200 spans"), "{output:?}");
    let doctor = clew(folder.path()).args(["doctor"]).output().unwrap();
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("✓ nothing is wrong"), "{doctor:?}");

    let deleted = clew(folder.path()).args(["traces", "delete", &id, "--yes"]).output().unwrap();
    assert!(deleted.status.success(), "{deleted:?}");
    let gone = clew(folder.path()).args(["traces", "show", &id]).output().unwrap();
    assert!(!gone.status.success());
}

#[test]
fn settings_say_where_they_come_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("clew.toml"), "port = 3000\n").unwrap();
    let output = clew(folder.path()).args(["config", "--json"]).output().unwrap();
    let settings: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(settings["port"]["value"], "3000");
    assert!(settings["port"]["from"].as_str().unwrap().ends_with("clew.toml"));
    std::fs::write(folder.path().join("clew.toml"), "prot = 3000\n").unwrap();
    let output = clew(folder.path()).args(["config"]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("did you mean `port`?"), "{error}");
}

#[test]
fn an_address_that_needs_tls_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let output = clew(folder.path())
        .args(["traces", "list", "--server", "https://clew.test"])
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(error.starts_with("error: https://clew.test: commands speak no TLS"), "{error}");
}

#[test]
fn completions_are_made_for_each_shell() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = clew(folder.path()).args(["completions", shell]).output().unwrap();
        assert!(output.status.success() && output.stdout.len() > 1_000, "{shell}");
    }
}

#[test]
fn the_first_key_of_a_folder_is_made_in_that_folder() {
    let folder = tempfile::tempdir().unwrap();
    let made = clew(folder.path())
        .args(["keys", "create", "--name", "first", "--scopes", "admin", "--json"])
        .output()
        .unwrap();
    let made: Json = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(made["id"], 1);
    assert!(folder.path().join("clew.db").exists());
    let listed = clew(folder.path()).args(["keys", "list"]).output().unwrap();
    assert!(String::from_utf8_lossy(&listed.stdout).contains("first"), "{listed:?}");

    // A folder that was named is never read from another Clew that happens to run.
    let other = tempfile::tempdir().unwrap();
    let refused = clew(other.path()).args(["traces", "list"]).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("is no data folder"), "{said}");
}
