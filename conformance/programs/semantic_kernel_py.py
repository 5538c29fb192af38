"""Semantic Kernel agents with its own telemetry. env: TARGET, LLM; contents go into log records, as Semantic Kernel does."""
import asyncio, logging, os
os.environ["SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE"] = "true"
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
from opentelemetry import trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
logs = LoggerProvider()
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
set_logger_provider(logs)
handler = LoggingHandler(logger_provider=logs)
handler.addFilter(logging.Filter("semantic_kernel"))
logging.getLogger().addHandler(handler)
logging.getLogger().setLevel(logging.INFO)
from openai import AsyncOpenAI
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion
from semantic_kernel.functions import kernel_function

service = lambda: OpenAIChatCompletion(ai_model_id=MODEL, async_client=AsyncOpenAI(base_url=LLM, api_key="sk-fake"))


class Weather:
    @kernel_function(name="get_weather", description="The weather of a city.")
    def get_weather(self, city: str) -> str: return weather(city)


researcher = ChatCompletionAgent(service=service(), name="researcher", instructions="You research", plugins=[Weather()])


class Work(Weather):
    @kernel_function(name="broken_tool", description="Fails.")
    def broken_tool(self, value: str) -> str: return broken(value)

    @kernel_function(name="ask_researcher", description="Asks the researcher.")
    async def ask_researcher(self, question: str) -> str:
        CALLED["ask_researcher"] += 1
        return str((await researcher.get_response(question)).content)


async def main() -> str:
    planner = ChatCompletionAgent(service=service(), name="planner", instructions="You plan", plugins=[Work()])
    with trace.get_tracer("demo").start_as_current_span("demo run", attributes={"session.id": SESSION, "user.id": USER, "gen_ai.conversation.id": SESSION}):
        return str((await planner.get_response(QUESTION)).content)


said = asyncio.run(main())
logs.force_flush(); logs.shutdown()
done("semantic-kernel", said, provider)
