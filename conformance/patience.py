"""How long each SDK keeps what it could not send: read in its source, held against `kill_midrun.py`, told in
docs/tracers.md (`versions.py` writes the table)."""

from __future__ import annotations

from dataclasses import dataclass

NOTHING = "nothing"


@dataclass(frozen=True)
class Patience:
    """One SDK and transport, with the clients that show it."""

    tracer: str
    clients: tuple[str, ...]
    why: str
    killed: str = NOTHING  # what it loses when the server is gone for some seconds
    busy: str = NOTHING  # what it loses when it is told to come again


OPENTELEMETRY = "six tries within 10 seconds (`OTEL_EXPORTER_OTLP_TIMEOUT`), then the batch is dropped"
OPENTELEMETRY_JS = "six tries within 10 seconds, then the batch is dropped"
THREE_TRIES = "a batch whose three tries all fall into that time"
NO_RETRY = "its exporter tries once"

TABLE = (
    Patience("Clew's own SDK, Python and JavaScript", ("clew-python", "clew-js"),
             "what could not be sent goes to disk, up to 128 MiB and 7 days, and is sent when Clew is back, by this "
             "program or the next"),
    Patience("OpenTelemetry, Python, HTTP", ("otel-http-proto", "otel-http-json", "agno", "phoenix-http", "traceloop",
                                             "logfire-otlp", "lmnr-http", "mlflow-otlp"),
             f"{OPENTELEMETRY}; so do agno, Phoenix, Traceloop, Logfire without its token, Laminar and MLflow over "
             "OTLP"),
    Patience("OpenTelemetry, Python, gRPC", ("otel-grpc", "phoenix-grpc", "lmnr-grpc"),
             f"{OPENTELEMETRY}; so do Phoenix and Laminar"),
    Patience("OpenTelemetry, JavaScript, HTTP", ("vercel-http-json", "js-lmnr-http"),
             f"{OPENTELEMETRY_JS}; so do the Vercel AI SDK and Laminar over HTTP"),
    Patience("OpenTelemetry, JavaScript, gRPC", ("js-lmnr",), f"{NO_RETRY}; so does Laminar, whose default it is. "
             "Use HTTP (`forceHttp: true`)", "every batch of that time", "every batch of that time"),
    Patience("OpenAI Agents, Python", ("openai-agents-responses",),
             "three tries of a batch with pauses of 1 and 2 seconds; batches are five seconds apart", THREE_TRIES,
             THREE_TRIES),
    Patience("OpenAI Agents, JavaScript", ("openai-agents-js",),
             "three tries of a batch with pauses of 1 and 2 seconds", THREE_TRIES, THREE_TRIES),
    Patience("LangSmith and LangGraph, Python", ("langsmith-multipart-zstd", "langsmith-nobatch", "langgraph"),
             "up to twelve tries of a request with growing pauses, then it is dropped, or kept in the folder that "
             "`LANGSMITH_FAILED_TRACES_DIR` names"),
    Patience("LangSmith, JavaScript", ("js-langsmith",), "seven tries with doubling pauses"),
    Patience("Langfuse 5, Python and JavaScript", ("langfuse5", "js-langfuse"),
             "spans six tries within 5 seconds (`LANGFUSE_TIMEOUT`; with 20 nothing was lost), scores three tries "
             "within about two", "a batch whose tries all fall into that time", THREE_TRIES),
    Patience("Langfuse 2", ("langfuse2",), "three tries within about two seconds; `LANGFUSE_MAX_RETRIES` for more",
             THREE_TRIES, THREE_TRIES),
    Patience("Braintrust, Python and JavaScript", ("braintrust", "js-braintrust"),
             "three tries of a batch with pauses of 1 and 2 seconds; `BRAINTRUST_NUM_RETRIES` for more, "
             "`BRAINTRUST_FAILED_PUBLISH_PAYLOADS_DIR` keeps what is dropped. A JavaScript "
             "program that starts meanwhile sends nothing", THREE_TRIES, THREE_TRIES),
    Patience("MLflow", ("mlflow-rest",), "REST calls eight times with growing pauses, about four minutes in all"),
    Patience("Logfire with its token", ("logfire-native",),
             "a failed request goes to disk, up to 512 MB, and is sent again as long as the program lives"),
    Patience("Claude Code, HTTP", ("claude-code-http-json",),
             "a refused connection costs the batch; 429 and 503 are tried again", "every batch of that time"),
    Patience("Claude Code, gRPC", ("claude-code-grpc",), f"{NO_RETRY}. Use HTTP", "every batch of that time",
             "every batch of that time"),
)
CLIENTS = tuple(client for one in TABLE for client in one.clients)
# Clients that lose spans when the server is away for some seconds, and when they are told to come again.
KILLED = {client for one in TABLE if one.killed != NOTHING for client in one.clients}
BUSY = {client for one in TABLE if one.busy != NOTHING for client in one.clients}
# Programs that ask no model.
SHORT = ("langfuse2", "js-langsmith", "js-langfuse", "js-braintrust", "js-lmnr", "js-lmnr-http")


def table() -> str:
    """For docs/tracers.md."""
    head = ("| tracer | loses when Clew is gone | loses when Clew is too busy | its patience |\n"
            "| --- | --- | --- | --- |\n")
    return head + "".join(f"| {one.tracer} | {one.killed} | {one.busy} | {one.why} |\n" for one in TABLE)
