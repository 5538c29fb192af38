"""Clew's own Python SDK: decorators, OpenAI's client wrapped, a run around it all. env: TARGET, LLM; PYTHONPATH with the SDK, CLEW_SPOOL"""
import json, os
os.environ["CLEW_URL"] = os.environ["TARGET"]
import clew
from _common import *
def deco(kind, name): return {"tool": clew.tool, "agent": clew.agent}[kind](name=name)
llm = clew.wrap_openai(client()); planner = build(deco, llm)
with clew.start_run("demo", session_id="sess-123", user_id="user-42", tags=["demo"], metadata={"k": "v"}) as run:
    ans = planner("What is the weather in Paris?"); responses_and_embeddings(llm); clew.event("note", {"a": 1})
clew.flush(); stats = clew.default().stats(); print(json.dumps({"sdk": "clew", "trace_id": run.trace_id, **N, "answer": ans, "dropped": stats.dropped}))
