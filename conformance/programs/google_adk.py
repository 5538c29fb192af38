"""Google ADK with its own telemetry, over Gemini or LiteLLM. env: TARGET, LLM, LLM_ROOT, BACKEND=gemini|gemini-stream|litellm"""
import asyncio, os
from _scenario import CALLED, LLM, LLM_ROOT, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()  # ADK takes the global one
BACKEND = os.environ.get("BACKEND", "gemini")
os.environ["GOOGLE_GEMINI_BASE_URL"] = LLM_ROOT
os.environ["GOOGLE_API_KEY"] = "sk-fake"
from google.adk.agents import LlmAgent
from google.adk.agents.run_config import RunConfig, StreamingMode
from google.adk.runners import InMemoryRunner
from google.adk.tools.agent_tool import AgentTool
from google.genai import types


def model():
    if BACKEND != "litellm": return "gemini-2.5-flash"
    from google.adk.models.lite_llm import LiteLlm
    return LiteLlm(model=f"openai/{MODEL}", api_base=LLM, api_key="sk-fake")


def get_weather(city: str) -> str:
    """The weather of a city."""
    return weather(city)


def broken_tool(value: str) -> str:
    """Fails."""
    return broken(value)


def tool_failed(tool, args, tool_context, error):
    """What the model is told instead of the exception; without it the exception ends the run."""
    return {"error": str(error)}


def before_tool(tool, args, tool_context):
    if tool.name == "ask_researcher": CALLED["ask_researcher"] += 1


researcher = LlmAgent(name="ask_researcher", model=model(), instruction="You research", description="Asks the researcher", tools=[get_weather])
planner = LlmAgent(name="planner", model=model(), instruction="You plan", tools=[get_weather, broken_tool, AgentTool(researcher)],
                   on_tool_error_callback=tool_failed, before_tool_callback=before_tool)


async def main() -> str:
    runner = InMemoryRunner(agent=planner, app_name="demo-agent")
    await runner.session_service.create_session(app_name="demo-agent", user_id=USER, session_id=SESSION)
    said = types.Content(role="user", parts=[types.Part(text=QUESTION)])
    mode = StreamingMode.SSE if BACKEND == "gemini-stream" else StreamingMode.NONE
    answer = ""
    async for event in runner.run_async(user_id=USER, session_id=SESSION, new_message=said, run_config=RunConfig(streaming_mode=mode)):
        if event.is_final_response() and event.content: answer = "".join(part.text or "" for part in event.content.parts)
    await runner.close()
    return answer


done("google-adk", asyncio.run(main()), provider)
