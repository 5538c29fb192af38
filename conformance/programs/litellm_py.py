"""LiteLLM's own OpenTelemetry callback around an agent loop by hand. env: TARGET, LLM"""
import json, os
from _scenario import CALLED, LLM, LLM_ROOT, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, wait_for_spans, weather
# Without the second a call's attributes are written onto whatever span is open, over what stood there.
os.environ.update(OTEL_EXPORTER="otlp_http", USE_OTEL_LITELLM_REQUEST_SPAN="true", LITELLM_LOCAL_MODEL_COST_MAP="True")
provider = counting_provider()
import litellm
from opentelemetry import trace
litellm.callbacks = ["otel"]
tracer = trace.get_tracer("demo")


def offer(*names_and_arguments):
    return [{"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]}}}
            for name, argument in names_and_arguments]


def run_tool(name: str, arguments: dict) -> str:
    if name == "ask_researcher":
        CALLED[name] += 1
        return loop("researcher", arguments["question"], offer(("get_weather", "city")))
    return {"get_weather": weather, "broken_tool": broken}[name](**arguments)


def loop(name: str, question: str, tools: list) -> str:
    """LiteLLM traces calls alone: agents and tools are spans of the program's own."""
    with tracer.start_as_current_span(f"invoke_agent {name}", attributes={"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name, "session.id": SESSION, "user.id": USER}):
        messages = [{"role": "system", "content": f"You are {name}"}, {"role": "user", "content": question}]
        while True:
            answer = litellm.completion(model=f"openai/{MODEL}", api_base=LLM, api_key="sk-fake", messages=messages, tools=tools,
                                        metadata={"session_id": SESSION, "trace_user_id": USER}).choices[0].message
            if not answer.tool_calls: return answer.content
            messages.append(answer.model_dump(exclude_none=True))
            for call in answer.tool_calls:
                messages.append({"role": "tool", "tool_call_id": call.id, "content": execute(call.function)})


def execute(function) -> str:
    try:
        with tracer.start_as_current_span(f"execute_tool {function.name}", attributes={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": function.name}):
            return run_tool(function.name, json.loads(function.arguments))
    except ValueError as failure: return str(failure)


said = loop("planner", QUESTION, offer(("get_weather", "city"), ("broken_tool", "value"), ("ask_researcher", "question")))
# A stream, and Gemini's own format through the same library.
chunks = list(litellm.completion(model=f"openai/{MODEL}", api_base=LLM, api_key="sk-fake", messages=[{"role": "user", "content": "summarise"}], stream=True, stream_options={"include_usage": True}))
litellm.completion(model="gemini/gemini-2.5-flash", api_base=LLM_ROOT + "/v1beta/models/gemini-2.5-flash", api_key="sk-fake", messages=[{"role": "user", "content": "hello"}])
try: litellm.completion(model=f"openai/{MODEL}", api_base=LLM, api_key="sk-fake", messages=[{"role": "user", "content": "FORCE_429"}], num_retries=0, max_retries=0)
except litellm.RateLimitError: pass
wait_for_spans(23)  # 6 of agents and tools, 8 calls with their raw requests, and the refused one
done("litellm", said, provider)
