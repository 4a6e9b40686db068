"""The dataset card: what a dataset holds, where it comes from, under which licences, and how to load it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.dataset.trainers import Trainer
from timepoint_pro.exporters.documents.markup import markdown_text
from timepoint_pro.exporters.tasks.described import COLUMNS, described
from timepoint_pro.exporters.tasks.example import Feature
from timepoint_pro.exporters.tasks.wording import one_line, plural
from timepoint_pro.llm.model_entry import SCRIPTED

Files = Mapping[str, Mapping[str, str]]

HUB_LICENSES = {
    "MIT": "mit", "Apache-2.0": "apache-2.0", "Llama 3.1": "llama3.1", "Llama 4": "llama4", "CC-BY-4.0": "cc-by-4.0",
    "Gemma": "gemma",
}  # fmt: skip
"""Names of licences as the Hugging Face Hub writes them."""

SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"),
)  # fmt: skip


SHARED = "columns"
"""What the front matter calls the columns that all tasks share."""

SIMULATED = (
    "Everything in it is simulated. Every number in a prompt (feeling, energy, trust, confidence) is the state of "
    "the simulation just before the turn; every known fact is there because somebody came to know it at a stated "
    "moment from a stated source.\n"
)


def card(source: Source, trainer: Trainer, facts: Mapping[str, Any], files: Files) -> str:
    """The card as Markdown with YAML front matter.

    Args:
        source: the run, or the first of them.
        trainer: shape of the rows.
        facts: the manifest's facts.
        files: file name of each task and split; tasks without records have none.
    """
    parts = (
        f"---\n{_front_matter(source, trainer, facts, files)}---\n",
        f"# {_title(source, facts)}: training data\n",
        _origin(source, facts),
        _contents(trainer, facts, files),
        _tasks(files),
        _fields(trainer, facts, files),
        _licences(facts),
        _loading(trainer, files),
    )
    return "\n".join(parts)


def hub_license(names: Sequence[str]) -> list[str]:
    """The licences as the Hub names them; ``["other"]`` as soon as one of them has no name there."""
    known = {HUB_LICENSES.get(name) for name in names}
    return ["other"] if not known or None in known else sorted(name for name in known if name)


def _languages(source: Source, facts: Mapping[str, Any]) -> list[str]:
    """Tags of the languages in the records: the template's, and English where the built-in model speaks."""
    scripted = any(one["model"] == SCRIPTED for one in facts["models"])
    return list(dict.fromkeys([source.template.spoken_language, *(["en"] if scripted else [])]))


def _front_matter(source: Source, trainer: Trainer, facts: Mapping[str, Any], files: Files) -> str:
    names = sorted({model["license"] for model in facts["models"]})
    hub = hub_license(names)
    records = sum(task["records"] for task in facts["tasks"].values())
    size = next((words for most, words in SIZES if records < most), "n>10M")
    lines = [f"license: {hub[0] if len(hub) == 1 else json.dumps(hub)}"]
    if hub == ["other"]:
        lines.append(f"license_name: {json.dumps(', '.join(names) or 'none', ensure_ascii=False)}")
    lines += [
        f"language: {json.dumps(_languages(source, facts))}",
        "task_categories: [text-generation]",
        f"tags: [timepoint-pro, synthetic, social-simulation, {', '.join(map(json.dumps, _modes(facts)))}]",
        f"size_categories: [{json.dumps(size)}]",
        "configs:",
    ]
    shown = [task for task in files if files[task]]
    for task in shown:
        default = ["  default: true"] if task == shown[0] else []
        lines += [f"- config_name: {task}", *default, "  data_files:"]
        for split, file in files[task].items():
            lines += [f"  - split: {split}", f"    path: {file}"]
    lines.append("dataset_info:")
    # All tasks have the same columns: they stand once, and the others point there.
    for task in shown[:1]:
        mark = f" &{SHARED}" if len(shown) > 1 else ""
        lines += [f"- config_name: {task}", f"  features:{mark}", *_columns(trainer.columns, "  ")]
    for task in shown[1:]:
        lines += [f"- config_name: {task}", f"  features: *{SHARED}"]
    return "\n".join(lines) + "\n"


def _columns(columns: Mapping[str, Feature], indent: str) -> list[str]:
    """Columns as the Hub's ``features`` lists them."""
    lines = []
    for name, feature in columns.items():
        lines.append(f"{indent}- name: {name}")
        if isinstance(feature, str):
            lines.append(f"{indent}  dtype: {feature}")
        elif isinstance(feature, dict):
            lines += [f"{indent}  struct:", *_columns(feature, f"{indent}  ")]
        elif isinstance(feature[0], dict):
            lines += [f"{indent}  list:", *_columns(feature[0], f"{indent}  ")]
        else:
            lines.append(f"{indent}  list: {feature[0]}")
    return lines


def _origin(source: Source, facts: Mapping[str, Any]) -> str:
    row = source.row
    if "runs" in facts:
        return _origins(facts)
    return (
        f"Made by {markdown_text(row['generator'])} from run `{_code(facts['run_id'])}` of the template "
        f"`{_code(facts['template'])}` ({facts['temporal_mode']} mode, seed {facts['seed']}). The scenario:\n\n"
        f"> {markdown_text(row['scenario'])}\n\n"
        f"{SIMULATED}"
    )


def _origins(facts: Mapping[str, Any]) -> str:
    """Where a dataset of several runs comes from."""
    counts = Counter((one["template"], one["temporal_mode"]) for one in facts["runs"])
    rows = "\n".join(f"| `{_code(name)}` | {mode} | {number} |" for (name, mode), number in sorted(counts.items()))
    return (
        f"Made by {markdown_text(facts['generator'])} from {len(facts['runs'])} runs; `manifest.json` lists them.\n\n"
        f"| template | mode | runs |\n|---|---|---|\n{rows}\n\n{SIMULATED}"
    )


def _title(source: Source, facts: Mapping[str, Any]) -> str:
    if "runs" in facts:
        return f"{len(facts['runs'])} simulated stories"
    return markdown_text(source.template.about.name or source.row["template"])


def _modes(facts: Mapping[str, Any]) -> list[str]:
    return sorted({one["temporal_mode"] for one in facts.get("runs", (facts,))})


def _contents(trainer: Trainer, facts: Mapping[str, Any], files: Files) -> str:
    lines = [
        "## Files\n",
        f"Shape of the records: `{trainer.name}` ({trainer.about}).\n",
        "| task | file | records | of licences that allow training any model | shortened | still too long |",
        "|---|---|---|---|---|---|",
    ]
    for task, count in facts["tasks"].items():
        named = ", ".join(f"`{file}`" for file in files[task].values()) or f"none: {count['reason']}"
        lines.append(
            f"| {task} | {named} | {count['records']} | {count['training_safe']} | {count['shortened']} "
            f"| {count['too_long']} |"
        )
    lines += _left_out(facts)
    lines.append(
        "\n`provenance.jsonl` has one line a record, in the same order and under the same `record_id`: log entries, "
        "exposures with the roots that they rest on, the model call, models and licences. `manifest.json` has the "
        "SHA-256 of every file of this dataset. Put records of one run and one variation on one side of a split, never "
        "on both.\n"
    )
    return "\n".join(lines)


def _left_out(facts: Mapping[str, Any]) -> list[str]:
    """What is told twice and left out, in words."""
    again, alike = (sum(task[name] for task in facts["tasks"].values()) for name in ("repeats", "near_duplicates"))
    lines = []
    if again:
        lines.append(
            f"\nLeft out: {plural('record', again)} that another path of the same world (a branch, a round, a fork) "
            "has already, word for word. The first of them is here."
        )
    if alike:
        lines.append(
            f"\nLeft out: {plural('record', alike)} as alike as {facts['deduplication_threshold']:g} to an earlier one "
            "of their task."
        )
    return lines


def _tasks(files: Files) -> str:
    """What is asked and answered in each task that has records."""
    lines = ["## Tasks\n"]
    for task, named in files.items():
        if named:
            about = described(task)
            rejected = f"*Rejected, in preference pairs:* {about.rejected}" if about.rejected else "*Rejected:* none."
            words = f"*Prompt:* {about.asks} *Completion:* {about.answers} {rejected}" if about.answers else about.asks
            lines.append(f"- **{task}**. {words}")
    return "\n".join([*lines, ""])


def _fields(trainer: Trainer, facts: Mapping[str, Any], files: Files) -> str:
    """The columns that all tasks share, once, then what differs from task to task."""
    place = "Each record of each task has" if trainer.inline else "Each line of `provenance.jsonl` has"
    shown = [task for task, named in files.items() if named]
    rows = "\n".join(
        f"| {', '.join(f'`{name}`' for name in names.split(', '))} | {meaning} |" for names, meaning in COLUMNS.items()
    )
    differs = "\n".join(f"- **{task}**. {described(task).labels}" for task in shown if described(task).labels)
    text = (
        "## Fields\n\n"
        f"{place} a `metadata` object with the same keys, each always present and of one type; "
        f"what does not apply is empty or zero.\n\n| keys | meaning |\n|---|---|\n{rows}\n\n"
        + (f"What differs from task to task:\n\n{differs}\n" if differs else "")
    )
    if "portal" in _modes(facts) and "dialog_turn" in shown:
        text += (
            "\nOf a turn in portal mode `frame` repeats the one sentence of the prompt that names the outcome "
            "(\"Portal mode: ...\"); the speakers themselves do not know it. To train without it, remove that text "
            "from the prompt.\n"
        )
    return text


def _licences(facts: Mapping[str, Any]) -> str:
    lines = ["## Models and licences\n", "| model | licence | records that its text entered |", "|---|---|---|"]
    lines += [
        f"| `{_code(one['model'])}` | {markdown_text(one['license'])} | {one['records']} |" for one in facts["models"]
    ]
    verdict = (
        "Every licence admits training any model on this text."
        if facts["training_safe"]
        else "Not every licence admits training any model on this text: see `training_safe` of each record."
    )
    lines.append(f"\n{verdict}")
    if any(one["model"] == SCRIPTED for one in facts["models"]):
        lines.append(
            f"\n`{SCRIPTED}` is the library's built-in deterministic model. It composes turns from the state by rules; "
            "no language model wrote them."
        )
    return "\n".join([*lines, ""])


def _loading(trainer: Trainer, files: Files) -> str:
    first = next((task for task, named in files.items() if named), "")
    split = next(iter(files[first]), "train") if first else "train"
    lines = [
        "## Loading\n",
        "```python",
        "from datasets import load_dataset",
        "",
        f'data = load_dataset("path/to/this/folder", "{first}", split="{split}")',
        "```\n",
    ]
    if trainer.llama_factory:
        words = "LLaMA-Factory: point `dataset_dir` at this folder; `dataset_info.json` names the datasets."
        if trainer.name == "instruct":
            words += " The prompts carry their own `[INST]` marks, so set `template: empty`."
        if trainer.name == "text":
            words += " Use `stage: pt`."
        lines.append(words + "\n")
    if trainer.axolotl:
        lines.append("Axolotl: the `datasets` section of a configuration stands in `axolotl.yml`.\n")
    return "\n".join(lines)


def _code(text: str) -> str:
    return one_line(text).replace("`", "'").replace("|", "/")
