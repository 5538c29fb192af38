"""CrewAI through OpenInference: its own instrumentor has crews, agents and tools, the OpenAI one the model calls. env: TARGET, LLM"""
import os
os.environ.update(CREWAI_DISABLE_TELEMETRY="true", CREWAI_DISABLE_TRACKING="true", CREWAI_TRACING_ENABLED="false")
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
from openinference.instrumentation import using_attributes
from openinference.instrumentation.crewai import CrewAIInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
CrewAIInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)
from crewai import LLM as Model, Agent, Crew, Task
from crewai.tools import tool

model = lambda: Model(model=f"openai/{MODEL}", base_url=LLM, api_key="sk-fake")


@tool("get_weather")
def get_weather(city: str) -> str:
    """The weather of a city."""
    return weather(city)


@tool("broken_tool")
def broken_tool(value: str) -> str:
    """Fails."""
    return broken(value)


def crew(role: str, question: str, tools: list) -> Crew:
    agent = Agent(role=role, goal="answer", backstory=f"You are {role}", llm=model(), tools=tools, max_retry_limit=0)
    return Crew(name=f"{role} crew", agents=[agent], tasks=[Task(name="answer", description=question, expected_output="one sentence", agent=agent)])


@tool("ask_researcher")
def ask_researcher(question: str) -> str:
    """Asks the researcher."""
    CALLED["ask_researcher"] += 1
    return crew("researcher", question, [get_weather]).kickoff().raw


with using_attributes(session_id=SESSION, user_id=USER):
    said = crew("planner", QUESTION, [get_weather, broken_tool, ask_researcher]).kickoff().raw
done("crewai", said, provider)
