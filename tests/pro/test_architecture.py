"""Imports go one way, there are no circles, and light things stay light."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import networkx
import pytest

ROOT = Path(__file__).parents[2]
LAYERS = (
    ("collector", "errors", "version"),
    ("formulas",),
    ("records",),
    ("prompts", "templates"),
    ("store",),
    ("llm",),
    ("drafting",),
    ("mechanisms",),
    ("modes",),
    ("engine",),
    ("reading",),
    ("exporters", "evaluation", "report"),
    ("run_entry", "run_store", "run"),
    ("simulation", "estimate", "__init__"),
    ("campaign", "server"),
    ("cli", "library_index"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
LAZY_UPWARD = {
    ("templates", "drafting"),
    ("templates", "llm"),
    ("evaluation", "run"),
    ("evaluation", "simulation"),
    ("run", "simulation"),
}
"""What a user holds (a run, a store) offers ``export``, ``summary``, ``fork`` and ``load`` as methods; each imports the
other side when it is called, or for its types."""


def modules() -> dict[str, Path]:
    found = {}
    for file in sorted((ROOT / "timepoint_pro").rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imports(file: Path, *, at_run_time: bool) -> set[str]:
    """Names of modules that ``file`` imports; at run time: at the top level, type checking apart."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if not at_run_time:
        nodes = list(ast.walk(tree))
    else:
        nodes = [one for one in tree.body if not (isinstance(one, ast.If) and "TYPE_CHECKING" in ast.dump(one.test))]
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def part(module: str) -> str:
    pieces = module.split(".")
    return pieces[1] if len(pieces) > 1 else "__init__"


def test_no_module_imports_in_a_circle() -> None:
    known = modules()
    graph = networkx.DiGraph()
    for module, file in known.items():
        for name in imports(file, at_run_time=True) & set(known):
            if not module.startswith(f"{name}."):
                graph.add_edge(module, name)
    circles = [circle for circle in networkx.strongly_connected_components(graph) if len(circle) > 1]
    assert not circles


def test_imports_go_one_way() -> None:
    known = modules()
    wrong = []
    for module, file in known.items():
        for name in imports(file, at_run_time=False):
            if not name.startswith("timepoint_pro"):
                continue
            here, there = part(module), part(name)
            if RANK[there] > RANK[here] and (here, there) not in LAZY_UPWARD and module != "timepoint_pro":
                wrong.append(f"{module} -> {name}")
    assert not wrong


def test_the_format_package_stands_alone() -> None:
    for file in (ROOT / "timepoint_tdf").rglob("*.py"):
        assert not {name for name in imports(file, at_run_time=False) if name.startswith("timepoint_pro")}


@pytest.mark.parametrize("statement", ["import timepoint_pro", "from timepoint_pro import Simulation, ModelSelector"])
def test_importing_the_library_loads_no_heavy_package(statement: str) -> None:
    script = f"{statement}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded = json.loads(done.stdout)
    heavy = {
        "openai", "jsonschema", "networkx", "sqlite_utils", "rich", "pydantic", "jinja2", "matplotlib", "pandas",
    }  # fmt: skip
    assert not heavy & set(loaded)


@pytest.mark.parametrize("package", ["mechanisms", "modes", "engine", "llm", "prompts"])
def test_the_page_of_a_package_names_each_file_and_no_other(package: str) -> None:
    folder = ROOT / "timepoint_pro" / package
    page = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = set(re.findall(r"\w+", page))
    files = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    spoken_of = {stem for stem in files if stem in named or any(_means(name, stem) for name in named)}
    assert spoken_of == files
    quoted = {name for name in re.findall(r"``(\w+)``", page) if not name.startswith(("_", "m0", "m1", "await"))}
    assert quoted - {"name"} <= files | {folder.name for folder in folder.iterdir()} | {"llm"}


def _means(name: str, stem: str) -> bool:
    """Whether a page's word stands for a file: it may break off a long name, or name an ending for several files."""
    return (len(name) > 4 and name.endswith("_") and stem.startswith(name)) or (
        name.startswith("_") and stem.endswith(name)
    )
