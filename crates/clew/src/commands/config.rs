//! `clew config`: what holds, and why.

use std::process::ExitCode;

use serde_json::{Map, json};

use crate::arguments::Target;
use crate::configuration::{Configuration, SETTINGS, Source, variable};
use crate::render::Screen;
use crate::render::style::Style;
use crate::render::table::{self, Cell, Column, cell, fixed, flexible};

const COLUMNS: [Column; 4] = [
    fixed("SETTING"),
    flexible("VALUE", 10),
    flexible("FROM", 8),
    flexible("WHAT", 20).dispensable(1),
];

/// What stands for a secret.
const HIDDEN: &str = "(set)";

/// Prints every setting.
pub(super) fn run(target: &Target, screen: &mut Screen) -> anyhow::Result<ExitCode> {
    let configuration = load(target, &[])?;
    let value = |name: &str| match (name, configuration.get(name)) {
        ("admin_key", key) if !key.is_empty() => HIDDEN.to_owned(),
        (_, value) => value.to_owned(),
    };
    if screen.json {
        let all: Map<_, _> = SETTINGS
            .iter()
            .map(|setting| {
                let said = json!({
                    "value": value(setting.name),
                    "default": setting.default,
                    "from": configuration.source(setting.name).to_string(),
                    "variable": variable(setting.name),
                    "help": setting.help,
                });
                (setting.name.to_owned(), said)
            })
            .collect();
        screen.value(&json!(all))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<Cell>> = SETTINGS
        .iter()
        .map(|setting| {
            let source = configuration.source(setting.name);
            let from = cell(source.to_string());
            let from = if *source == Source::Default { from.styled(Style::Faint) } else { from };
            let shown = value(setting.name);
            let shown = if shown.is_empty() { "-".to_owned() } else { shown };
            vec![cell(setting.name), cell(shown), from, cell(setting.help).styled(Style::Faint)]
        })
        .collect();
    for line in table::lines(&COLUMNS, &rows, screen.columns, screen.paint) {
        screen.line(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Settings for a command that knows its data folder.
pub(crate) fn load(target: &Target, flags: &[(String, String)]) -> anyhow::Result<Configuration> {
    let environment = |name: &str| std::env::var(name).ok();
    Configuration::load(target.config.as_deref(), &target.data, environment, flags)
}
