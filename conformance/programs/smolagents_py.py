"""smolagents through OpenInference. env: TARGET, LLM"""
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
from openinference.instrumentation import using_attributes
from openinference.instrumentation.smolagents import SmolagentsInstrumentor
SmolagentsInstrumentor().instrument(tracer_provider=provider)
from smolagents import OpenAIServerModel, ToolCallingAgent, tool

model = lambda: OpenAIServerModel(MODEL, api_base=LLM, api_key="sk-fake")


@tool
def get_weather(city: str) -> str:
    """The weather of a city.

    Args:
        city: Its name.
    """
    return weather(city)


@tool
def broken_tool(value: str) -> str:
    """Fails.

    Args:
        value: Anything.
    """
    return broken(value)


researcher = ToolCallingAgent(tools=[get_weather], model=model(), name="ask_researcher", description="Asks the researcher", verbosity_level=0)


class Researcher(ToolCallingAgent):
    def __call__(self, *args, **kwargs):
        CALLED["ask_researcher"] += 1
        return super().__call__(*args, **kwargs)


researcher.__class__ = Researcher
planner = ToolCallingAgent(tools=[get_weather, broken_tool], managed_agents=[researcher], model=model(), name="planner", verbosity_level=0)
with using_attributes(session_id=SESSION, user_id=USER):
    said = planner.run(QUESTION)
done("smolagents", said, provider)
