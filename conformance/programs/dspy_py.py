"""DSPy's ReAct through OpenInference. env: TARGET, LLM"""
import os
os.environ.update(LITELLM_LOCAL_MODEL_COST_MAP="True")
from _scenario import CALLED, LLM, MODEL, QUESTION, SESSION, USER, broken, counting_provider, done, weather
provider = counting_provider()
from openinference.instrumentation import using_attributes
from openinference.instrumentation.dspy import DSPyInstrumentor
DSPyInstrumentor().instrument(tracer_provider=provider)
import dspy
from opentelemetry import trace
dspy.configure(lm=dspy.LM(f"openai/{MODEL}", api_base=LLM, api_key="sk-fake", cache=False, max_tokens=None, temperature=None))


def get_weather(city: str) -> str:
    """The weather of a city."""
    return weather(city)


class Researcher(dspy.Module):
    def __init__(self):
        super().__init__()
        self.answer = dspy.Predict("question -> answer")

    def forward(self, question: str):
        CALLED["ask_researcher"] += 1
        get_weather_tool(city="Paris")
        return self.answer(question=question)


get_weather_tool = dspy.Tool(get_weather)
with using_attributes(session_id=SESSION, user_id=USER), trace.get_tracer("demo").start_as_current_span("demo run", attributes={"session.id": SESSION, "user.id": USER, "gen_ai.conversation.id": SESSION}):
    said = Researcher()(question=QUESTION).answer
    try: dspy.Tool(lambda value: broken(value), name="broken_tool")(value="x")
    except ValueError: pass
done("dspy", said, provider)
