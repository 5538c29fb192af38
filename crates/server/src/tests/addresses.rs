//! Whose every path is (ruling 2), as docs/addresses.md tells it. `UPDATE_DOCS=1` writes the
//! page; what changed in it is read by whoever reviews.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::routes::{Dialect, Owner, ROUTES, Route};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/addresses.md");

const INTRODUCTION: &str = "\
# Addresses

Every path of the server outside of its own API (`/api/v1`, see [api.md](api.md)), and whose it is. Products whose SDKs send here have paths that none of them can change, and some want the same one, so each path has one owner. Where a product has a prefix, all its paths stand under it as well: give its SDK `http://HOST:2539/PREFIX` as the address where two products would collide. The page is written by a test (`UPDATE_DOCS=1 cargo test -p clew-server addresses`) and held by it.

Two paths are asked by more than one product and answer each in its own way: `GET /version` (Braintrust JSON, MLflow text, told by the header `X-MLflow-Client-Version` or the user agent) and `GET /info` (the union of what agno and LangSmith read). `POST /v1/traces` is OpenTelemetry's, whoever sends; the spans tell whose they are.
";

#[test]
fn every_bare_path_has_its_owner() {
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let kept = std::fs::read_to_string(Path::new(PAGE)).unwrap_or_default();
    assert!(
        kept == page,
        "docs/addresses.md does not tell the routes that there are: run UPDATE_DOCS=1 cargo test \
         -p clew-server addresses, and look at what changed"
    );
}

#[test]
fn no_path_has_two_owners_but_those_of_one_form() {
    let mut owners: BTreeMap<&str, &Route> = BTreeMap::new();
    for route in ROUTES.iter() {
        let first = owners.entry(route.path).or_insert(route);
        assert_eq!(first.owner, route.owner, "{}", route.path);
    }
}

#[test]
fn errors_under_a_prefix_are_in_the_form_of_the_product() {
    for route in ROUTES.iter() {
        let own = |owner: Owner| owner.prefix().is_some_and(|prefix| under(route.path, prefix));
        if own(Owner::Mlflow) {
            assert_eq!(route.owner.dialect(), Dialect::Mlflow, "{}", route.path);
        }
    }
}

fn under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
}

/// A path with a prefix whose bare twin has the same owner stands in its row.
fn is_twin(route: &Route) -> bool {
    route.owner.prefix().filter(|prefix| under(route.path, prefix)).is_some_and(|prefix| {
        let bare = &route.path[prefix.len()..];
        ROUTES.iter().any(|other| other.path == bare && other.owner == route.owner)
    })
}

fn page() -> String {
    let mut rows: BTreeMap<&str, (Vec<&str>, &Route)> = BTreeMap::new();
    for route in ROUTES.iter().filter(|route| !route.path.starts_with("/api/v1/")) {
        // agno's addresses answer with a slash behind them, too.
        let doubled = route.owner == Owner::Agno && route.path.ends_with('/');
        if !doubled && !is_twin(route) {
            rows.entry(route.path).or_insert((Vec::new(), route)).0.push(route.method.as_str());
        }
    }
    let mut out = String::from(INTRODUCTION);
    out.push_str(
        "\n| path | methods | owner | also under | what |\n| --- | --- | --- | --- | --- |\n",
    );
    for (path, (mut methods, route)) in rows {
        methods.sort_unstable();
        methods.dedup();
        let prefix = route.owner.prefix().filter(|prefix| !under(path, prefix));
        let prefix = prefix.map_or(String::new(), |prefix| format!("`{prefix}`"));
        let owner = word(route.owner);
        let _ = writeln!(
            out,
            "| `{path}` | {} | {owner} | {prefix} | {} |",
            methods.join(", "),
            route.summary
        );
    }
    out
}

fn word(owner: Owner) -> &'static str {
    match owner {
        Owner::Otlp => "OpenTelemetry",
        Owner::Grpc => "OpenTelemetry, gRPC",
        Owner::Agentos => "AgentOS",
        Owner::Api | Owner::Operation => "Clew",
        Owner::Agno => "agno",
        Owner::OpenaiAgents => "OpenAI Agents SDK",
        Owner::Langsmith => "LangSmith",
        Owner::Langfuse => "Langfuse",
        Owner::Braintrust => "Braintrust",
        Owner::Mlflow => "MLflow",
        Owner::Phoenix => "Phoenix",
        Owner::Laminar => "Laminar",
        Owner::Logfire => "Logfire",
        Owner::Traceloop => "Traceloop",
    }
}
