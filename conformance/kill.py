"""kill -9 in the middle of ingest, again and again: what was acknowledged is there afterwards, once.

    python3 conformance/kill.py [--rounds 100]
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from api import Api
from load import Acked, Sender, text_of
from server import Server, clew
from suite import Suite

SENDERS = 3
SHORTEST_SECONDS, LONGEST_SECONDS = 0.02, 0.4
VERIFY_EVERY = 10
# Rounds apart by this many go on with the same sessions and traces, parts of which the kills before have left behind.
GROUPS = 7
# In every second round little is held in memory, so that the kill falls into flushes and merges too.
SMALL_STAGING = ("--set", "store.staging_max_bytes=256KiB")
SEED = 9


def round_of_load(server: Server, number: int, seconds: float) -> Acked:
    """Lets senders run for a while and kills the server under them."""
    stop = threading.Event()
    group = number % GROUPS
    senders = [Sender(server.port, f"g{group}s{sender}", (number + 1) << 20, stop) for sender in range(SENDERS)]
    for sender in senders:
        sender.start()
    stop.wait(seconds)
    server.kill()
    stop.set()
    acked = Acked()
    for sender in senders:
        sender.join(60)
        acked.merge(sender.acked)
    return acked


def missing_or_double(api: Api, acked: Acked, payloads: int) -> list[str]:
    """Every acknowledged span once in its trace, the header counting what the tree holds, payloads readable."""
    problems = []
    picked = random.Random(SEED)
    for trace_id, span_ids in acked.spans.items():
        answer = api.call("GET", f"traces/{trace_id}")
        if answer.status != 200:
            problems.append(f"trace {trace_id} with {len(span_ids)} acknowledged spans: {answer.status}")
            continue
        detail = answer.json()
        shown = [one["span_id"] for one in detail["spans"]]
        if lost := span_ids - set(shown):
            problems.append(f"trace {trace_id}: {len(lost)} of {len(span_ids)} acknowledged spans lost: {min(lost)}")
        if len(shown) != len(set(shown)):
            problems.append(f"trace {trace_id}: {len(shown) - len(set(shown))} spans shown twice")
        row = detail["trace"]
        if row["span_count"] != len(set(shown)) or row["usage"]["input"] != 10 * len(set(shown)):
            problems.append(f"trace {trace_id}: header counts {row['span_count']} spans and {row['usage']['input']} "
                            f"tokens, the tree has {len(set(shown))} spans")
        for span_id in picked.sample(sorted(span_ids & set(shown)), min(payloads, len(span_ids & set(shown)))):
            problems += _payload(api, trace_id, span_id)
    return problems


def _payload(api: Api, trace_id: str, span_id: str) -> list[str]:
    answer = api.call("GET", f"traces/{trace_id}/spans/{span_id}")
    if answer.status != 200:
        return [f"payload of {trace_id} {span_id}: {answer.status}"]
    texts = [part.get("content") for message in answer.json()["content"]["input_messages"]
             for part in message["parts"]]
    wanted = text_of(trace_id, span_id)
    return [] if wanted in texts else [f"payload of {trace_id} {span_id} has not its text, but {str(texts)[:120]}"]


def run(rounds: int, folder: Path) -> list[str]:
    """The loop: load, kill, start again, and now and then read everything back."""
    pick = random.Random(SEED)
    everything, since = Acked(), Acked()
    problems: list[str] = []
    server = Server(data=folder)
    server.start()
    try:
        for number in range(rounds):
            acked = round_of_load(server, number, pick.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
            everything.merge(acked)
            since.merge(acked)
            server.flags = SMALL_STAGING if number % 2 else ()
            server.start()
            if (number + 1) % VERIFY_EVERY == 0:
                problems += [f"after round {number + 1}: {line}"
                             for line in missing_or_double(Api(server.port), since, payloads=2)]
                since = Acked()
            if len(problems) > 20:
                break
        problems += [f"at the end: {line}" for line in missing_or_double(Api(server.port), everything, payloads=1)]
        clew("doctor", data=folder)  # raises where checksums, sums or the file itself are wrong
    finally:
        server.stop()
    print(f"  {rounds} rounds, {everything.count} acknowledged spans in {len(everything.spans)} traces, "
          f"{len(everything.refused)} requests refused")
    if everything.count < rounds:
        problems.append(f"only {everything.count} spans were acknowledged: the loop tested nothing")
    return problems


def main() -> int:
    """Reads the number of rounds and runs them on a folder of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    rounds = parser.parse_args().rounds
    suite = Suite("kill -9")
    folder = Path(tempfile.mkdtemp(prefix="clew-kill-"))
    try:
        suite.case(f"{rounds} times in the middle of ingest", run(rounds, folder / "data"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
