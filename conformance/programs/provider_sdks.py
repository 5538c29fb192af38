"""The Anthropic and Google GenAI SDKs through instrumentors of OpenInference or OpenLLMetry, in an agent loop by hand.
env: TARGET, LLM_ROOT, SDK=anthropic|google, VIA=openinference|openllmetry"""
import os
from _scenario import CALLED, LLM_ROOT, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
SDK, VIA = os.environ.get("SDK", "anthropic"), os.environ.get("VIA", "openinference")
if (SDK, VIA) == ("anthropic", "openinference"): from openinference.instrumentation.anthropic import AnthropicInstrumentor as Instrumentor
elif (SDK, VIA) == ("anthropic", "openllmetry"): from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor as Instrumentor
elif (SDK, VIA) == ("google", "openinference"): from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor as Instrumentor
else: from opentelemetry.instrumentation.google_generativeai import GoogleGenerativeAiInstrumentor as Instrumentor
Instrumentor().instrument(tracer_provider=provider)
from opentelemetry import trace
tracer = trace.get_tracer("demo")
WHO = {"session.id": SESSION, "user.id": USER}
SCHEMA = lambda argument: {"type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]}
PLANNER = (("get_weather", "city"), ("broken_tool", "value"), ("ask_researcher", "question"))


def execute(name: str, arguments: dict) -> str:
    try:
        with tracer.start_as_current_span(f"execute_tool {name}", attributes={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}):
            if name != "ask_researcher": return {"get_weather": weather, "broken_tool": broken}[name](**arguments)
            CALLED[name] += 1
            return agent("researcher", arguments["question"], (("get_weather", "city"),))
    except ValueError as failure: return str(failure)


def anthropic_loop(name: str, question: str, tools: tuple) -> str:
    import anthropic
    client = anthropic.Anthropic(base_url=LLM_ROOT, api_key="sk-fake")
    offered = [{"name": tool, "description": tool, "input_schema": SCHEMA(argument)} for tool, argument in tools]
    messages: list = [{"role": "user", "content": question}]
    while True:
        answer = client.messages.create(model="claude-sonnet-4-5", max_tokens=256, system=f"You are {name}", messages=messages, tools=offered)
        calls = [block for block in answer.content if block.type == "tool_use"]
        if not calls: break
        messages.append({"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in answer.content]})
        messages.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": execute(call.name, call.input)} for call in calls]})
    with client.messages.stream(model="claude-sonnet-4-5", max_tokens=256, messages=[{"role": "user", "content": "summarise"}]) as stream:
        stream.until_done()
    return answer.content[0].text


def google_loop(name: str, question: str, tools: tuple) -> str:
    from google import genai
    from google.genai import types
    client = genai.Client(api_key="sk-fake", http_options=types.HttpOptions(base_url=LLM_ROOT))
    offered = types.Tool(function_declarations=[{"name": tool, "description": tool, "parameters_json_schema": SCHEMA(argument)} for tool, argument in tools])
    config = types.GenerateContentConfig(system_instruction=f"You are {name}", tools=[offered], automatic_function_calling={"disable": True})
    contents: list = [types.Content(role="user", parts=[types.Part(text=question)])]
    while True:
        answer = client.models.generate_content(model="gemini-2.5-flash", contents=contents, config=config)
        if not answer.function_calls: break
        contents.append(answer.candidates[0].content)
        contents.append(types.Content(role="user", parts=[types.Part.from_function_response(name=call.name, response={"result": execute(call.name, call.args)}) for call in answer.function_calls]))
    for _ in client.models.generate_content_stream(model="gemini-2.5-flash", contents="summarise"): pass
    return answer.text


def agent(name: str, question: str, tools: tuple) -> str:
    with tracer.start_as_current_span(f"invoke_agent {name}", attributes={"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name, **WHO}):
        return {"anthropic": anthropic_loop, "google": google_loop}[SDK](name, question, tools)


done(f"{SDK} via {VIA}", agent("planner", QUESTION, PLANNER), provider)
