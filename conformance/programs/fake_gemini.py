"""Gemini's half of the scripted model: generateContent, streamGenerateContent (SSE, or a JSON array without
`alt=sse`), countTokens, embedContent and batchEmbedContents, under any prefix (the Gemini API's and Vertex AI's)."""
import json, re, uuid
from collections.abc import Callable
from typing import Any
from aiohttp import web

Json = dict[str, Any]
METHOD = re.compile(r"([^/:]+):(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$")
# As the Gemini API counts: the thoughts stand beside the candidates, and the total has both.
USAGE = {"promptTokenCount": 120, "candidatesTokenCount": 12, "thoughtsTokenCount": 5, "totalTokenCount": 137, "cachedContentTokenCount": 64,
         "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 120}], "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 64}]}
REFUSED = {"error": {"code": 429, "message": "Resource has been exhausted", "status": "RESOURCE_EXHAUSTED"}}


def schema_of(value: Any) -> Any:
    """A schema in Gemini's own spelling (`"type": "OBJECT"`) as JSON Schema."""
    if isinstance(value, list): return [schema_of(item) for item in value]
    if not isinstance(value, dict): return value
    return {key: item.lower() if key == "type" and isinstance(item, str) else schema_of(item) for key, item in value.items()}


def offered(body: Json) -> list[tuple[str, Json]]:
    """Every function that the request declares, with the schema of its arguments."""
    declared = [f for tool in body.get("tools") or [] for f in tool.get("functionDeclarations") or tool.get("function_declarations") or []]
    return [(f["name"], schema_of(f.get("parametersJsonSchema") or f.get("parameters_json_schema") or f.get("parameters") or {})) for f in declared]


def called(body: Json) -> set[str]:
    """Functions that the conversation has called already."""
    parts = [part for content in body.get("contents") or [] for part in content.get("parts") or []]
    return {call["name"] for part in parts if (call := part.get("functionCall") or part.get("function_call"))}


def answer_parts(body: Json, pick: Callable, gen: Callable, final_text: Callable) -> list[Json]:
    """The next call that was not made yet, else the answer."""
    if chosen := pick(offered(body), called(body)):
        return [{"functionCall": {"id": "call_" + uuid.uuid4().hex[:20], "name": chosen[0], "args": gen(chosen[1])}}]
    config = body.get("generationConfig") or {}
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    return [{"text": final_text(schema_of(schema) if schema else None)}]


def chunk(model: str, rid: str, parts: list[Json], last: bool) -> Json:
    """One GenerateContentResponse; a stream's last one has the reason and the usage."""
    candidate: Json = {"content": {"role": "model", "parts": parts}, "index": 0}
    ending = {"usageMetadata": USAGE} if last else {}
    if last: candidate["finishReason"] = "STOP"
    return {"candidates": [candidate], "modelVersion": f"{model}-001", "responseId": rid, **ending}


async def stream(req: web.Request, chunks: list[Json]) -> web.StreamResponse:
    """SSE when the caller asks for it, else the JSON array that Gemini streams by default."""
    by_event = req.query.get("alt") == "sse"
    answer = web.StreamResponse(headers={"content-type": "text/event-stream" if by_event else "application/json"})
    await answer.prepare(req)
    for number, one in enumerate(chunks):
        text = f"data: {json.dumps(one)}\r\n\r\n" if by_event else ("[" if number == 0 else ",\r\n") + json.dumps(one)
        await answer.write(text.encode())
    if not by_event: await answer.write(b"]")
    await answer.write_eof()
    return answer


async def respond(req: web.Request, raw: bytes, pick: Callable, gen: Callable, final_text: Callable) -> web.StreamResponse:
    """The answer to one request whose path `METHOD` matches."""
    model, method = METHOD.search(req.path).groups()
    body = json.loads(raw or b"{}")
    if "FORCE_429" in raw.decode(): return web.json_response(REFUSED, status=429)
    if method == "countTokens": return web.json_response({"totalTokens": 120})
    if method == "embedContent": return web.json_response({"embedding": {"values": [0.1, 0.2, 0.3, 0.4]}})
    if method == "batchEmbedContents": return web.json_response({"embeddings": [{"values": [0.1, 0.2, 0.3, 0.4]} for _ in body.get("requests") or []]})
    parts, rid = answer_parts(body, pick, gen, final_text), uuid.uuid4().hex[:22]
    if method == "generateContent": return web.json_response(chunk(model, rid, parts, True))
    if "text" not in parts[0]: return await stream(req, [chunk(model, rid, parts, True)])
    words = re.findall(r"\S+\s*", parts[0]["text"])
    return await stream(req, [chunk(model, rid, [{"text": word}], word_no == len(words)) for word_no, word in enumerate(words, 1)])
