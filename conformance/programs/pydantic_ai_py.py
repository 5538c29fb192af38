"""Pydantic AI with its own telemetry and no Logfire. env: TARGET, LLM"""
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
from opentelemetry import trace
from pydantic_ai import Agent, ModelRetry
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

Agent.instrument_all()
model = OpenAIChatModel(MODEL, provider=OpenAIProvider(base_url=LLM, api_key="sk-fake"))
researcher = Agent(model, name="researcher", instructions="You research")
planner = Agent(model, name="planner", instructions="You plan", retries=1)


@researcher.tool_plain(name="get_weather")
@planner.tool_plain
def get_weather(city: str) -> str:
    return weather(city)


@planner.tool_plain
def broken_tool(value: str) -> str:
    try: return broken(value)
    except ValueError as failure: raise ModelRetry(str(failure)) from failure


@planner.tool_plain
async def ask_researcher(question: str) -> str:
    CALLED["ask_researcher"] += 1
    return (await researcher.run(question, conversation_id=SESSION)).output


with trace.get_tracer("demo").start_as_current_span("demo run", attributes={"session.id": SESSION, "user.id": USER, "gen_ai.conversation.id": SESSION}):
    said = planner.run_sync(QUESTION, conversation_id=SESSION).output
done("pydantic-ai", said, provider)
