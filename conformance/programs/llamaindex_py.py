"""LlamaIndex agents. env: TARGET, LLM, VIA=openinference|openllmetry"""
import asyncio, os
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
VIA = os.environ.get("VIA", "openinference")
if VIA == "openinference":
    from openinference.instrumentation.llama_index import LlamaIndexInstrumentor
else:
    from opentelemetry.instrumentation.llamaindex import LlamaIndexInstrumentor
LlamaIndexInstrumentor().instrument(tracer_provider=provider)
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.llms.openai import OpenAI
from opentelemetry import trace


class Model(OpenAI):
    """LlamaIndex asks its own table for the size of the context; the fake model is in none."""
    @property
    def metadata(self): return super().metadata.model_copy(update={"is_function_calling_model": True})


model = lambda: Model(model=MODEL, api_base=LLM, api_key="sk-fake")


def get_weather(city: str) -> str:
    """The weather of a city."""
    return weather(city)


def broken_tool(value: str) -> str:
    """Fails."""
    return broken(value)


async def ask_researcher(question: str) -> str:
    """Asks the researcher."""
    CALLED["ask_researcher"] += 1
    researcher = FunctionAgent(name="researcher", llm=model(), tools=[get_weather], system_prompt="You research", streaming=False)
    return str(await researcher.run(question))


async def main() -> str:
    planner = FunctionAgent(name="planner", llm=model(), tools=[get_weather, broken_tool, ask_researcher], system_prompt="You plan", streaming=False)
    with trace.get_tracer("demo").start_as_current_span("demo run", attributes={"session.id": SESSION, "user.id": USER, "gen_ai.conversation.id": SESSION}):
        return str(await planner.run(QUESTION))


done("llamaindex", asyncio.run(main()), provider)
