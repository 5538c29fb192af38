"""Microsoft Agent Framework with its own telemetry. env: TARGET, LLM; SENSITIVE=true lets messages out."""
import asyncio, os
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
from agent_framework import tool
from agent_framework.openai import OpenAIChatCompletionClient
from agent_framework.observability import enable_instrumentation
enable_instrumentation(enable_sensitive_data=os.environ.get("SENSITIVE", "true") == "true")
from opentelemetry import trace

model = lambda: OpenAIChatCompletionClient(model=MODEL, base_url=LLM, api_key="sk-fake")


@tool(approval_mode="never_require")
def get_weather(city: str) -> str:
    """The weather of a city."""
    return weather(city)


@tool(approval_mode="never_require")
def broken_tool(value: str) -> str:
    """Fails."""
    return broken(value)


researcher = model().as_agent(name="researcher", instructions="You research", tools=[get_weather])


@tool(approval_mode="never_require")
async def ask_researcher(question: str) -> str:
    """Asks the researcher."""
    CALLED["ask_researcher"] += 1
    return (await researcher.run(question)).text


async def main() -> str:
    planner = model().as_agent(name="planner", instructions="You plan", tools=[get_weather, broken_tool, ask_researcher])
    with trace.get_tracer("demo").start_as_current_span("demo run", attributes={"session.id": SESSION, "user.id": USER, "gen_ai.conversation.id": SESSION}):
        return (await planner.run(QUESTION)).text


done("agent-framework", asyncio.run(main()), provider)
