"""Two workspaces that hold the same trace, span and session ids, each with two agents and every kind of key."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api import Answer, Api, exchange
from otlp import JSON, as_json, now_ns, request, span
from server import Server, clew

SESSION = "shared-session"
# The number of the first attachment in the store: of the first agent of the first workspace.
FIRST_FILE = "1"
# The same in both workspaces; the text in them is not.
TRACES = {"alpha": "a" * 32, "beta": "b" * 32}
AGENTS = tuple(TRACES)
SCOPES = ("ingest", "read", "admin")


@dataclass
class Tenant:
    """One workspace: its keys by role (`read`, `alpha read`, ...) and the words that only its data has."""

    workspace: str
    keys: dict[str, str] = field(default_factory=dict)

    def canary(self, agent: str) -> str:
        """A word that stands in everything that this agent of this workspace sent, and nowhere else."""
        return f"canary{self.workspace}{agent}"


def make(data: Path, workspace: str) -> Tenant:
    """Makes the workspace with its keys on a folder that no server has open."""
    tenant = Tenant(workspace)
    if workspace != "default":
        clew("workspaces", "create", workspace, data=data)
    for scope in SCOPES:
        tenant.keys[scope] = make_key(data, workspace, scope, "--name", scope)
        for agent in AGENTS:
            name = f"{agent} {scope}"
            tenant.keys[name] = make_key(data, workspace, scope, "--name", name, "--agent", agent)
    return tenant


def make_key(data: Path, workspace: str, scope: str, *more: str) -> str:
    """One key of a workspace, from the command line."""
    made = clew("keys", "create", "--workspace", workspace, "--scopes", scope, "--json", *more, data=data)
    return str(json.loads(made)["key"])


def send_run(server: Server, tenant: Tenant, agent: str, trace_id: str | None = None) -> None:
    """A run of three spans in which every text holds the canary; sent with the agent's own ingest key."""
    word = tenant.canary(agent)
    trace = trace_id or TRACES[agent]
    began = now_ns()
    shared: dict[str, Any] = {"session__id": SESSION, "user__id": f"user-{word}"}
    spans = (
        span(trace, "01" * 8, f"run {word}", start=began, end=began + 9, gen_ai__operation__name="invoke_agent",
             gen_ai__agent__name=agent, input__value=f"ask {word}", **shared),
        span(trace, "02" * 8, f"chat {word}", parent="01" * 8, start=began + 1, end=began + 3,
             gen_ai__operation__name="chat", gen_ai__request__model=f"model-{word}",
             gen_ai__usage__input_tokens=10, gen_ai__input__messages=_messages(word), **shared),
        span(trace, "03" * 8, f"tool {word}", parent="01" * 8, start=began + 4, end=began + 5,
             gen_ai__operation__name="execute_tool", gen_ai__tool__name=f"tool-{word}",
             gen_ai__tool__call__arguments=json.dumps({"q": word}), **shared),
    )
    body = as_json(request(*spans, service=f"service-{word}"))
    key = tenant.keys[f"{agent} ingest"]
    answer = exchange(server.port, "POST", "/v1/traces", body, {**JSON, "Authorization": f"Bearer {key}"})
    if answer.status != 200:
        raise RuntimeError(f"{tenant.workspace} {agent} could not send: {answer.status} {answer.text()[:300]}")


def leave_notes(server: Server, tenant: Tenant) -> None:
    """What else holds words of a workspace: a saved view, and on each agent's run a label, an event and a file."""
    admin = Api(server.port, key=tenant.keys["admin"])
    _taken(admin.call("POST", "views", {"name": tenant.canary("shared"), "page": "runs", "definition": {}}))
    for agent, trace in TRACES.items():
        word = tenant.canary(agent)
        sender = Api(server.port, key=tenant.keys[f"{agent} ingest"])
        _taken(sender.call("POST", "labels", {"trace_id": trace, "name": "note", "explanation": word}))
        event = {"id": "note", "name": f"event {word}", "data": {"text": word}}
        _taken(sender.call("POST", f"/api/ingest/v1/runs/{trace}/events", {"events": [event]}))
        _taken(sender.call("POST", f"traces/{trace}/attachments", f"content {word}".encode(), name=f"file {word}"))


def _taken(answer: Answer) -> None:
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"setting up: {answer.status} {answer.text()[:300]}")


def _messages(word: str) -> str:
    return json.dumps([{"role": "system", "parts": [{"type": "text", "content": f"You are {word}"}]},
                       {"role": "user", "parts": [{"type": "text", "content": "the same question for all"}]}])
