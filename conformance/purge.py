"""A deleted run is gone: from every answer, from the search, from the files; what it shared with others stays.

    python3 conformance/purge.py
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from api import Answer, Api, exchange
from otlp import JSON, as_json, now_ns, request, span
from server import Server
from suite import Suite

CANARY = "zqxcanary7f3e"
DOOMED, KEPT = "d" * 32, "c" * 32
SESSION = "shared-session"
SYSTEM = "You are a careful assistant that both runs share. " * 30
PLACES = (f"traces/{DOOMED}/attachments", f"traces/{DOOMED}/attachments/4", "traces", "sessions", f"sessions/{SESSION}", "users", "agents", "spans", f"search?q={CANARY}", "export",
          "labels", "audit", "requests")


def send(server: Server, trace_id: str, word: str) -> Answer:
    """A run whose every text holds the word, in a session and with a system prompt that another run has too."""
    began = now_ns()
    messages = [{"role": "system", "parts": [{"type": "text", "content": SYSTEM}]},
                {"role": "user", "parts": [{"type": "text", "content": f"question {word}"}]}]
    one = span(trace_id, "01" * 8, f"chat {word}", start=began, end=began + 5, session__id=SESSION,
               user__id=f"user-{word}", gen_ai__operation__name="chat", gen_ai__request__model=f"model-{word}",
               note=f"note {word}",
               gen_ai__input__messages=json.dumps(messages), gen_ai__usage__input_tokens=10)
    one["events"] = [{"name": f"event {word}", "timeUnixNano": str(began + 1)}]
    tool = span(trace_id, "02" * 8, f"tool {word}", parent="01" * 8, start=began, end=began + 2,
                gen_ai__operation__name="execute_tool", gen_ai__tool__name=f"tool-{word}",
                gen_ai__tool__call__arguments=json.dumps({"q": word}), session__id=SESSION)
    return exchange(server.port, "POST", "/v1/traces", as_json(request(one, tool, service="purging")), JSON)


def attach(api: Api, trace_id: str, word: str) -> Answer:
    """A file with the word in its name and its content, and one that both runs have."""
    api.call("POST", f"traces/{trace_id}/attachments", b"the same for both", name="shared.txt")
    return api.call("POST", f"traces/{trace_id}/attachments", f"content {word}".encode(), name=f"file {word}")


def shown_in(api: Api) -> list[str]:
    """The places whose answer holds the word."""
    return [place for place in PLACES if CANARY in api.call("GET", place).text().replace(f"q={CANARY}", "")]


def kept_is_whole(api: Api) -> list[str]:
    """The run that shared session and prompt can still be read to the last word."""
    payload = api.call("GET", f"traces/{KEPT}/spans/{'01' * 8}").text()
    files = [api.call("GET", f"traces/{KEPT}/attachments/{number}").text() for number in (1, 2)]
    problems = [] if files == ["the same for both", "content kept"] else [f"the other run's files: {files}"]
    if SYSTEM in payload and "question kept" in payload:
        return problems
    return [*problems, f"the other run's payload: {payload[:200]}"]


def files_with_canary(server: Server) -> list[str]:
    """Files of the data folder, and the log, in which the word stands."""
    files = [server.log, *(path for path in server.data.rglob("*") if path.is_file())]
    return [path.name for path in files if CANARY.encode() in path.read_bytes()]


def run(suite: Suite, server: Server) -> None:
    """Send, delete, look, come back after a restart, look again."""
    api = Api(server.port)
    send(server, KEPT, "kept")
    send(server, DOOMED, CANARY)
    attach(api, KEPT, "kept")
    attach(api, DOOMED, CANARY)
    seen = shown_in(api)
    suite.case("the run shows before", [] if {"traces", "export", *PLACES[:2]} <= set(seen) else [f"only in {seen}"])
    deleted = api.call("DELETE", f"traces/{DOOMED}")
    suite.case("it is deleted", [] if deleted.status in (200, 202, 204) else [deleted.text()[:200]])
    suite.case("no answer shows it", shown_in(api))
    late = send(server, DOOMED, CANARY)
    said = late.json().get("partialSuccess", {}) if late.status == 200 else {}
    refused = str(said.get("rejectedSpans")) == "2"
    suite.case("what comes later is refused and said", [] if refused else [f"{late.status} {late.text()[:200]}"])
    file = attach(api, DOOMED, CANARY)
    suite.case("nor is a file taken", [] if file.status == 409 else [f"{file.status} {file.text()[:200]}"])
    suite.case("nor is it back", shown_in(api))
    told = api.call("GET", "deleted").text()
    suite.case("the receipt names it", [] if DOOMED in told else [told[:200]])
    suite.case("what it shared is whole", kept_is_whole(api))
    server.stop()
    suite.case("no file holds it", files_with_canary(server))
    server.start()
    api = Api(server.port)
    suite.case("nor after a restart", shown_in(api) + kept_is_whole(api))


def main() -> int:
    """On a folder of its own."""
    suite = Suite("purge")
    with tempfile.TemporaryDirectory(prefix="clew-purge-") as folder, Server(data=Path(folder) / "data") as server:
        run(suite, server)
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
