"""OpenSearch's GenAI SDK: observe(), enrich() and score() around an agent loop by hand. env: TARGET, LLM"""
import json
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, count_on, done, weather
from openai import OpenAI
from opensearch_genai_observability_sdk_py import Op, enrich, observe, register, score
from opentelemetry import trace

provider = register(service_name="demo-agent", auto_instrument=False)
count_on(provider)
client = OpenAI(base_url=LLM, api_key="sk-fake")
get_weather = observe(name="get_weather", op=Op.EXECUTE_TOOL)(lambda city: weather(city))
broken_tool = observe(name="broken_tool", op=Op.EXECUTE_TOOL)(lambda value: broken(value))
SEEN: dict = {}


@observe(name="ask_researcher", op=Op.EXECUTE_TOOL)
def ask_researcher(question: str) -> str:
    CALLED["ask_researcher"] += 1
    return researcher(question)


@observe(name=MODEL, op=Op.CHAT)
def chat(messages: list, tools: list) -> dict:
    answer = client.chat.completions.create(model=MODEL, messages=messages, tools=tools)
    message, usage = answer.choices[0].message, answer.usage
    parts = [{"type": "tool_call", "id": call.id, "name": call.function.name, "arguments": json.loads(call.function.arguments)} for call in message.tool_calls or []]
    enrich(model=answer.model, provider="openai", input_tokens=usage.prompt_tokens, output_tokens=usage.completion_tokens, response_id=answer.id,
           finish_reason=answer.choices[0].finish_reason, session_id=SESSION,
           output_messages=[{"role": "assistant", "parts": parts or [{"type": "text", "content": message.content}]}])
    return message.model_dump(exclude_none=True)


def loop(name: str, question: str, tools: dict) -> str:
    enrich(session_id=SESSION, **{"user.id": USER})
    context = trace.get_current_span().get_span_context()
    SEEN[name] = (format(context.trace_id, "032x"), format(context.span_id, "016x"))
    offered = [{"type": "function", "function": {"name": tool, "parameters": {"type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]}}} for tool, (argument, _) in tools.items()]
    messages: list = [{"role": "system", "content": f"You are {name}"}, {"role": "user", "content": question}]
    while True:
        message = chat(messages, offered)
        if not message.get("tool_calls"): return message["content"]
        messages.append(message)
        for call in message["tool_calls"]:
            try: result = tools[call["function"]["name"]][1](**json.loads(call["function"]["arguments"]))
            except ValueError as failure: result = str(failure)
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})


@observe(name="researcher", op=Op.INVOKE_AGENT)
def researcher(question: str) -> str: return loop("researcher", question, {"get_weather": ("city", get_weather)})


@observe(name="planner", op=Op.INVOKE_AGENT)
def planner(question: str) -> str:
    return loop("planner", question, {"get_weather": ("city", get_weather), "broken_tool": ("value", broken_tool), "ask_researcher": ("question", ask_researcher)})


said = planner(QUESTION)
score("relevance", 0.95, trace_id=SEEN["planner"][0], span_id=SEEN["planner"][1], label="good", explanation="It answers the question")
done("opensearch-genai", said, provider)
