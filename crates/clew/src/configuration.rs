//! Settings: default, file, environment, flag, in that order; the last that speaks wins.
//!
//! One table names every setting. The file is TOML (`clew.toml`), a variable is the
//! setting's name in capitals behind `CLEW_` with dots as underscores, and unknown names
//! in the file fail: a misspelt limit that is silently ignored is worse than none.

mod apply;
#[cfg(test)]
mod page;
mod settings;
mod size;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

pub(crate) use apply::{server_config, store_options};
pub(crate) use settings::{SETTINGS, Setting};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody said anything.
    Default,
    /// The file.
    File(PathBuf),
    /// This variable.
    Environment(String),
    /// A flag of the command line.
    Flag,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File(path) => write!(f, "{}", path.display()),
            Source::Environment(name) => write!(f, "${name}"),
            Source::Flag => f.write_str("flag"),
        }
    }
}

/// The value of every setting and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    values: BTreeMap<&'static str, (String, Source)>,
}

/// Name of the file that is read from the data folder when none is named.
const FILE_NAME: &str = "clew.toml";

impl Configuration {
    /// Reads the file (the named one, else `clew.toml` in the data folder if it is there),
    /// the environment and `flags`, pairs of a setting's name and a value.
    pub(crate) fn load(
        named_file: Option<&Path>,
        data: &Path,
        environment: impl Fn(&str) -> Option<String>,
        flags: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let mut values: BTreeMap<_, _> = SETTINGS
            .iter()
            .map(|setting| (setting.name, (setting.default.to_owned(), Source::Default)))
            .collect();
        let file = named_file.map_or_else(|| data.join(FILE_NAME), Path::to_path_buf);
        if named_file.is_some() || file.exists() {
            for (name, value) in read_file(&file)? {
                let setting = known(&name).with_context(|| format!("in {}", file.display()))?;
                values.insert(setting.name, (value, Source::File(file.clone())));
            }
        }
        for setting in SETTINGS {
            let variable = variable(setting.name);
            if let Some(value) = environment(&variable) {
                values.insert(setting.name, (value, Source::Environment(variable)));
            }
        }
        for (name, value) in flags {
            values.insert(known(name)?.name, (value.clone(), Source::Flag));
        }
        let configuration = Self { values };
        for setting in SETTINGS {
            configuration.check(setting)?;
        }
        Ok(configuration)
    }

    /// The value of a setting of the table, as text.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |(value, _)| value)
    }

    /// Where it comes from.
    pub(crate) fn source(&self, name: &str) -> &Source {
        self.values.get(name).map_or(&Source::Default, |(_, source)| source)
    }

    fn check(&self, setting: &Setting) -> anyhow::Result<()> {
        let value = self.get(setting.name);
        if value.is_empty() && setting.default.is_empty() {
            return Ok(());
        }
        setting.kind.check(value).map_err(|problem| {
            let from = self.source(setting.name);
            anyhow::anyhow!("{} = `{value}` (from {from}): {problem}", setting.name)
        })
    }
}

/// The variable that sets `name`.
pub(crate) fn variable(name: &str) -> String {
    format!("CLEW_{}", name.replace('.', "_").to_uppercase())
}

fn known(name: &str) -> anyhow::Result<&'static Setting> {
    if let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) {
        return Ok(setting);
    }
    let nearest = SETTINGS
        .iter()
        .map(|setting| (distance(name, setting.name), setting.name))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    match nearest {
        Some((_, near)) => bail!("there is no setting `{name}`; did you mean `{near}`?"),
        None => bail!("there is no setting `{name}`; `clew config` lists them all"),
    }
}

/// Edits from one text to the other (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (corner + usize::from(a != *b)).min(above + 1).min(row[j] + 1);
            corner = above;
        }
    }
    row[right.len()]
}

fn read_file(path: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration {}", path.display()))?;
    let table: toml::Table =
        text.parse().with_context(|| format!("{} is no valid TOML", path.display()))?;
    let mut flat = Vec::new();
    flatten("", &toml::Value::Table(table), &mut flat);
    Ok(flat)
}

/// Tables become dotted names, arrays comma-separated text.
fn flatten(prefix: &str, value: &toml::Value, flat: &mut Vec<(String, String)>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&name, value, flat);
            }
        }
        toml::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            flat.push((prefix.to_owned(), items.join(",")));
        }
        other => flat.push((prefix.to_owned(), plain(other))),
    }
}

fn plain(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(
        file: &str,
        variables: &[(&str, &str)],
        flags: &[(&str, &str)],
    ) -> anyhow::Result<Configuration> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), file).unwrap();
        let flags: Vec<(String, String)> =
            flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let environment = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Configuration::load(None, folder.path(), environment, &flags)
    }

    #[test]
    fn the_last_that_speaks_wins() {
        let file = "port = 3000\notlp_http_port = \"off\"\n[ingest]\nmax_body_bytes = \"8MiB\"\n";
        let configuration =
            load(file, &[("CLEW_PORT", "3001"), ("CLEW_OTLP_HTTP_PORT", "0")], &[("port", "3002")])
                .unwrap();
        assert_eq!(configuration.get("port"), "3002");
        assert_eq!(configuration.source("port"), &Source::Flag);
        assert_eq!(configuration.get("otlp_http_port"), "0");
        assert_eq!(configuration.get("ingest.max_body_bytes"), "8MiB");
        assert_eq!(configuration.get("otlp_grpc_port"), "4317");
        assert_eq!(configuration.source("otlp_grpc_port"), &Source::Default);
    }

    #[test]
    fn unknown_and_unreadable_settings_fail_with_the_way_out() {
        let message = |error: anyhow::Error| format!("{error:#}");
        let error = message(load("prot = 1\n", &[], &[]).unwrap_err());
        assert!(error.contains("there is no setting `prot`; did you mean `port`?"), "{error}");
        let error = message(load("", &[("CLEW_PORT", "many")], &[]).unwrap_err());
        assert!(error.starts_with("port = `many` (from $CLEW_PORT): "), "{error}");
        let error =
            message(load("ingest = {max_body_bytes = \"8 horses\"}\n", &[], &[]).unwrap_err());
        assert!(error.contains("8 horses"), "{error}");
        let error = message(load("port = [\n", &[], &[]).unwrap_err());
        assert!(error.contains("is no valid TOML"), "{error}");
    }

    #[test]
    fn every_default_is_a_value_of_its_kind() {
        load("", &[], &[]).unwrap();
    }
}
