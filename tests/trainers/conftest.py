"""Fifty thousand records of runs of several templates and modes, and a tiny random model: ``pytest -m trainers``.

Nothing is fetched: the tokenizer is trained on the records, the model's weights are random.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from timepoint_pro.exporters import export_runs
from timepoint_pro.exporters.tasks.catalogue import TASKS
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.store.schema import TABLES

os.environ.update({"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"})

WANTED = 50_000
STORIES = (
    ("mars_mission_portal", 7), ("board_meeting", 1), ("convergence/simple", 3), ("castaway_colony_branching", 2),
    ("hospital_crisis", 4),
)  # fmt: skip


def copied(store: RunStore, run_id: str, copy_id: str) -> None:
    """Enter a run again under another id."""
    rows = {}
    for table, (columns, _key) in TABLES.items():
        if table in ("artifacts", "llm_attempts", "llm_prompts"):
            continue
        names = list(columns)
        held = store.query(f"SELECT {', '.join(names)} FROM {table} WHERE run_id = ?", (run_id,))
        rows[table] = [tuple({**row, "run_id": copy_id}[name] for name in names) for row in held]
    store.insert(rows)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunStore]:
    with RunStore(tmp_path_factory.mktemp("store") / "runs.db") as opened:
        for name, seed in STORIES:
            run_id = f"run_{name.rpartition('/')[2]}"
            Simulation.from_template(name, seed=seed, store=opened, run_id=run_id).run()
        ids = [row["run_id"] for row in opened.runs()]
        made = sum(1 for run_id in ids for _record in opened.load(run_id).training_examples(TASKS))
        for number in range(-(-WANTED // made) - 1):
            for run_id in ids:
                copied(opened, run_id, f"{run_id}_{number}")
        yield opened


@pytest.fixture(scope="session")
def runs(store: RunStore) -> list[Any]:
    return [store.load(row["run_id"]) for row in store.runs()]


@pytest.fixture(scope="session")
def export(runs: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tasks of all runs, as JSON Lines and as Parquet."""
    folder = tmp_path_factory.mktemp("export")
    export_runs(runs, folder, ["jsonl", "parquet"], tasks=TASKS)
    return folder


@pytest.fixture(scope="session")
def few(runs: list[Any]) -> list[Any]:
    """The runs themselves, without their copies."""
    names = {f"run_{name.rpartition('/')[2]}" for name, _seed in STORIES}
    return [run for run in runs if run.run_id in names]


@pytest.fixture(scope="session")
def tokenizer(export: Path) -> Any:
    """Byte-pair tokens trained on some of the records, with a plain chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    with (export / "dialog_turn.jsonl").open(encoding="utf-8") as file:
        texts = [json.loads(line)["prompt"] for _number, line in zip(range(300), file, strict=False)]
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    marks = ["<pad>", "<s>", "</s>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=800, special_tokens=marks, initial_alphabet=alphabet, show_progress=False)
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", bos_token="<s>", eos_token="</s>")
    fast.chat_template = (
        "{% for message in messages %}{{ '<s>' + message['role'] + ': ' + message['content'] + '</s>' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<s>assistant: ' }}{% endif %}"
    )
    return fast
