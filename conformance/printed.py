"""What a program says it sent, and the sum over its runs that must equal it."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
# Printed name: the field of observed.py and what the program sends without counting it (an embedding of 8 tokens,
# spans with numbers made by hand).
Sums = dict[str, tuple[str, int]]
SPANS: Sums = {"spans": ("span_count", 0)}
# The shared loop of _common.py counts neither the embedding nor the call that the model refused.
COMMON: Sums = {"in": ("input_tokens", 0), "out": ("output_tokens", 0), "cached": ("cache_read_tokens", 0)}
COMMON_AND_EMBEDDING: Sums = {**COMMON, "in": ("input_tokens", 8)}
BY_SDK: dict[str, Sums] = {
    "otel": {**SPANS, **COMMON, "llm": ("llm_calls", 0), "errors": ("error_spans", 0)},
    "clew": COMMON_AND_EMBEDDING,
    "clew-js": COMMON_AND_EMBEDDING,
    "phoenix": {**SPANS, **COMMON_AND_EMBEDDING},
    "traceloop": {**SPANS, **COMMON_AND_EMBEDDING},
    "vercel-ai": SPANS,
    "lmnr": COMMON_AND_EMBEDDING,
    "mlflow": COMMON,
    "langsmith": {"runs": ("span_count", 0), "in": ("input_tokens", 3), "out": ("output_tokens", 2),
                  "cached": ("cache_read_tokens", 1), "llm": ("llm_calls", 1)},
    "langsmith-js": {"runs": ("span_count", 0)},
    "langfuse5": {**SPANS, "in": ("input_tokens", 10), "out": ("output_tokens", 5),
                  "cached": ("cache_read_tokens", 3), "llm": ("llm_calls", 1), "errors": ("error_spans", 0)},
    # Its spans are those beside the generations and events.
    "langfuse2": {"generations": ("llm_calls", 0), "in": ("input_tokens", 0), "out": ("output_tokens", 0)},
    "langfuse-js": SPANS,
    "braintrust": {**SPANS, "in": ("input_tokens", 3), "out": ("output_tokens", 2),
                   "cached": ("cache_read_tokens", 1), "llm": ("llm_calls", 1), "errors": ("error_spans", 0)},
    "braintrust-js": SPANS,
    "lmnr-js": SPANS,
    "genkit": SPANS,
    "langchain-js": SPANS,
    "openai-agents": SPANS,
    "@openai/agents": SPANS,
}


def differences(printed: Json, seen: list[Json]) -> list[str]:
    """One line for each number, trace or session that Clew shows otherwise than the program said."""
    problems = []
    shown = {id for trace in seen for id in (trace["trace_id"], *trace["sender_trace_ids"])}
    for name in ("trace_id", "manual_trace_id"):
        if name in printed and printed[name] not in shown:
            problems.append(f"sent trace {printed[name]}, listed {sorted(shown)}")
    if "traces" in printed and printed["traces"] != len(seen):
        problems.append(f"sent {printed['traces']} traces, listed {len(seen)}")
    if "session" in printed and {printed["session"]} != {trace["session_id"] for trace in seen}:
        problems.append(f"its session was {printed['session']}, Clew shows {[trace['session_id'] for trace in seen]}")
    for said, (ours, uncounted) in BY_SDK.get(printed.get("sdk", ""), {}).items():
        total = sum(trace[ours] or 0 for trace in seen)
        if said not in printed:
            problems.append(f"the program printed no {said}")
        elif printed[said] + uncounted != total:
            problems.append(f"the program printed {said} {printed[said]} (and sends {uncounted} beside that), "
                            f"Clew shows {ours} {total}")
    return problems
