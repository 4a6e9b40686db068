"""How long the report of a large run takes to write and to open: 300 turns and 1,000 entities.

    python tests/benchmarks/bench_report.py [--crowd 992] [--moments 30] [--times 5]

Opens it in headless Chromium, where there is one, and prints the time from navigation to the end of the load event and
to the first picture, the least and the middle of some openings.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from bench_crowd import play


def opened(path: Path, times: int) -> None:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    with tempfile.TemporaryDirectory() as profile:
        for flag in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}",
        ):  # fmt: skip
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        try:
            loads, paints = [], []
            for _ in range(times):
                driver.get("about:blank")
                driver.get(path.as_uri())
                loads.append(driver.execute_script("return performance.getEntriesByType('navigation')[0].loadEventEnd"))
                time.sleep(0.5)
                paint = driver.execute_script(
                    "return performance.getEntriesByName('first-contentful-paint').map((one) => one.startTime)"
                )
                paints += paint
            print(f"opened {times} times: loaded after {min(loads):.0f} ms at best, {statistics.median(loads):.0f} ms "
                  f"in the middle; first picture after {min(paints):.0f} and {statistics.median(paints):.0f} ms")
        finally:
            driver.quit()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--crowd", type=int, default=992)
    parser.add_argument("--moments", type=int, default=30)
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    run, _wall, _cpu = play(asked.crowd, asked.moments)
    with tempfile.TemporaryDirectory() as folder:
        began, cpu = time.perf_counter(), time.process_time()
        path = run.report(Path(folder) / "report.html")
        print(f"{len(run.entities)} entities, {run.turns} turns, {len(run.exposures)} exposures: written in "
              f"{time.perf_counter() - began:.1f} s ({time.process_time() - cpu:.1f} s CPU), "
              f"{path.stat().st_size / 1e6:.2f} MB")
        if shutil.which("chromium") and shutil.which("chromedriver"):
            opened(path, asked.times)


if __name__ == "__main__":
    main()
