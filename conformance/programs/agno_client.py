"""Calls a server through agno's own client and prints what it makes of the answers.
env: TARGET (http base), CALLS (JSON file: {name: {method, args, kwargs}}), KEY (optional bearer key)"""
import asyncio
import json
import os

from agno.client import AgentOSClient
from agno.os.routers.traces.schemas import TraceSearchGroupBy
from httpx import HTTPStatusError


def plain(value):
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


async def call(client, wanted, headers):
    method = getattr(client, wanted["method"])
    if "group_by" in wanted["kwargs"]:
        wanted["kwargs"]["group_by"] = TraceSearchGroupBy(wanted["kwargs"]["group_by"])
    try:
        result = await method(*wanted["args"], **wanted["kwargs"], headers=headers)
    except HTTPStatusError as error:
        return {"raises": type(error).__name__, "status": error.response.status_code, "body": error.response.text}
    return {"type": type(result).__name__, "result": plain(result)}


async def main():
    client = AgentOSClient(os.environ["TARGET"])
    headers = {"Authorization": "Bearer " + os.environ["KEY"]} if os.environ.get("KEY") else {}
    with open(os.environ["CALLS"]) as file:
        calls = json.load(file)
    print(json.dumps({name: await call(client, wanted, headers) for name, wanted in calls.items()}))


asyncio.run(main())
