"""Haystack's agent through OpenInference: its own instrumentor has pipelines and components, the OpenAI one the model
calls. env: TARGET, LLM"""
import os
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
from openinference.instrumentation import using_attributes
from openinference.instrumentation.haystack import HaystackInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
HaystackInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)
from typing import Annotated
from haystack import Pipeline
from haystack.components.agents import Agent
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import tool

model = lambda: OpenAIChatGenerator(model=MODEL, api_base_url=LLM)


@tool
def get_weather(city: Annotated[str, "its name"]) -> str:
    """The weather of a city."""
    return weather(city)


@tool
def broken_tool(value: Annotated[str, "anything"]) -> str:
    """Fails."""
    return broken(value)


researcher = Agent(chat_generator=model(), tools=[get_weather], system_prompt="You research")


@tool
def ask_researcher(question: Annotated[str, "what to find out"]) -> str:
    """Asks the researcher."""
    CALLED["ask_researcher"] += 1
    return researcher.run(messages=[ChatMessage.from_user(question)])["messages"][-1].text


pipeline = Pipeline()
pipeline.add_component("planner", Agent(chat_generator=model(), tools=[get_weather, broken_tool, ask_researcher], system_prompt="You plan", raise_on_tool_invocation_failure=False))
with using_attributes(session_id=SESSION, user_id=USER):
    said = pipeline.run({"planner": {"messages": [ChatMessage.from_user(QUESTION)]}})["planner"]["messages"][-1].text
done("haystack", said, provider)
