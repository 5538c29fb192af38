"""Agent frameworks and provider SDKs with the tracer that they bring or that their users add. What each run must show
is in `stated/NAME.txt`."""

from __future__ import annotations

from clients import Client

LATEST = {"OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental"}
WITH_CONTENT = {**LATEST, "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_ONLY"}


def _framework(name: str, program: str, environment: str, tracer: str, package: str, how: str = "its own",
               **env: str) -> Client:
    return Client(name, program, environment, tracer, package, how, stated=name, env=env)


def _adk(name: str, how: str, **env: str) -> Client:
    return _framework(name, "google_adk.py", "google-adk", "Google ADK", "google-adk", how, **env)


def _either(name: str, program: str, tracer: str, package: str) -> tuple[Client, Client]:
    return (_framework(f"{name}-openinference", program, name, tracer, package, "OpenInference", VIA="openinference"),
            _framework(f"{name}-openllmetry", program, name, tracer, package, "OpenLLMetry", VIA="openllmetry"))


def _provider(sdk: str, name: str, tracer: str, how: str, via: str) -> Client:
    return _framework(f"{name}-{via}", "provider_sdks.py", "provider-sdks", tracer, name, how, SDK=sdk, VIA=via)


FRAMEWORKS = (
    _framework("strands", "strands_py.py", "strands", "Strands Agents", "strands-agents"),
    _framework("strands-latest", "strands_py.py", "strands", "Strands Agents", "strands-agents",
               "its own, newest conventions", **LATEST),
    _adk("google-adk", "its own, Gemini", BACKEND="gemini", **WITH_CONTENT),
    _adk("google-adk-stream", "its own, Gemini streamed", BACKEND="gemini-stream", **WITH_CONTENT),
    _adk("google-adk-litellm", "its own, LiteLLM", BACKEND="litellm", **WITH_CONTENT),
    _adk("google-adk-1", "its own, schema 1", BACKEND="gemini", ADK_TELEMETRY_SCHEMA_VERSION_OPT_IN="1"),
    _framework("crewai", "crewai_py.py", "crewai", "CrewAI", "crewai", "OpenInference"),
    _framework("litellm", "litellm_py.py", "litellm", "LiteLLM", "litellm", "its otel callback"),
    _framework("semantic-kernel", "semantic_kernel_py.py", "semantic-kernel", "Semantic Kernel", "semantic-kernel",
               "its own, logs"),
    _framework("autogen", "autogen_py.py", "autogen", "AutoGen", "autogen-agentchat", "its own and OpenInference"),
    _framework("agent-framework", "agent_framework_py.py", "agent-framework", "Microsoft Agent Framework",
               "agent-framework-core"),
    *_either("langchain", "langchain_py.py", "LangChain, LangGraph", "langchain"),
    *_either("llamaindex", "llamaindex_py.py", "LlamaIndex", "llama-index-core"),
    _framework("opensearch-genai", "opensearch_genai.py", "opensearch-genai", "OpenSearch GenAI SDK",
               "opensearch-genai-observability-sdk-py"),
    _framework("pydantic-ai", "pydantic_ai_py.py", "pydantic-ai", "Pydantic AI", "pydantic-ai-slim"),
    _provider("anthropic", "anthropic", "Anthropic SDK", "its own and OpenInference", "openinference"),
    _provider("anthropic", "anthropic", "Anthropic SDK", "its own and OpenLLMetry", "openllmetry"),
    _provider("google", "google-genai", "Google GenAI SDK", "OpenInference", "openinference"),
    _provider("google", "google-genai", "Google GenAI SDK", "OpenLLMetry", "openllmetry"),
    _framework("livekit", "livekit_py.py", "livekit", "LiveKit Agents", "livekit-agents", "its own, in text"),
    _framework("smolagents", "smolagents_py.py", "smolagents", "smolagents", "smolagents", "OpenInference"),
    _framework("haystack", "haystack_py.py", "haystack", "Haystack", "haystack-ai", "OpenInference"),
    _framework("dspy", "dspy_py.py", "dspy", "DSPy", "dspy", "OpenInference"),
)
