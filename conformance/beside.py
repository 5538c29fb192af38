"""What a recording gives beside its tree: verdicts, attachments, handoffs, guardrails, and its sender's own id."""

from __future__ import annotations

from typing import Any

from api import Api

Json = dict[str, Any]
Spans = list[tuple[Json, Json]]
# A remark without a score; the expected results list scores alone.
REMARK = "comment"


def observed(api: Api, row: Json, spans: Spans, names: dict[str, str]) -> Json:
    """What the API shows; `spans` are skeletons with their payloads, `names` the ids that spans are known by."""
    attributes = [payload["attributes"] for _, payload in spans]
    return {
        "sender_trace_ids": sorted({payload["sender_trace_id"] for _, payload in spans if payload["sender_trace_id"]}),
        "labels": [_label(label, names) for label in row["labels"]],
        "attachments": _attachments(api, row["trace_id"], names),
        "handoffs": sum(_says(each, "type", "handoff") for each in attributes),
        "guardrails_triggered": sum(_says(each, "triggered", True) for each in attributes),
    }


def differences(expected: Json, seen: Json) -> list[str]:
    """One line for each difference; what the expected results do not speak of is not looked at."""
    problems = []
    source = expected.get("trace_id_source")
    if source is not None and seen["sender_trace_ids"] != [source]:
        problems.append(f"the sender's trace id: expected {source}, got {seen['sender_trace_ids']}")
    for count in ("handoffs", "guardrails_triggered"):
        if count in expected and seen[count] != expected[count]:
            problems.append(f"{count}: expected {expected[count]}, got {seen[count]}")
    if "scores" in expected or "feedback" in expected:
        problems += _label_differences(expected, seen["labels"])
    if "attachments" in expected:
        wanted = [(one["run_id"], one["name"], one["content_type"], one["bytes"]) for one in expected["attachments"]]
        got = [(one["span"], one["name"], one["content_type"], one["bytes"]) for one in seen["attachments"]]
        if sorted(wanted) != sorted(got):
            problems.append(f"attachments: expected {wanted}, got {got}")
    return problems


def verdicts(expected: Json) -> list[Json]:
    """Scores and feedback of the expected results, which have them in their senders' forms, in one form."""
    found = []
    for score in expected.get("scores", []):
        if "name" in score:
            found.append(_verdict(score["name"], score["value"], score.get("observationId"), score.get("comment")))
        else:
            found += [_verdict(name, value, score["span_id"], None) for name, value in score.items()
                      if name != "span_id"]
    found += [_verdict(one["key"], one["score"], one["run_id"], None) for one in expected.get("feedback", [])]
    return found


def _verdict(name: str, value: Any, span: str | None, comment: str | None) -> Json:
    is_text = isinstance(value, str)
    return {"name": name, "span": span, "score": None if is_text else value, "value": value if is_text else None,
            "comment": comment}


def _label_differences(expected: Json, labels: list[Json]) -> list[str]:
    wanted = verdicts(expected)
    # A verdict on the root span may be one on the run.
    roots = {span["span_id"] for span in expected["tree"] if span["parent"] is None}
    problems = []
    for want in wanted:
        targets = {want["span"]} | ({None} if want["span"] in roots else set())
        found = [label for label in labels if label["name"] == want["name"] and label["span"] in targets]
        if len(found) != 1:
            problems.append(f"label {want['name']}: {len(found)} of it on {want['span'] or 'the run'}, expected one; "
                            f"there are {labels}")
            continue
        keys = [key for key in ("score", "value", "comment") if want[key] is not None]
        problems += [f"label {want['name']}: {key} {found[0][key]!r}, expected {want[key]!r}"
                     for key in keys if found[0][key] != want[key]]
    known = {want["name"] for want in wanted} | {REMARK}
    return problems + [f"label {label['name']} that nobody gave" for label in labels if label["name"] not in known]


def _label(label: Json, names: dict[str, str]) -> Json:
    span = label.get("span_id")
    return {"name": label["name"], "span": names.get(span, span) if span else None, "score": label["score"],
            "value": label["value"], "comment": label["explanation"]}


def _attachments(api: Api, trace_id: str, names: dict[str, str]) -> list[Json]:
    answer = api.call("GET", f"traces/{trace_id}/attachments")
    if answer.status != 200:
        return []
    return [{"span": names.get(one["span_id"], one["span_id"]), "name": one["name"],
             "content_type": one["content_type"], "bytes": one["size"]} for one in answer.json()["attachments"]]


def _says(attributes: Json, end: str, value: Any) -> bool:
    return any(key.startswith("openai_agents.") and key.endswith(end) and said == value
               for key, said in attributes.items())
