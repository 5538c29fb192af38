"""LiveKit Agents without a room: a session in text, which needs no media server, with its own telemetry. env: TARGET, LLM"""
import asyncio, contextvars, logging
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
from livekit.agents import Agent, AgentSession, function_tool
from livekit.agents.telemetry import set_tracer_provider
from livekit.plugins import openai
from opentelemetry import context
set_tracer_provider(provider, metadata={"session.id": SESSION, "user.id": USER})
logging.disable(logging.ERROR)  # it writes the failing tool's stack
model = lambda: openai.LLM(model=MODEL, base_url=LLM, api_key="sk-fake")


class Researcher(Agent):
    def __init__(self): super().__init__(instructions="You research")

    @function_tool
    async def get_weather(self, city: str) -> str:
        """The weather of a city."""
        return weather(city)


class Planner(Agent):
    def __init__(self): super().__init__(instructions="You plan")

    @function_tool
    async def get_weather(self, city: str) -> str:
        """The weather of a city."""
        return weather(city)

    @function_tool
    async def broken_tool(self, value: str) -> str:
        """Fails."""
        return broken(value)

    @function_tool
    async def ask_researcher(self, question: str) -> str:
        """Asks the researcher."""
        CALLED["ask_researcher"] += 1
        # A session of its own knows nothing of the one around it; the trace goes on.
        around = context.get_current()
        return await asyncio.create_task(said(Researcher(), question, around), context=contextvars.Context())


async def said(agent: Agent, question: str, around: context.Context | None = None) -> str:
    if around is not None: context.attach(around)
    async with AgentSession(llm=model(), max_tool_steps=9) as session:
        await session.start(agent)
        result = await session.run(user_input=question)
        return result.events[-1].item.text_content


done("livekit", asyncio.run(said(Planner(), QUESTION)), provider)
