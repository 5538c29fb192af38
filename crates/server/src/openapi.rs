//! The OpenAPI document, made from the table of routes and the table of schemas.

mod schemas;

#[cfg(test)]
pub(crate) use schemas::fields_of;

use std::sync::LazyLock;

use serde_json::{Map, Value as Json, json};

use crate::error::ErrorCode;
use crate::routes::{Access, Answer, Dialect, Owner, ROUTES, Route};

/// The document as text; it does not change while the server runs.
pub(crate) static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// gRPC's calls are no HTTP interface for others and are left out.
fn document() -> Json {
    let mut paths: Map<String, Json> = Map::new();
    for route in ROUTES.iter().filter(|route| route.owner != Owner::Grpc) {
        let methods = paths.entry(path(route)).or_insert_with(|| json!({}));
        methods[route.method.as_str().to_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Clew",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Traces of AI agents. Nanoseconds since 1970 are decimal strings, \
                offsets and durations numbers, money is decimal text in USD, absent is null.",
            "license": { "name": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "clew_session" },
            },
        },
    })
}

fn operation(route: &Route) -> Json {
    let mut operation = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "tags": [tag(route.owner)],
        "parameters": parameters(route),
        "responses": responses(route),
        "security": security(route.access),
        "x-clew-access": {
            "scope": route.access.scope().map(clew_store::Scope::as_str),
            "agent_keys": matches!(route.access, Access::Public | Access::Scope(_)),
            "operator": route.access == Access::Operator,
        },
    });
    if let Some(schema) = route.body {
        let content = match schema {
            "Otlp" => json!({ "application/x-protobuf": {}, "application/json": {} }),
            "Multipart" => json!({ "multipart/form-data": {} }),
            "Records" => json!({ "application/x-ndjson": {} }),
            "Bytes" => json!({ "application/octet-stream": {} }),
            _ => json!({ "application/json": { "schema": schemas::reference(schema) } }),
        };
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}

/// The document knows no pattern for "all the rest": it is one part like any other.
fn path(route: &Route) -> String {
    route.path.replace("{*", "{")
}

fn tag(owner: Owner) -> &'static str {
    match owner {
        Owner::Otlp => "otlp",
        Owner::Grpc => "grpc",
        Owner::Agentos => "agentos",
        Owner::Api => "api",
        Owner::Operation => "operation",
        Owner::Agno => "agno",
        Owner::OpenaiAgents => "openai-agents",
        Owner::Langsmith => "langsmith",
        Owner::Langfuse => "langfuse",
        Owner::Braintrust => "braintrust",
        Owner::Mlflow => "mlflow",
        Owner::Phoenix => "phoenix",
        Owner::Laminar => "laminar",
        Owner::Logfire => "logfire",
        Owner::Traceloop => "traceloop",
    }
}

/// `get_api_v1_traces_trace_id`
fn operation_id(route: &Route) -> String {
    let path: String = path(route)
        .chars()
        .filter(|c| !matches!(c, '{' | '}'))
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("{}{path}", route.method.as_str().to_lowercase())
}

fn parameters(route: &Route) -> Vec<Json> {
    let in_path = route.path.split('/').filter_map(|part| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?.trim_start_matches('*');
        Some(json!({
            "name": name, "in": "path", "required": true, "schema": { "type": "string" },
        }))
    });
    let in_query = route.query.iter().map(|query| {
        json!({
            "name": query.name, "in": "query", "description": query.about,
            "schema": { "type": query.kind },
        })
    });
    in_path.chain(in_query).collect()
}

fn responses(route: &Route) -> Json {
    let content = |kind: &str, schema: Json| json!({ kind: { "schema": schema } });
    let text = || json!({ "type": "string" });
    let (status, description, content) = match &route.answer {
        Answer::Json(name) => {
            ("200", "As asked", content("application/json", schemas::reference(name)))
        }
        Answer::Created(name) => {
            ("201", "Made", content("application/json", schemas::reference(name)))
        }
        Answer::FreeJson => ("200", "As asked", content("application/json", json!({}))),
        Answer::Events => {
            ("200", "Events until the client goes", content("text/event-stream", text()))
        }
        Answer::Lines => ("200", "A JSON document a line", content("application/jsonl", text())),
        Answer::Bytes => ("200", "A file", content("application/octet-stream", text())),
        Answer::Binary(kind) => ("200", "As asked", content(kind, json!({}))),
        Answer::Text(kind) => ("200", "As asked", content(kind, text())),
        Answer::Otlp => (
            "200",
            "On disk; a partial success names what was refused",
            json!({ "application/x-protobuf": {}, "application/json": {} }),
        ),
        Answer::Grpc => ("200", "gRPC", Json::Null),
        Answer::Redirect => ("307", "Elsewhere", Json::Null),
    };
    let mut good = json!({ "description": description });
    if !content.is_null() {
        good["content"] = content;
    }
    let mut responses = json!({ status: good });
    let failed = match route.owner.dialect() {
        Dialect::Api => content_of_errors("Error"),
        Dialect::Otlp => content_of_errors("Status"),
        Dialect::Langfuse => content_of_errors("LangfuseError"),
        Dialect::Agno | Dialect::Detail => content_of_errors("Detail"),
        Dialect::Mlflow => content_of_errors("MlflowError"),
        Dialect::Braintrust => json!({ "text/plain": { "schema": { "type": "string" } } }),
        Dialect::Grpc => Json::Null,
    };
    responses["default"] = json!({ "description": "An error", "content": failed });
    responses
}

fn content_of_errors(schema: &str) -> Json {
    json!({ "application/json": { "schema": schemas::reference(schema) } })
}

fn security(access: Access) -> Json {
    match access {
        Access::Public => json!([]),
        _ => json!([{ "key": [] }, { "session": [] }]),
    }
}

/// The words of [`ErrorCode`], for the schema of errors.
fn error_words() -> Vec<&'static str> {
    ErrorCode::ALL.iter().map(|code| code.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_route_is_in_the_document_once() {
        let document = document();
        let mut ids = HashSet::new();
        for route in ROUTES.iter().filter(|route| route.owner != Owner::Grpc) {
            let method = route.method.as_str().to_lowercase();
            let operation = &document["paths"][path(route)][&method];
            assert_eq!(operation["summary"], route.summary, "{method} {}", route.path);
            assert!(ids.insert(operation["operationId"].clone()), "{operation}");
        }
        let mounted: usize = document["paths"]
            .as_object()
            .unwrap()
            .values()
            .map(|methods| methods.as_object().unwrap().len())
            .sum();
        assert_eq!(mounted, ids.len());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }
}
