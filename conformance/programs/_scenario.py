"""What the programs of the frameworks share: the question, who asks, the provider with a stock OTLP exporter, and the
line that they print at the end. Everything is counted here, on the program's side, and by the fake model."""
import json, os, time, urllib.request, uuid

QUESTION, SESSION, USER = "What is the weather in Paris?", "sess-123", "user-42"
ANSWER = "It is 21C and sunny in Paris."
# The fake model serves several programs at once and counts for each under a path of its own.
LLM_ROOT = f"{os.environ['LLM_ROOT']}/of/{uuid.uuid4().hex}"
LLM, MODEL = f"{LLM_ROOT}/v1", "gpt-5-mini"
os.environ["OPENAI_BASE_URL"] = LLM
os.environ.setdefault("OTEL_EXPORTER_OTLP_ENDPOINT", os.environ["TARGET"])
CALLED = {"get_weather": 0, "broken_tool": 0, "ask_researcher": 0}
SPANS = {"ended": 0}


def weather(city: str) -> str:
    CALLED["get_weather"] += 1
    return f"21C in {city}"


def broken(value: str) -> str:
    CALLED["broken_tool"] += 1
    raise ValueError("tool exploded: " + value)


def counting_provider():
    """A tracer provider that sends to TARGET over OTLP, as the SDK's own environment variables say, and counts."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    count_on(provider)
    trace.set_tracer_provider(provider)
    return provider


def count_on(provider) -> None:
    """Counts the spans that end on a provider."""
    from opentelemetry.sdk.trace import SpanProcessor

    class Count(SpanProcessor):
        def on_end(self, span) -> None: SPANS["ended"] += 1
    provider.add_span_processor(Count())


def wait_for_spans(count: int, seconds: float = 20) -> None:
    """Until so many spans have ended: for libraries that end them in threads of their own and offer no flush."""
    until = time.monotonic() + seconds
    while SPANS["ended"] < count and time.monotonic() < until: time.sleep(0.05)


def served() -> dict:
    """Calls that the fake model answered so far, by kind."""
    with urllib.request.urlopen(LLM_ROOT + "/served") as answer: return json.load(answer)


def done(sdk: str, answer, provider=None) -> None:
    """Sends what is left and prints the line."""
    if provider is not None: provider.force_flush(); provider.shutdown()
    calls = {kind: count for kind, count in served().items() if count}
    print(json.dumps({"sdk": sdk, "spans": SPANS["ended"], "served": calls, "called": CALLED, "answer": str(answer)}))
