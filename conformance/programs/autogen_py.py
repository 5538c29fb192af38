"""AutoGen agentchat with autogen-core's own telemetry, which has no model calls; OpenInference's instrumentor of the
OpenAI client adds them. env: TARGET, LLM, WITH=openai|nothing"""
import asyncio, os
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
if os.environ.get("WITH", "openai") == "openai":
    from openinference.instrumentation.openai import OpenAIInstrumentor
    OpenAIInstrumentor().instrument(tracer_provider=provider)
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.tools import AgentTool
from autogen_core.models import ModelInfo
from autogen_ext.models.openai import OpenAIChatCompletionClient
from opentelemetry import trace

info = ModelInfo(vision=False, function_calling=True, json_output=True, family="gpt-5", structured_output=True)
model = lambda: OpenAIChatCompletionClient(model=MODEL, base_url=LLM, api_key="sk-fake", model_info=info, parallel_tool_calls=False)


async def get_weather(city: str) -> str:
    """The weather of a city."""
    return weather(city)


async def broken_tool(value: str) -> str:
    """Fails."""
    return broken(value)


async def main() -> str:
    researcher = AssistantAgent("ask_researcher", model_client=model(), tools=[get_weather], description="Asks the researcher", system_message="You research", max_tool_iterations=9)

    class Researcher(AgentTool):
        async def run_stream(self, args, cancellation_token):
            CALLED["ask_researcher"] += 1
            async for item in super().run_stream(args, cancellation_token): yield item
    planner = AssistantAgent("planner", model_client=model(), tools=[get_weather, broken_tool, Researcher(researcher)], system_message="You plan", max_tool_iterations=9)
    with trace.get_tracer("demo").start_as_current_span("demo run", attributes={"session.id": SESSION, "user.id": USER, "gen_ai.conversation.id": SESSION}):
        result = await planner.run(task=QUESTION)
    return result.messages[-1].content


done("autogen", asyncio.run(main()), provider)
