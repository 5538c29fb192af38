//! Which recordings the oracle is asked about.

/// Every recording that is OTLP, which is what the model alone can be held against.
pub(crate) const RECORDINGS: &[&str] = &[
    "otel-http-json",
    "otel-http-proto",
    "otel-http-proto-gzip",
    "otel-grpc",
    "otel-grpc-gzip",
    "phoenix-http",
    "phoenix-grpc",
    "phoenix-infer",
    "traceloop",
    "vercel-http-json",
    "vercel-http-proto",
    "logfire-otlp",
    "logfire-native",
    "mlflow-otlp",
    "mlflow-rest",
    "lmnr-grpc",
    "lmnr-http",
    "claude-code-http-json",
    "claude-code-parent-proto",
    "agno",
    "langfuse5",
    "js-langfuse",
];
