//! One table of everything that is mounted: it builds the routers, it is what access is
//! checked by, and the OpenAPI document is made from it, so none of the three can drift.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Router;
use axum::http::Method;
use axum::routing::MethodRouter;

use clew_store::Scope;

use crate::app::App;

/// One method on one path.
pub(crate) struct Route {
    /// The HTTP method.
    pub(crate) method: Method,
    /// Pattern, with `{name}` for parts that vary and `{*name}` for all the rest.
    pub(crate) path: &'static str,
    /// Whose address this is.
    pub(crate) owner: Owner,
    /// Who may ask.
    pub(crate) access: Access,
    /// One line for the document.
    pub(crate) summary: &'static str,
    /// Query parameters; any other is refused on the API's own routes.
    pub(crate) query: &'static [Query],
    /// Schema of the body, where there is one.
    pub(crate) body: Option<&'static str>,
    /// What a good answer is.
    pub(crate) answer: Answer,
    /// The handler.
    pub(crate) handler: fn() -> MethodRouter<App>,
}

impl Route {
    /// The fields that routes of one file mostly share, to be written over.
    pub(crate) fn same(&self) -> Route {
        Route {
            method: self.method.clone(),
            path: self.path,
            owner: self.owner,
            access: self.access,
            summary: self.summary,
            query: self.query,
            body: None,
            answer: Answer::FreeJson,
            handler: self.handler,
        }
    }
}

/// Whose address a path is. Bare paths collide between products, so each has one owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// OTLP over HTTP.
    Otlp,
    /// OTLP over gRPC.
    Grpc,
    /// The AgentOS calls.
    Agentos,
    /// Our own API.
    Api,
    /// Health, metrics, pages.
    Operation,
    /// agno's routes.
    Agno,
    /// The exporter of OpenAI's Agents SDK.
    OpenaiAgents,
    /// LangSmith's SDKs.
    Langsmith,
    /// Langfuse's SDKs.
    Langfuse,
    /// Braintrust's SDKs.
    Braintrust,
    /// MLflow's tracking client.
    Mlflow,
    /// Phoenix's REST client.
    Phoenix,
    /// Laminar's SDKs.
    Laminar,
    /// Logfire's SDK.
    Logfire,
    /// Traceloop's SDKs.
    Traceloop,
}

/// How errors are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `{"error":{...}}`.
    Api,
    /// google.rpc.Status in the form of the request.
    Otlp,
    /// gRPC trailers.
    Grpc,
    /// `{"detail":...}`.
    Agno,
    /// `{"message":...,"error":...}`.
    Langfuse,
    /// `{"detail":...}` with the message as it stands: Phoenix, Logfire.
    Detail,
    /// `{"error_code":...,"message":...}`.
    Mlflow,
    /// The message as text.
    Braintrust,
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody; a key is not even looked at.
    Public,
    /// A key with this scope.
    Scope(Scope),
    /// A key with this scope that is not bound to one agent: the answer is about a
    /// whole workspace.
    Workspace(Scope),
    /// An admin key of the workspace `default`, which runs the instance.
    Operator,
}

/// A query parameter.
pub(crate) struct Query {
    /// Its name.
    pub(crate) name: &'static str,
    /// JSON schema type: `string`, `integer`, `boolean`.
    pub(crate) kind: &'static str,
    /// One line.
    pub(crate) about: &'static str,
}

/// A good answer.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// 200 with JSON of this schema.
    Json(&'static str),
    /// 201 with JSON of this schema.
    Created(&'static str),
    /// 200 with JSON whose schema is not described further.
    FreeJson,
    /// Server-sent events.
    Events,
    /// JSON lines.
    Lines,
    /// A file.
    Bytes,
    /// Bytes of this type.
    Binary(&'static str),
    /// Text of this type.
    Text(&'static str),
    /// OTLP's own answer in the form of the request.
    Otlp,
    /// gRPC.
    Grpc,
    /// Leads elsewhere.
    Redirect,
}

impl Access {
    /// The scope it asks for.
    pub(crate) fn scope(self) -> Option<Scope> {
        match self {
            Access::Public => None,
            Access::Scope(scope) | Access::Workspace(scope) => Some(scope),
            Access::Operator => Some(Scope::Admin),
        }
    }

    /// About keys, settings and books, never about traces.
    pub(crate) fn is_administration(self) -> bool {
        matches!(self, Access::Operator | Access::Workspace(Scope::Admin))
    }
}

impl Owner {
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Owner::Otlp => Dialect::Otlp,
            Owner::Grpc => Dialect::Grpc,
            Owner::Agno => Dialect::Agno,
            Owner::Langfuse => Dialect::Langfuse,
            Owner::Laminar | Owner::Traceloop => Dialect::Otlp,
            Owner::Logfire | Owner::Phoenix => Dialect::Detail,
            Owner::Mlflow => Dialect::Mlflow,
            Owner::Braintrust => Dialect::Braintrust,
            Owner::Api
            | Owner::Agentos
            | Owner::Operation
            | Owner::OpenaiAgents
            | Owner::Langsmith => Dialect::Api,
        }
    }

    /// A folder of its own, under which all routes of the product stand once more: two products
    /// may want the same bare path.
    pub(crate) fn prefix(self) -> Option<&'static str> {
        match self {
            Owner::OpenaiAgents => Some("/openai-agents"),
            Owner::Langsmith => Some("/langsmith"),
            Owner::Langfuse => Some("/langfuse"),
            Owner::Braintrust => Some("/braintrust"),
            Owner::Mlflow => Some("/mlflow"),
            Owner::Phoenix => Some("/phoenix"),
            Owner::Laminar => Some("/laminar"),
            Owner::Logfire => Some("/logfire"),
            Owner::Traceloop => Some("/traceloop"),
            Owner::Otlp
            | Owner::Grpc
            | Owner::Agentos
            | Owner::Api
            | Owner::Operation
            | Owner::Agno => None,
        }
    }

    /// The label of senders in metrics; `None` for readers.
    pub(crate) fn sender(self) -> Option<&'static str> {
        match self {
            Owner::Otlp => Some("otlp_http"),
            Owner::Grpc => Some("otlp_grpc"),
            Owner::Agentos => Some("agentos"),
            Owner::OpenaiAgents => Some("openai_agents"),
            Owner::Langsmith => Some("langsmith"),
            Owner::Langfuse => Some("langfuse"),
            Owner::Braintrust => Some("braintrust"),
            Owner::Mlflow => Some("mlflow"),
            Owner::Phoenix => Some("phoenix"),
            Owner::Laminar => Some("laminar"),
            Owner::Logfire => Some("logfire"),
            Owner::Traceloop => Some("traceloop"),
            Owner::Api | Owner::Operation | Owner::Agno => None,
        }
    }
}

/// A listener, by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// The port with everything.
    Everything,
    /// 4318.
    OtlpHttp,
    /// 4317.
    OtlpGrpc,
}

impl Face {
    fn carries(self, route: &Route) -> bool {
        match self {
            Face::Everything => true,
            Face::OtlpHttp => {
                matches!(route.owner, Owner::Otlp | Owner::Agentos) || route.path == "/healthz"
            }
            Face::OtlpGrpc => route.owner == Owner::Grpc || route.path == "/healthz",
        }
    }
}

/// Every route there is.
pub(crate) static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    [
        crate::operate::routes(),
        crate::pages::routes(),
        crate::ingest::routes(),
        crate::api::routes(),
        crate::agno::routes(),
    ]
    .into_iter()
    .flatten()
    .flat_map(with_prefix)
    .collect()
});

/// A product's route, and the same under the product's prefix. One that stands under it
/// already is for there alone.
fn with_prefix(route: Route) -> impl Iterator<Item = Route> {
    let prefix = route.owner.prefix().filter(|prefix| !route.path.starts_with(prefix));
    let prefixed = prefix.map(|prefix| Route {
        // Made once for the life of the process.
        path: Box::leak(format!("{prefix}{}", route.path).into_boxed_str()),
        body: route.body,
        answer: route.answer,
        ..route.same()
    });
    std::iter::once(route).chain(prefixed)
}

/// Patterns and methods to routes.
static BY_PATTERN: LazyLock<HashMap<(&'static str, Method), &'static Route>> =
    LazyLock::new(|| {
        ROUTES.iter().map(|route| ((route.path, route.method.clone()), route)).collect()
    });

/// The route of a matched pattern. HEAD is answered by GET.
pub(crate) fn find(pattern: &str, method: &Method) -> Option<&'static Route> {
    let method = if method == Method::HEAD { Method::GET } else { method.clone() };
    let known: &HashMap<(&str, Method), &'static Route> = &BY_PATTERN;
    known.get(&(pattern, method)).copied()
}

/// How errors are written at a matched pattern, whatever the method.
pub(crate) fn dialect_at(pattern: &str) -> Option<Dialect> {
    let route = ROUTES.iter().find(|route| route.path == pattern)?;
    Some(route.owner.dialect())
}

/// The routes of one listener.
pub(crate) fn router(face: Face) -> Router<App> {
    ROUTES
        .iter()
        .filter(|route| face.carries(route))
        .fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
}
