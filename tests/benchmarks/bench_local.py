"""A whole run by the real local model: in this process, or over HTTP behind llama.cpp's own server.

    python tests/benchmarks/bench_local.py [server|process] [TEMPLATE] [KEY=VALUE ...]

Needs ``timepoint-pro[local]`` and ``timepoint models pull local/smollm2-135m-instruct``. KEY=VALUE changes the
template (``temporal.backward_steps=2``). The database is kept in a temporary folder, which is named, so that a run that
was stopped can be looked at. On one thread a small template takes minutes, mars_mission_portal an hour.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SUPPORT = Path(__file__).parents[1] / "pro" / "llm"
sys.path[:0] = [str(Path(__file__).parents[2]), str(SUPPORT)]

from timepoint_pro import RunStore, Simulation  # noqa: E402
from timepoint_pro.errors import ModelError  # noqa: E402
from timepoint_pro.llm.local_files import LOCAL_MODELS, verified  # noqa: E402
from timepoint_pro.templates import Template, load  # noqa: E402

MODEL = "local/smollm2-135m-instruct"
SLOW = {"llm_config.timeout_seconds": 1800, "llm_config.max_concurrency": 1}


def main(where: str = "server", name: str = "mars_mission_portal", *changes: str) -> None:
    given = {key: json.loads(value) for key, _, value in (one.partition("=") for one in changes)}
    template = load(name).with_changes({**SLOW, **given})
    database = Path(tempfile.mkdtemp(prefix="bench-local-")) / "runs.db"
    print(f"database: {database}", flush=True)
    if where == "process":
        play(template, database, model=MODEL)
        return
    command = [sys.executable, str(SUPPORT / "llama_server.py"), str(verified(LOCAL_MODELS[MODEL]))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        address = process.stdout.readline().strip()
        try:
            play(template, database, model="smollm2", base_url=f"{address}/v1")
        finally:
            process.stdin.close()


def play(template: Template, database: Path, **asked: Any) -> None:
    expected = Simulation(template, seed=7, model=asked["model"]).estimate()
    started = time.perf_counter()
    with RunStore(database) as store:
        try:
            run = Simulation(template, seed=7, store=store, **asked).run()
            print(f"completed: {len(run.timepoints)} moments, {run.turns} turns; calls expected: {expected.calls}")
        except ModelError as error:
            print(f"stopped: {error}")
        print(f"wall: {time.perf_counter() - started:.0f} s")
        for row in store.query(
            "SELECT action, count(*) AS requests, sum(attempt = 0) AS calls, sum(fault != '') AS faulty, "
            "sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out, avg(latency_ms) / 1000 AS seconds "
            "FROM llm_attempts GROUP BY action"
        ):
            print(row)
        for row in store.query(
            "SELECT substr(fault, 1, 60) AS fault, count(*) AS n FROM llm_attempts WHERE fault != '' GROUP BY 1"
        ):
            print(row)


if __name__ == "__main__":
    main(*sys.argv[1:])
