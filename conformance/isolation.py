"""Every route of the OpenAPI document, with every kind of key, in two workspaces that hold the same ids.

    python3 conformance/isolation.py

A key gets what the document says and nothing else; no answer holds a word of another workspace, or of another agent
where the key is one agent's; no key stands in any answer, in the log, or in the data folder.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import tenants
from api import Api, exchange
from otlp import JSON, as_json, request, span
from routes import LiveReader, Operation, operations
from server import Server
from suite import Suite
from tenants import AGENTS, Tenant

OTHER = "tenantb"
WHOLE_INSTANCE = ("/api/v1/backup",)
READERS = ("read", *(f"{agent} read" for agent in AGENTS))
UNKNOWN_KEY = "aos_ws_" + "planted" * 6


def roles(tenant: Tenant) -> dict[str, str | None]:
    """Everybody who may come: nobody, somebody with a made-up key, and each key of the workspace."""
    return {"nobody": None, "unknown": UNKNOWN_KEY, **tenant.keys}


def expected_refusal(operation: Operation, role: str, tenant: Tenant) -> int | None:
    """The status with which this role must be sent away, or None if it must not be."""
    if operation.scope is None:
        return None
    if role in ("nobody", "unknown"):
        return 401
    agent_bound, scope = " " in role, role.split(" ")[-1]
    if scope not in (operation.scope, "admin"):
        return 403
    if agent_bound and not operation.agent_keys:
        return 403
    if operation.operator and tenant.workspace != "default":
        return 403
    return None


class Isolation:
    """One server with two tenants, and everything that it has ever answered."""

    def __init__(self, server: Server, both: list[Tenant]) -> None:
        self.server = server
        self.tenants = both
        self.keys = [UNKNOWN_KEY, *(key for tenant in both for key in tenant.keys.values())]
        for tenant in both:
            for agent in AGENTS:
                tenants.send_run(server, tenant, agent)
            tenants.leave_notes(server, tenant)

    def access(self, operation: Operation) -> list[str]:
        """Who is sent away, and who is not."""
        problems = []
        for tenant in self.tenants:
            for role, key in roles(tenant).items():
                status, text = operation.call(self.server.port, key, harmless=True)
                expected = expected_refusal(operation, role, tenant)
                if status != expected and (expected is not None or status in (401, 403)):
                    problems.append(f"{tenant.workspace} {role}: answered {status}, "
                                    f"expected {expected or 'to get in'}")
                problems += self._leaks(text, tenant, role, "an answer", whole=_is_whole(operation, tenant, role))
        return problems

    def crossing(self, operation: Operation) -> list[str]:
        """Reading with each key shows nothing of the other workspace, also when a header asks for it. One thing may:
        whoever runs the instance keeps the keys of every workspace, and so may read its books, but none of its runs."""
        problems = []
        for tenant in self.tenants:
            other = next(one for one in self.tenants if one is not tenant)
            for role, key in tenant.keys.items():
                for workspace in (None, other.workspace):
                    _, text = operation.call(self.server.port, key, harmless=False, workspace=workspace)
                    if workspace and operation.administers and (tenant.workspace, role) == ("default", "admin"):
                        text = text.replace(other.canary("shared"), "")
                    problems += self._leaks(text, tenant, role, f"an answer (asking for {workspace})",
                                            whole=_is_whole(operation, tenant, role))
        return problems

    def _leaks(self, text: str, tenant: Tenant, role: str, where: str, whole: bool = False) -> list[str]:
        """`whole`: the answer is about the instance, only keys must not be in it."""
        bound_to = role.split(" ")[0] if " " in role else None
        known = role not in ("nobody", "unknown")
        problems = [f"{tenant.workspace} {role}: {where} shows a key" for key in self.keys if key in text]
        if whole:
            return problems
        for owner in self.tenants:
            for agent in AGENTS:
                own = known and owner is tenant and bound_to in (None, agent)
                if not own and owner.canary(agent) in text:
                    problems.append(f"{tenant.workspace} {role}: {where} shows {owner.canary(agent)}")
            if (owner is not tenant or not known) and owner.canary("shared") in text:
                problems.append(f"{tenant.workspace} {role}: {where} shows {owner.canary('shared')}")
        return problems

    def live(self) -> list[str]:
        """Everybody listens while every agent of both workspaces sends: each hears its own and nothing else."""
        listeners = {(tenant.workspace, role): LiveReader(self.server.port, tenant.keys[role])
                     for tenant in self.tenants for role in READERS}
        for number, tenant in enumerate(self.tenants):
            for agent in AGENTS:
                tenants.send_run(self.server, tenant, agent, trace_id=f"{number}{agent.encode().hex()}".ljust(32, "e"))
        problems = []
        for tenant in self.tenants:
            for role in READERS:
                heard = listeners[tenant.workspace, role].heard()
                problems += self._leaks(heard, tenant, role, "the live stream")
                missed = [agent for agent in AGENTS if role in ("read", f"{agent} read")
                          and tenant.canary(agent) not in heard]
                problems += [f"{tenant.workspace} {role}: did not hear of {agent}'s run" for agent in missed]
        return problems

    def reads_its_own(self) -> list[str]:
        """The other way round: each reader does see its own runs, and only those, of the ids that all share."""
        problems = []
        for tenant in self.tenants:
            for role in READERS:
                rows = Api(self.server.port, key=tenant.keys[role]).rows()
                wanted = {f"run {tenant.canary(agent)}" for agent in AGENTS if role in ("read", f"{agent} read")}
                if {row["name"] for row in rows} != wanted:
                    problems.append(f"{tenant.workspace} {role}: sees {[row['name'] for row in rows]}")
                for row in rows:
                    if row["span_count"] != 3 or row["usage"]["input"] != 10:
                        problems.append(f"{tenant.workspace} {role}: {row['name']} has {row['span_count']} spans")
        return problems

    def agent_cannot_write_as_another(self) -> list[str]:
        """An agent's key that names another agent's trace, or another agent, changes nothing of that one's."""
        tenant = self.tenants[0]
        word = "written-by-beta"
        intruder = span(tenants.TRACES["alpha"], "09" * 8, word, gen_ai__agent__name="alpha")
        body = as_json(request(intruder, agentos__agent_id="alpha"))
        headers = {**JSON, "Authorization": f"Bearer {tenant.keys['beta ingest']}"}
        exchange(self.server.port, "POST", "/v1/traces", body, headers)
        seen = Api(self.server.port, key=tenant.keys["alpha read"]).get(f"traces/{tenants.TRACES['alpha']}")
        return [f"alpha's run shows {word}"] if word in json.dumps(seen) else []

    def deleting_stays_inside(self) -> list[str]:
        """A trace deleted in one workspace is whole in the other."""
        first, second = self.tenants
        trace = tenants.TRACES["alpha"]
        answer = Api(self.server.port, key=first.keys["admin"]).call("DELETE", f"traces/{trace}")
        problems = []
        if answer.status not in (200, 202, 204):
            problems.append(f"DELETE answered {answer.status}: {answer.text()[:200]}")
        if Api(self.server.port, key=first.keys["read"]).call("GET", f"traces/{trace}").status != 404:
            problems.append("the deleted trace is still there")
        reader = Api(self.server.port, key=second.keys["read"])
        kept = reader.call("GET", f"traces/{trace}")
        if kept.status != 200 or len(kept.json()["spans"]) != 3:
            problems.append(f"the other workspace's trace: {kept.status} {kept.text()[:200]}")
        payload = reader.call("GET", f"traces/{trace}/spans/{'02' * 8}").text()
        if f"You are {second.canary('alpha')}" not in payload or "the same question for all" not in payload:
            problems.append(f"the other workspace's prompt: {payload[:200]}")
        return problems

    def agent_admin_reaches_only_its_own(self) -> list[str]:
        """Another agent's run cannot be deleted, ended or added to by its id."""
        tenant = self.tenants[1]
        trace = tenants.TRACES["beta"]
        alpha = Api(self.server.port, key=tenant.keys["alpha admin"])
        calls = {"DELETE": alpha.call("DELETE", f"traces/{trace}")}
        for call, body in {"events": {"events": [{"id": "x", "name": "intruder"}]}, "fail": {"error": "intruder"},
                           "spans": {"spans": [{"id": "x", "name": "intruder", "kind": "tool"}]}}.items():
            calls[call] = alpha.call("POST", f"/api/ingest/v1/runs/{trace}/{call}", body)
        seen = Api(self.server.port, key=tenant.keys["beta read"])
        detail = seen.call("GET", f"traces/{trace}").text()
        events = seen.call("GET", f"traces/{trace}/events").text()
        problems = [f"{name} answered {answer.status}" for name, answer in calls.items() if answer.status >= 500]
        if "intruder" in detail + events or f"run {tenant.canary('beta')}" not in detail:
            problems.append(f"beta's run after alpha was there: {detail[:200]} {events[:200]}")
        return problems

    def revoked_key(self) -> list[str]:
        """A key that is revoked is worthless at once, also where it was used a moment ago."""
        admin = Api(self.server.port, key=self.tenants[1].keys["admin"])
        made = admin.call("POST", "keys", {"name": "short-lived", "scopes": ["read"]}).json()
        self.keys.append(made["key"])
        short = Api(self.server.port, key=made["key"])
        before = short.call("GET", "traces").status
        revoked = admin.call("DELETE", f"keys/{made['id']}").status
        after = short.call("GET", "traces").status
        return [] if (before, after) == (200, 401) else [f"{before}, revoked with {revoked}, then {after}"]

    def planted_keys(self) -> list[str]:
        """After all that: no key in the log, nor in any file of the data folder."""
        problems = []
        files = [self.server.log, *(path for path in self.server.data.rglob("*") if path.is_file())]
        for path in files:
            content = path.read_bytes()
            problems += [f"{path.name} holds a key {key[:10]}…" for key in self.keys if key.encode() in content]
        return problems


def _is_whole(operation: Operation, tenant: Tenant, role: str) -> bool:
    """A copy of the whole store, made by whoever runs the instance."""
    return operation.path in WHOLE_INSTANCE and operation.operator and (tenant.workspace, role) == ("default", "admin")


def run(suite: Suite, isolation: Isolation) -> None:
    """All cases against one server."""
    admin = Api(isolation.server.port, key=isolation.tenants[0].keys["admin"])
    found = operations(admin.get("openapi.json"))
    suite.case("each reader sees its own", isolation.reads_its_own())  # before others add runs
    for operation in found:
        suite.case(f"access   {operation}", isolation.access(operation))
    for operation in found:
        if operation.reads:
            suite.case(f"crossing {operation}", isolation.crossing(operation))
    suite.case("live streams stay inside", isolation.live())
    suite.case("an agent's key writes as its own agent only", isolation.agent_cannot_write_as_another())
    suite.case("an agent's admin reaches its own agent only", isolation.agent_admin_reaches_only_its_own())
    suite.case("a delete stays inside its workspace", isolation.deleting_stays_inside())
    suite.case("a revoked key is worthless at once", isolation.revoked_key())
    suite.case("no key in log or files", isolation.planted_keys())


def main() -> int:
    """Makes workspaces and keys on the folder, starts a server that wants keys, and runs."""
    suite = Suite("isolation")
    with tempfile.TemporaryDirectory(prefix="clew-isolation-") as folder:
        data = Path(folder) / "data"
        both = [tenants.make(data, name) for name in ("default", OTHER)]
        with Server("--open", "false", data=data) as server:
            run(suite, Isolation(server, both))
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
