"""What an SDK does with the answers it gets: addresses and ids that the recorder gave out are replaced by those of
the server under test, before the recorded requests that use them are sent."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from recordings import Request

ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"
EXPERIMENT_HEADER = "x-mlflow-experiment-id"


class Following:
    """One sender's knowledge of one server."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}  # by their beginning
        self.ids: dict[str, str] = {}
        self.experiments: dict[str, str] = {}
        self.needless: set[str] = set()

    def adapt(self, request: Request) -> Request | None:
        """The request as the SDK would send it to this server; nothing where the SDK would not send it."""
        if request.path in self.needless:
            return None
        path, query = request.path, request.query
        for old, new in self.paths.items():
            if path.startswith(old):
                split = urlsplit(new + path[len(old):])
                path, query = split.path, split.query or query
        headers = tuple((name, self.experiments.get(value, value) if name.lower() == EXPERIMENT_HEADER else value)
                        for name, value in request.headers)
        return replace(request, path=path, query=query, headers=headers, body=self._with_ids(request))

    def learn(self, request: Request, answer: str) -> list[str]:
        """Takes over what the server answered to a recorded request; gives what no SDK could work with."""
        if request.path.endswith("/api/public/media"):
            return self._media(json.loads(request.answer), json.loads(answer))
        if request.path.endswith(("/v1/project", "/api/project/register", "/api/apikey/login")):
            return self._same_places(json.loads(request.answer), json.loads(answer), request.path)
        if request.path.endswith("/experiments/get-by-name"):
            old, new = (json.loads(text)["experiment"]["experiment_id"] for text in (request.answer, answer))
            self.experiments[old] = new
        elif request.path.endswith("/api/3.0/mlflow/traces") and request.method == "POST":
            old, new = (_artifact_path(json.loads(text)) for text in (request.answer, answer))
            self.paths[old] = new
        return []

    def _with_ids(self, request: Request) -> bytes:
        body = request.body
        if body is not request.plain and body != request.plain:
            return body  # compressed: no recorded body of these holds an id of the recorder's
        for old, new in self.ids.items():
            body = body.replace(old.encode(), new.encode())
        if request.path.endswith("/api/3.0/mlflow/traces"):
            for old, new in self.experiments.items():
                body = body.replace(f'"experiment_id": "{old}"'.encode(), f'"experiment_id": "{new}"'.encode())
        return body

    def _media(self, recorded: Any, ours: Any) -> list[str]:
        if ours["mediaId"] != recorded["mediaId"]:
            return [f"mediaId {ours['mediaId']}, the SDK takes {recorded['mediaId']} alone"]
        upload = urlsplit(recorded["uploadUrl"]).path
        if ours["uploadUrl"] is None:  # it is there already: the SDK sends nothing more
            self.needless |= {upload, f"/api/public/media/{recorded['mediaId']}"}
        else:
            split = urlsplit(ours["uploadUrl"])
            self.paths[upload] = split.path + (f"?{split.query}" if split.query else "")
        return []

    def _same_places(self, recorded: Any, ours: Any, path: str) -> list[str]:
        """Ids that stand at the same places of both answers."""
        problems = []
        if isinstance(recorded, dict):
            for name, value in recorded.items():
                if name == "id" and not (isinstance(ours, dict) and ours.get("id")):
                    problems.append(f"{path}: no id in {ours}")
                elif name == "id":
                    self.ids[value] = ours["id"]
                elif isinstance(value, (dict, list)) and isinstance(ours, dict):
                    problems += self._same_places(value, ours.get(name), path)
        elif isinstance(recorded, list) and isinstance(ours, list):
            for one, other in zip(recorded, ours, strict=False):
                problems += self._same_places(one, other, path)
        return problems


def _artifact_path(answer: Any) -> str:
    location = answer["trace"]["trace_info"]["tags"]["mlflow.artifactLocation"]
    return ARTIFACTS + location.removeprefix("mlflow-artifacts:/").lstrip("/")
