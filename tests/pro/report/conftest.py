"""Runs of every kind of time, played once, and a browser where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile import HOSTILE, Unruly

from timepoint_pro import Run, RunStore, Simulation

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,900",
)  # fmt: skip


@pytest.fixture(scope="session")
def store() -> Iterator[RunStore]:
    with RunStore(":memory:") as opened:
        yield opened


@pytest.fixture(scope="session")
def simple(store: RunStore) -> Run:
    return Simulation.from_template("convergence/simple", seed=1, store=store, run_id="simple").run()


@pytest.fixture(scope="session")
def mars(store: RunStore) -> Run:
    return Simulation.from_template("mars_mission_portal", seed=7, store=store, run_id="mars").run()


@pytest.fixture(scope="session")
def branching(store: RunStore) -> Run:
    return Simulation.from_template("vc_pitch_branching", seed=1, store=store, run_id="vc").run()


@pytest.fixture(scope="session")
def fork(simple: Run) -> Run:
    from timepoint_pro import Intervention

    return simple.fork("T1", Intervention.state(simple.entities[0].id, valence=-0.9, energy=5), run_id="forked")


@pytest.fixture(scope="session")
def hostile(store: RunStore) -> Run:
    return Simulation(HOSTILE, seed=3, store=store, run_id="hostile", backend=Unruly()).run()


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The path of the report of a run, or of two; written once."""
    folder, written = tmp_path_factory.mktemp("reports"), {}

    def write(run: Run, other: Run | None = None) -> Path:
        name = "_".join(one.run_id for one in (run, other) if one is not None)
        if name not in written:
            written[name] = run.report(folder / f"{name}.html", other=other)
        return written[name]

    return write


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium")
    if BROWSER is None or DRIVER is None:
        pytest.skip("needs Chromium and ChromeDriver (Debian: apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield started
    started.quit()
