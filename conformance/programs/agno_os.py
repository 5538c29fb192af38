"""agno's AgentOS with tracing=True, asked once over HTTP. env: LLM, TARGET, HOW (nothing | one line | quiet)"""
import json
import os
import tempfile

os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = os.environ["TARGET"]
from agno.agent import Agent
from agno.db.sqlite import SqliteDb
from agno.models.openai import OpenAIChat
from agno.os import AgentOS
from fastapi import FastAPI
from fastapi.testclient import TestClient

how = os.environ["HOW"]
folder = tempfile.TemporaryDirectory()
db = SqliteDb(db_file=f"{folder.name}/app.db")
model = OpenAIChat(id="gpt-5-mini", base_url=os.environ["LLM"], api_key="sk-fake")
agent = Agent(id="assistant", name="Assistant", model=model, db=db)
base = {"base_app": FastAPI(telemetry={"tracing": False})} if how == "quiet" else {}
agent_os = AgentOS(agents=[agent], tracing=True, **base)
if how in ("one line", "quiet"):
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    trace.get_tracer_provider().add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
with TestClient(agent_os.get_app()) as client:
    question = {"message": "What is the weather in Paris?", "stream": "false", "session_id": "trip-7", "user_id": "ada"}
    answer = client.post("/agents/assistant/runs", data=question)
    own = client.get("/traces").json()["data"]
print(json.dumps({"status": answer.status_code, "run_id": answer.json()["run_id"], "own": [row["name"] for row in own]}))
