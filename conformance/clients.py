"""The real tracers: which program, which environment, where it sends, and what it must give."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from environments import HERE


@dataclass(frozen=True)
class Client:
    """One program over one transport. `recording` is the same program's recorded run: the fake model answers the
    same every time, so a new run must read the same but for ids and times. A program without one is held against a
    file of literal/, a framework's against one of stated/."""

    name: str
    program: str
    environment: str
    tracer: str  # as docs/tracers.md calls it
    package: str  # whose version the table shows
    transport: str
    recording: str | None = None
    literal: str | None = None
    stated: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    core: bool = False
    own_port: bool = False  # sends to OTLP's own HTTP port instead of the one for everything
    info: dict[str, Any] = field(default_factory=dict)  # what LangSmith's /info is made to say
    prefix: str = ""  # of every path, behind the address


def _otel(name: str, protocol: str, gzip: bool, own_port: bool = False) -> Client:
    package = {"grpc": "opentelemetry-exporter-otlp-proto-grpc", "http/json": "opentelemetry-exporter-otlp-json-http",
               "http/protobuf": "opentelemetry-exporter-otlp-proto-http"}[protocol]
    transport = {"grpc": "gRPC", "http/json": "HTTP, JSON", "http/protobuf": "HTTP, protobuf"}[protocol]
    return Client(name, "otel_genai.py", "otel", "OpenTelemetry, Python", package,
                  f"{transport}, gzip" if gzip else transport, name,
                  env={"PROTO": protocol, "GZIP": "1" if gzip else "0"}, core=True, own_port=own_port)


def _phoenix(name: str, protocol: str, transport: str) -> Client:
    return Client(name, "phoenix_openinference.py", "phoenix", "Phoenix, OpenInference", "arize-phoenix-otel",
                  transport, name, env={"PROTO": protocol}, core=True)


def _langsmith(name: str, transport: str, info: dict[str, Any] | None = None, **env: str) -> Client:
    return Client(name, "langsmith_py.py", "langsmith", "LangSmith, Python", "langsmith", transport, name, env=env,
                  core=True, info=info or {})


def _agents(name: str, transport: str, **env: str) -> Client:
    return Client(name, "openai_agents.py", "oaiagents", "OpenAI Agents, Python", "openai-agents", transport, name,
                  env=env, core=True)


def _vercel(name: str, transport: str, **env: str) -> Client:
    return Client(name, "vercel_ai.mjs", "npm:vercel", "Vercel AI SDK", "ai", transport, name, env=env, core=True)


def _laminar(name: str, transport: str, **env: str) -> Client:
    return Client(name, "lmnr_py.py", "lmnr", "Laminar, Python", "lmnr", transport, name, env=env)


def _mlflow(name: str, transport: str, mode: str) -> Client:
    return Client(name, "mlflow_py.py", "mlflow", "MLflow", "mlflow", transport, name, env={"MODE": mode})


def _js(which: str, tracer: str, package: str, transport: str, recording: str | None = None,
        core: bool = False, **env: str) -> Client:
    return Client(f"js-{which}" + ("-http" if env else ""), "js_tracers.mjs", f"npm:{which}", tracer, package,
                  transport, recording, None if recording else f"js-{which}", env={"WHICH": which, **env}, core=core)


def _claude(name: str, transport: str, recording: str | None, **env: str) -> Client:
    return Client(name, "claude_code.py", "claude", "Claude Code", "claude-agent-sdk", transport, recording,
                  env=env)


def _vercel_before_7(major: str) -> Client:
    name = f"vercel{major}"
    return Client(name, "vercel_ai_before_7.mjs", f"npm:{name}", f"Vercel AI SDK {major}", "ai",
                  "HTTP, protobuf", literal=name, env={"FOLDER": name})


CLEW_PYTHON = {"PYTHONPATH": str(HERE.parent / "sdk" / "python" / "src")}
UNPACKED = {"instance_flags": {"zstd_compression_enabled": False}}
NO_MULTIPART = {"batch_ingest_config": {"use_multipart_endpoint": False}}

CLIENTS = (
    _otel("otel-http-proto", "http/protobuf", False, own_port=True),
    _otel("otel-http-proto-gzip", "http/protobuf", True),
    _otel("otel-http-json", "http/json", False, own_port=True),
    _otel("otel-grpc", "grpc", False),
    _otel("otel-grpc-gzip", "grpc", True),
    Client("clew-python", "clew_py.py", "otel", "Clew's own SDK, Python", "clew-sdk", "batches of run calls",
           literal="clew-sdk", env=CLEW_PYTHON, core=True),
    Client("clew-js", "clew_js.mjs", "sdk:typescript", "Clew's own SDK, JavaScript", "@clew/sdk",
           "batches of run calls",
           literal="clew-sdk", core=True),
    _agents("openai-agents-responses", "ingest, Responses API", API="responses"),
    _agents("openai-agents-chat", "ingest, Chat Completions", API="chat"),
    _agents("openai-agents-stream", "ingest, streamed", API="responses", STREAM="1"),
    Client("openai-agents-js", "openai_agents.mjs", "npm:agents", "OpenAI Agents, JavaScript", "@openai/agents",
           "ingest", "openai-agents-js", core=True),
    _langsmith("langsmith-multipart-zstd", "multipart, zstd"),
    _langsmith("langsmith-multipart-plain", "multipart", UNPACKED),
    _langsmith("langsmith-batch", "batch", NO_MULTIPART),
    _langsmith("langsmith-nobatch", "run by run", LS_CLIENT="nobatch"),
    Client("langgraph", "langgraph_langsmith.py", "langsmith", "LangGraph over LangSmith", "langgraph", "multipart",
           literal="langgraph"),
    _js("langsmith", "LangSmith, JavaScript", "langsmith", "multipart", core=True),
    Client("langfuse5", "langfuse_v5.py", "langfuse", "Langfuse 5, Python", "langfuse", "OTLP, scores, media",
           "langfuse5", core=True),
    Client("langfuse2", "langfuse_v2.py", "langfuse2", "Langfuse 2, Python", "langfuse", "ingestion batches",
           "langfuse2", core=True),
    _js("langfuse", "Langfuse, JavaScript", "@langfuse/otel", "OTLP, JSON", "js-langfuse", core=True),
    Client("braintrust", "braintrust_py.py", "braintrust", "Braintrust, Python", "braintrust", "logs3", "braintrust",
           core=True),
    _js("braintrust", "Braintrust, JavaScript", "braintrust", "logs3", "js-braintrust", core=True),
    _phoenix("phoenix-infer", "infer", "gRPC, found by itself"),
    _phoenix("phoenix-http", "http/protobuf", "HTTP, protobuf"),
    _phoenix("phoenix-grpc", "grpc", "gRPC"),
    _vercel("vercel-http-json", "HTTP, JSON", PROTO="json"),
    _vercel("vercel-http-proto", "HTTP, protobuf, gzip", PROTO="proto", GZIP="1"),
    *(_vercel_before_7(major) for major in "654"),
    Client("genkit", "genkit_js.mjs", "npm:genkit", "Genkit", "genkit", "HTTP, protobuf", literal="genkit"),
    Client("gemini-cli", "gemini_cli.mjs", "npm:gemini", "Gemini CLI", "@google/gemini-cli", "HTTP, protobuf",
           literal="gemini-cli"),
    Client("langchain-js", "langchain_js.mjs", "npm:langchain", "LangGraph, JavaScript, by OpenInference",
           "@arizeai/openinference-instrumentation-langchain", "HTTP, protobuf", literal="langchain-js"),
    Client("mastra", "mastra_js.mjs", "npm:mastra", "Mastra", "@mastra/otel-exporter", "HTTP, protobuf",
           literal="mastra"),
    Client("agno", "agno_py.py", "agno", "agno", "agno", "HTTP, protobuf", "agno", core=True),
    Client("traceloop", "traceloop_py.py", "traceloop", "Traceloop", "traceloop-sdk", "HTTP, protobuf", "traceloop"),
    Client("logfire-otlp", "logfire_pydantic.py", "logfire", "Logfire, Pydantic AI", "logfire", "HTTP, protobuf",
           "logfire-otlp", env={"MODE": "otlp"}),
    Client("logfire-native", "logfire_pydantic.py", "logfire", "Logfire, Pydantic AI", "logfire", "its own way",
           "logfire-native", env={"MODE": "native"}),
    _laminar("lmnr-grpc", "gRPC"),
    _laminar("lmnr-http", "HTTP, protobuf, gzip", FORCE_HTTP="1"),
    _js("lmnr", "Laminar, JavaScript", "@lmnr-ai/lmnr", "gRPC"),
    _js("lmnr", "Laminar, JavaScript", "@lmnr-ai/lmnr", "HTTP", FORCE_HTTP="1"),
    _mlflow("mlflow-rest", "REST and OTLP", "rest"),
    _mlflow("mlflow-otlp", "OTLP", "otlp"),
    _claude("claude-code-http-json", "HTTP, JSON", "claude-code-http-json", PROTO="http/json"),
    _claude("claude-code-http-proto", "HTTP, protobuf", "claude-code-http-json", PROTO="http/protobuf"),
    _claude("claude-code-grpc", "gRPC", "claude-code-http-json", PROTO="grpc"),
    _claude("claude-code-parent-proto", "HTTP, protobuf, inside a caller's span", "claude-code-parent-proto",
            PROTO="http/protobuf", PARENT="1"),
    Client("claude-code-logs", "claude_code_logs.py", "claude", "Claude Code", "claude-agent-sdk",
           "HTTP, JSON, logs alone", "claude-code-logs-only", env={"PROTO": "http/json"}),
)
# The same SDKs with an address that ends in their product's prefix.
PREFIXES = {"openai-agents-chat": "/openai-agents", "openai-agents-js": "/openai-agents",
            "langsmith-multipart-zstd": "/langsmith", "js-langsmith": "/langsmith", "langfuse5": "/langfuse",
            "langfuse2": "/langfuse", "js-langfuse": "/langfuse", "braintrust": "/braintrust",
            "js-braintrust": "/braintrust", "phoenix-http": "/phoenix", "traceloop": "/traceloop",
            "mlflow-rest": "/mlflow"}
PREFIXED = tuple(replace(client, name=f"{client.name} under {PREFIXES[client.name]}", prefix=PREFIXES[client.name],
                         core=False) for client in CLIENTS if client.name in PREFIXES)
