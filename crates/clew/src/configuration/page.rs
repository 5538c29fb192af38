//! docs/configuration.md, made from the table of settings.

use super::{SETTINGS, variable};

const HEAD: &str = "# Configuration

Default, file, environment, flag: the last that speaks wins. The file is TOML, `clew.toml`
in the data folder unless `--config` or `CLEW_CONFIG` names another; dots are tables, so
`ingest.max_body_bytes` may stand as `[ingest]` and `max_body_bytes = \"8MiB\"`. Unknown
names in it fail. A flag of `clew serve` sets any of them: `--set ingest.max_body_bytes=8MiB`.
`clew config` prints what holds and why.

Sizes take B, KB, MB, GB, KiB, MiB, GiB; times take ms, s, m, h, d.

<!-- Made from crates/clew/src/configuration/settings.rs: UPDATE_DOCS=1 cargo test -p clew -->

| setting | default | variable | what |
| --- | --- | --- | --- |
";

/// The page.
fn page() -> String {
    let rows = SETTINGS.iter().map(|setting| {
        let default = if setting.default.is_empty() {
            "not set".to_owned()
        } else {
            format!("`{}`", setting.default)
        };
        format!(
            "| `{}` | {default} | `{}` | {} |\n",
            setting.name,
            variable(setting.name),
            setting.help
        )
    });
    HEAD.to_owned() + &rows.collect::<String>()
}

#[test]
fn the_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, page(), "run UPDATE_DOCS=1 cargo test -p clew");
}
