"""Clew's own Python SDK, the next program on the machine: sends what another left on disk. env: TARGET; PYTHONPATH with the SDK, CLEW_SPOOL"""
import json, os
os.environ["CLEW_URL"] = os.environ["TARGET"]
import clew
with clew.start_run("next") as run: pass
done = clew.flush(); stats = clew.default().stats()
print(json.dumps({"sdk": "clew", "flushed": done, "replayed": stats.replayed, "waiting": stats.waiting_batches}))
