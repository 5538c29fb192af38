"""LangChain agents (on LangGraph). env: TARGET, LLM, VIA=openinference|openllmetry|both-openai (OpenLLMetry's for LangChain and for OpenAI)"""
import os
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
VIA = os.environ.get("VIA", "openinference")
if VIA == "openinference":
    from openinference.instrumentation.langchain import LangChainInstrumentor
else:
    from opentelemetry.instrumentation.langchain import LangchainInstrumentor as LangChainInstrumentor
LangChainInstrumentor().instrument(tracer_provider=provider)
from langchain.agents import create_agent
from langchain.tools import tool
from langchain_core.tools import ToolException
from langchain_openai import ChatOpenAI

model = lambda: ChatOpenAI(model=MODEL, base_url=LLM, api_key="sk-fake")


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return weather(city)


@tool
def broken_tool(value: str) -> str:
    """Fails."""
    try: return broken(value)
    except ValueError as failure: raise ToolException(str(failure)) from failure


broken_tool.handle_tool_error = False
researcher = create_agent(model(), tools=[get_weather], system_prompt="You research", name="researcher")


@tool
def ask_researcher(question: str) -> str:
    """Asks the researcher."""
    CALLED["ask_researcher"] += 1
    return researcher.invoke({"messages": [("user", question)]})["messages"][-1].text


def tool_failed(request, handler):
    """What the model is told instead of the exception, which would end the run."""
    from langchain_core.messages import ToolMessage
    try: return handler(request)
    except ToolException as failure: return ToolMessage(str(failure), tool_call_id=request.tool_call["id"], status="error")


from langchain.agents.middleware import wrap_tool_call
planner = create_agent(model(), tools=[get_weather, broken_tool, ask_researcher], system_prompt="You plan", name="planner",
                       middleware=[wrap_tool_call(tool_failed)])
said = planner.invoke({"messages": [("user", QUESTION)]}, {"metadata": {"session_id": SESSION, "user_id": USER}})
done("langchain", said["messages"][-1].text, provider)
