"""What campaigns cost and withstand: throughput, workers, memory, kills, a full disk.

    python -m tests.benchmarks.bench_campaign [turns|dask|server|memory|kills|disk] ... [--scale 0.1]

Every figure is printed with its bound. ``--scale`` makes the campaigns smaller. Needs a quiet machine.
"""

from __future__ import annotations

import filecmp
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

ROOT = Path(__file__).parents[2]
SUPPORT = ROOT / "tests" / "pro" / "llm"
sys.path[:0] = [str(ROOT), str(SUPPORT)]

from serving import Served  # noqa: E402

from timepoint_pro import Campaign, RunStore  # noqa: E402
from timepoint_pro.campaign import CampaignProgress  # noqa: E402
from timepoint_pro.campaign.processes import Processes  # noqa: E402
from timepoint_pro.errors import StoreError  # noqa: E402

LATENCY_S = 0.05
LATENCIES_S = (LATENCY_S, 0.25, 1.0)
"""The last ones are those of hosted models."""
MODEL = "test/one"


def say(name: str, value: float, bound: str = "", unit: str = "") -> None:
    print(f"{name:70} {value:10.3f} {unit:6} {bound}", flush=True)


def timed(campaign: Campaign, **how: object) -> tuple[float, float]:
    """Wall and CPU seconds of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    status = campaign.run(**how)  # type: ignore[arg-type]
    assert status.status == "completed", status
    return time.perf_counter() - wall, time.process_time() - cpu


def turns(folder: Path, scale: float) -> None:
    """Runs of board_meeting with the built-in model in this process."""
    campaign = Campaign("board_meeting", repeats=max(2, round(200 * scale)), store=folder / "turns.db")
    wall, cpu = timed(campaign)
    spoken = campaign.status().turns
    say(f"{len(campaign)} runs of board_meeting, one process: turns a second", spoken / wall)
    say("  CPU a turn", 1e3 * cpu / spoken, "", "ms")


def dask(folder: Path, scale: float) -> None:
    """The same on one Dask worker process, and on two."""
    from distributed import Client, LocalCluster

    rates = {}
    for workers in (1, 2):
        options = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
        with LocalCluster(**options) as cluster, Client(cluster) as client:
            list(client.map(_warm, range(8 * workers), pure=False))
            executor = client.get_executor(pure=False)
            Campaign("board_meeting", repeats=2 * workers, seed=1, store=folder / f"warm{workers}.db").run(4, executor)
            campaign = Campaign("board_meeting", repeats=max(8, round(200 * scale)), store=folder / f"{workers}.db")
            wall, cpu = timed(campaign, concurrency=3 * workers, executor=executor)
        rates[workers] = campaign.status().turns / wall
        say(f"{len(campaign)} runs, {workers} Dask workers: turns a second", rates[workers])
        say("  CPU of the driver a run", 1e3 * cpu / len(campaign), "", "ms")
    say("two workers over one", rates[2] / rates[1], ">= 1.6")


def _warm(_number: int) -> None:
    import timepoint_pro.campaign  # noqa: F401


def server(folder: Path, scale: float) -> None:
    """Runs against a server, at once; wall against calls x latency / runs at once. In processes of their own.

    Beside each figure stands the most that can be had: a run's calls follow one another, so the longest run bounds the
    wall, and so does the processor time over the cores that are used.
    """
    runs = max(4, round(64 * scale))
    cores = len(os.sched_getaffinity(0))
    alone = served_campaign(folder, 1, 1, LATENCY_S, 0)
    for workers in (0, 2):
        for latency in LATENCIES_S:
            found = served_campaign(folder, runs, runs, latency, workers)
            ideal = found.calls * latency / runs
            bounds = {
                "the longest run": found.longest * latency,
                "the processor": found.cpu_s / min(max(1, workers), cores),
            }
            where = f"{workers} worker processes" if workers else "one process"
            say(f"{runs} runs at once, {latency:g} s latency, {where}: calls", found.calls)
            say("  ideal wall / wall", ideal / found.wall_s, ">= 0.85")
            for what, seconds in bounds.items():
                say(f"  at most, by {what}", ideal / max(ideal, seconds))
            say("  calls a second", found.calls / found.wall_s)
            say("  CPU a call, all in", 1e3 * found.cpu_s / found.calls, "", "ms")
            if not workers:
                a_call = (found.cpu_s - alone.cpu_s) / (found.calls - alone.calls)
                say("  CPU a call, start of the process left out", 1e3 * a_call, "", "ms")
                say("  CPU of the start", alone.cpu_s - alone.calls * a_call, "", "s")
            say("  CPU of the server a call", 1e3 * found.served_s / found.calls, "", "ms")
            say("  peak memory of a process", found.memory, "<= 300", "MiB")


@dataclass
class Played:
    """What a campaign against the server came to."""

    wall_s: float
    cpu_s: float
    memory: float
    calls: int
    longest: int
    served_s: float


def served_campaign(folder: Path, runs: int, concurrency: int, latency: float, workers: int) -> Played:
    """Play a campaign against a fresh server, in a process of its own."""
    database = folder / f"{runs}-{latency}-{workers}.db"
    with Served() as served:
        served.control(latency=latency)
        arguments = [str(database), served.url, str(runs), str(concurrency), str(workers)]
        result = subprocess.run(
            [sys.executable, __file__, "play", *arguments], check=True, capture_output=True, text=True
        )
        wall, cpu, memory = (float(one) for one in result.stdout.split()[-3:])
        with RunStore(database) as store:
            row = store.first("SELECT sum(n), max(n) FROM (SELECT count(*) n FROM llm_attempts GROUP BY run_id)")
        assert row is not None
        assert row[0] == served.stats()["counts"]["answers"]
        return Played(wall, cpu, memory, row[0], row[1], served.cpu_s)


def play(database: str, url: str, runs: str, concurrency: str, workers: str = "0") -> None:
    """Play a campaign against a server; prints wall and CPU seconds and the largest process's peak memory in MiB."""
    campaign = against(url, int(runs), database)
    if int(workers):
        with Processes(int(workers)) as pool:
            wall, cpu = timed(campaign, concurrency=int(concurrency), executor=pool)
    else:
        wall, cpu = timed(campaign, concurrency=int(concurrency))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    most = max(used.ru_maxrss, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    print(wall, cpu + used.ru_utime + used.ru_stime, most / 1024)


def against(url: str, runs: int, database: str | Path) -> Campaign:
    """A campaign of small runs against a server."""
    return Campaign(
        "convergence/simple", repeats=runs, model=MODEL, base_url=url, store=database, campaign_id="served"
    )


def memory(folder: Path, scale: float) -> None:
    """Many small runs: resident memory in the last quarter against the second."""
    sizes: list[float] = []

    def listener(progress: CampaignProgress) -> None:
        if progress.kind == "run":
            sizes.append(_resident_mib())

    count = max(40, round(1000 * scale))
    variations = {"count": count // 2, "strategies": ["vary_personalities"], "deduplication_threshold": 0.9}
    campaign = Campaign("convergence/simple", variations=variations, repeats=2, store=folder / "memory.db")
    wall, _cpu = timed(campaign, listener=listener)
    quarter = len(sizes) // 4
    second, last = fmean(sizes[quarter : 2 * quarter]), fmean(sizes[3 * quarter :])
    say(f"{len(campaign)} small runs: runs a second", len(campaign) / wall)
    say("  memory in the second quarter", second, "", "MiB")
    say("  last quarter / second quarter", last / second, "<= 1.10")


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def kills(folder: Path, scale: float) -> None:
    """A campaign against a server is killed ten times at random moments and played to its end."""
    chance = random.Random(7)
    runs = max(4, round(64 * scale))
    with Served() as served:
        served.control(latency=0.02)
        database, whole = folder / "killed.db", folder / "whole.db"
        kept: dict[str, int] = {}
        killed = 0
        total = runs * 30
        while killed < 10:
            process = subprocess.Popen(
                [sys.executable, __file__, "play", str(database), served.url, str(runs), "16"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            goal = served.stats()["counts"].get("answers", 0) + chance.randint(1, max(2, total // 12))
            while process.poll() is None and served.stats()["counts"].get("answers", 0) < goal:
                time.sleep(0.01)
            time.sleep(chance.random() * 0.05)
            ended = process.poll() is not None
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += not ended
            answered = served.stats()["answered"]
            if database.exists():
                with sqlite3.connect(database) as connection:
                    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    for (one,) in connection.execute("SELECT response_id FROM llm_attempts"):
                        kept.setdefault(one, answered[one])
                connection.close()
            if ended:
                break
        timed(against(served.url, runs, database), concurrency=16)
        answered = served.stats()["answered"]
        say("random SIGKILLs", killed, "10")
        say("calls kept when killed", len(kept))
        say("kept calls asked again", sum(answered[one] - count for one, count in kept.items()), "0")
        timed(against(served.url, runs, whole), concurrency=16)
        for one, name in ((database, "killed"), (whole, "whole")):
            Campaign.resume("served", one).export(folder / name, tasks=("dialog_turn", "state_transition"))
    names = sorted(one.name for one in (folder / "whole").iterdir())
    same = filecmp.cmpfiles(folder / "killed", folder / "whole", names, shallow=False)[0]
    say("files of the export that are the same, byte by byte", len(same), f"{len(names)}")


def disk(folder: Path, scale: float) -> None:
    """The disk is full in the middle, and the database cannot be written; then it goes on."""
    small = folder / "small"
    small.mkdir()
    mounted = not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], check=False, capture_output=True
    ).returncode
    database = small / "full.db"
    repeats = max(8, round(16 * scale))
    store = RunStore(database)
    if not mounted:
        store.make()
        store.query("PRAGMA max_page_count = 400")
    try:
        Campaign("convergence/simple", repeats=repeats, store=store, campaign_id="full").run()
        print("the disk was never full")
    except StoreError as error:
        print(f"full {'disk' if mounted else 'database'}: {error}")
    store.close()
    if mounted:
        subprocess.run(["mount", "-o", "remount,size=200m", str(small)], check=True)
    with RunStore(database) as again:
        again.check()
        done = Campaign.resume("full", again).status()
        say("runs completed when it was full", done.completed)
        status = Campaign.resume("full", again).run()
        say("runs completed at the end", status.completed, str(repeats))
        again.check()
    if mounted:
        subprocess.run(["umount", str(small)], check=True)


PARTS: dict[str, Callable[[Path, float], None]] = {
    "turns": turns, "dask": dask, "server": server, "memory": memory, "kills": kills, "disk": disk,
}  # fmt: skip


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["play"]:
        play(*arguments[1:])
        return
    scale = 1.0
    if "--scale" in arguments:
        place = arguments.index("--scale")
        scale = float(arguments[place + 1])
        del arguments[place : place + 2]
    for name in arguments or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder), scale)


if __name__ == "__main__":
    main()
