"""The report in Chromium, opened from disk: silent, quick, and usable by pointer, keys and screen reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from timepoint_pro import Run

pytest.importorskip("jinja2", reason="needs the extra [report]")
pytest.importorskip("selenium", reason="needs selenium")

from selenium.webdriver.support.ui import WebDriverWait

Write = Callable[..., Path]


def look(driver: Any, path: Path, *, width: int = 1280, dark: bool = False) -> None:
    """Open a file afresh, in a window of that width; what was logged before is dropped."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [
        {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    driver.get("about:blank")
    for kind in ("browser", "performance"):
        driver.get_log(kind)
    driver.get(path.as_uri())
    whole = f"document.URL === {path.as_uri()!r} && document.readyState === 'complete'"
    WebDriverWait(driver, 20).until(lambda _driver: value(driver, whole))  # a busy machine may come back before


def requested(driver: Any) -> list[str]:
    """Addresses that were asked for since."""
    messages = [json.loads(one["message"])["message"] for one in driver.get_log("performance")]
    return [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]


def value(driver: Any, script: str, *arguments: Any) -> Any:
    return driver.execute_script(f"return {script}", *arguments)


def press(driver: Any, *keys: str) -> None:
    for key in keys:
        driver.switch_to.active_element.send_keys(key)


@pytest.mark.parametrize("kind", ["mars", "branching", "hostile"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_no_error_no_request_and_nothing_wider_than_the_window(
    kind: str, width: int, dark: bool, request: pytest.FixtureRequest, driver: Any, page: Write
) -> None:
    path = page(request.getfixturevalue(kind))
    look(driver, path, width=width, dark=dark)
    driver.execute_script("scrollTo(0, document.documentElement.scrollHeight)")
    for link in driver.find_elements("css selector", "nav a")[-1:]:
        link.click()
    assert driver.get_log("browser") == []
    assert [one for one in requested(driver) if not one.startswith("data:")] == [path.as_uri()]
    assert value(driver, "document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert value(driver, "window.broken") is None
    shade = value(driver, "getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, shade.removeprefix("rgb(").removesuffix(")").split(", "))) < 200) is dark


def test_two_runs_beside_each_other(driver: Any, simple: Run, fork: Run, page: Write) -> None:
    path = page(simple, fork)
    look(driver, path, width=1400)
    assert driver.get_log("browser") == []
    assert requested(driver) == [path.as_uri()]
    assert value(driver, "document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    scenes = [
        value(driver, "document.getElementById(arguments[0]).getBoundingClientRect().toJSON()", name)
        for name in ("r0-s0", "r1-s0")
    ]
    assert abs(scenes[0]["top"] - scenes[1]["top"]) < 2
    assert scenes[0]["right"] < scenes[1]["left"]


def test_a_fact_s_way_opens_by_pointer_and_leads_to_its_turn(driver: Any, mars: Run, page: Write) -> None:
    look(driver, page(mars))
    told = next(one for one in mars.exposures if one.how == "told")
    item, teller = mars.item(told.item), mars.entity(told.source)
    chips = [one for one in driver.find_elements("css selector", ".chip") if one.text.endswith(item.handle)]
    chips[0].click()
    assert driver.find_element("id", "provenance-title").text == item.content
    way = driver.find_element("id", "provenance-body").text
    assert f"told by {teller.name}" in way
    assert mars.entity(told.entity).name in way
    driver.find_element("css selector", "#provenance-body a[href*='-u']").click()
    assert not value(driver, "document.getElementById('provenance').open")
    turn = value(driver, "document.activeElement.textContent")
    assert teller.name in turn
    assert 0 <= value(driver, "document.activeElement.getBoundingClientRect().top") < 900


def test_keys_alone_are_enough(driver: Any, mars: Run, page: Write) -> None:
    from selenium.webdriver.common.keys import Keys

    look(driver, page(mars))
    press(driver, Keys.TAB)
    assert value(driver, "document.activeElement.textContent") == "Skip to the report"
    press(driver, Keys.ENTER)
    assert value(driver, "document.activeElement.id") == "main"
    driver.execute_script("document.querySelector('.chip').focus()")
    words = value(driver, "document.activeElement.textContent")
    press(driver, Keys.ENTER)
    assert value(driver, "document.getElementById('provenance').open")
    assert value(driver, "document.getElementById('provenance').contains(document.activeElement)")
    press(driver, Keys.ESCAPE)
    assert value(driver, "document.activeElement.textContent") == words
    driver.execute_script("document.querySelector('.chart .scroll').focus()")
    press(driver, Keys.END, Keys.ARROW_LEFT)
    reading = driver.find_element("css selector", ".reading").text
    assert reading.startswith(f"{mars.dialogs[-1].turns[-2].turn_id}:")
    speaker = mars.dialogs[-1].turns[-2]
    assert f"{mars.entity(speaker.speaker).name} {round(speaker.valence, 2):.2f}".replace("-", "−") in reading
    fact = driver.find_element("css selector", ".fact summary")
    fact.send_keys(Keys.ENTER)
    assert value(driver, "document.querySelector('.fact').open")


def test_paths_facts_and_appearance_are_chosen(driver: Any, branching: Run, page: Write) -> None:
    look(driver, page(branching))
    shown = "[...document.querySelectorAll('[data-course=r0-course]')].map((one) => one.hidden)"
    assert value(driver, shown) == [False, *[True] * (len(branching.ends) - 1)]
    driver.execute_script(
        "const it = document.getElementById('r0-path'); it.value = '1'; it.dispatchEvent(new Event('change'))"
    )
    assert value(driver, shown)[:2] == [True, False]
    search = driver.find_element("id", "r0-find")
    search.send_keys("zzz")
    assert value(driver, "[...document.querySelectorAll('.fact')].every((one) => one.hidden)")
    search.clear()
    driver.execute_script(
        "const it = document.getElementById('look'); it.value = 'dark'; it.dispatchEvent(new Event('change'))"
    )
    assert value(driver, "getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_everything_has_a_name_for_a_screen_reader(driver: Any, mars: Run, page: Write) -> None:
    look(driver, page(mars))
    tree = driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = ("link", "button", "combobox", "searchbox", "region", "image")
    nameless = [
        one["role"]["value"] for one in tree
        if not one.get("ignored") and one["role"]["value"] in named
        and not one.get("name", {}).get("value", "").strip()
    ]  # fmt: skip
    assert not nameless
    levels = value(driver, "[...document.querySelectorAll('main h1, main h2, main h3')].map((one) => +one.tagName[1])")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_it_prints(driver: Any, simple: Run, page: Write) -> None:
    look(driver, page(simple))
    printed = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
    assert len(printed) > 20_000
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert value(driver, "getComputedStyle(document.querySelector('nav')).display") == "none"
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
