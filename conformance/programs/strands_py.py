"""Strands Agents with its own telemetry. env: TARGET, LLM; OTEL_SEMCONV_STABILITY_OPT_IN as Strands reads it."""
import os
from _scenario import ANSWER, CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, count_on, done, weather
from strands import Agent, tool
from strands.models.openai import OpenAIModel
from strands.telemetry import StrandsTelemetry

telemetry = StrandsTelemetry().setup_otlp_exporter()
count_on(telemetry.tracer_provider)
model = lambda: OpenAIModel(client_args={"base_url": LLM, "api_key": "sk-fake"}, model_id=MODEL)
who = {"session.id": SESSION, "user.id": USER}


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return weather(city)


@tool
def broken_tool(value: str) -> str:
    """Fails."""
    return broken(value)


@tool
def ask_researcher(question: str) -> str:
    """Asks the researcher."""
    CALLED["ask_researcher"] += 1
    return str(Agent(name="researcher", model=model(), tools=[get_weather], callback_handler=None, trace_attributes=who)(question))


planner = Agent(name="planner", model=model(), tools=[get_weather, broken_tool, ask_researcher], callback_handler=None,
                system_prompt="You plan", trace_attributes=who)
done("strands", planner(QUESTION), telemetry.tracer_provider)
