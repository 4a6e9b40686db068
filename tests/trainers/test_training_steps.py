"""TRL trains on the files as they stand: one step of a tiny random model, loss on the completion alone."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest

from timepoint_pro.exporters import export_runs

pytestmark = [pytest.mark.trainers, pytest.mark.filterwarnings("default"), pytest.mark.timeout(600)]


@pytest.fixture
def model(tokenizer: Any) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def trained_tokens(trainer: Any, tokenizer: Any) -> str:
    """The text of one batch's first record on which the loss is taken."""
    batch = next(iter(trainer.get_train_dataloader()))
    labels = batch["labels"][0]
    return str(tokenizer.decode([int(one) for one in labels if int(one) >= 0]))


@pytest.mark.parametrize("shape", ["instruct", "trl"])
def test_sft_takes_a_step(few: list[Any], shape: str, model: Any, tokenizer: Any, tmp_path: Path) -> None:
    import torch
    from datasets import load_dataset
    from trl import SFTConfig, SFTTrainer

    export_runs(few, tmp_path / "data", tasks=["dialog_turn"], trainer=shape)
    data = load_dataset(str(tmp_path / "data"), "dialog_turn", split="train", cache_dir=str(tmp_path / "cache"))
    before = {name: values.clone() for name, values in model.state_dict().items()}
    arguments = SFTConfig(
        output_dir=str(tmp_path / "out"), max_steps=1, per_device_train_batch_size=2, max_length=4096, use_cpu=True,
        report_to="none", save_strategy="no", learning_rate=1e-2, logging_steps=1, bf16=False,
        dataloader_pin_memory=False, seed=0,
    )  # fmt: skip
    trainer = SFTTrainer(model=model, args=arguments, train_dataset=data.select(range(40)), processing_class=tokenizer)
    done = trainer.train()
    assert math.isfinite(done.training_loss)
    assert done.global_step == 1
    assert any(not torch.equal(before[name], values) for name, values in model.state_dict().items())
    learned = trained_tokens(trainer, tokenizer)
    with (tmp_path / "data" / "dialog_turn.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    said = [row["completion"] if shape == "instruct" else row["completion"][0]["content"] for row in rows]
    assert any(words in learned for words in said)
    assert "emotional_valence=" not in learned


def test_dpo_takes_a_step_on_preference_pairs(few: list[Any], model: Any, tokenizer: Any, tmp_path: Path) -> None:
    from datasets import load_dataset
    from trl import DPOConfig, DPOTrainer

    export_runs(few, tmp_path / "data", tasks=["knowledge_boundary"], trainer="preference")
    data = load_dataset(str(tmp_path / "data"), "knowledge_boundary", split="train", cache_dir=str(tmp_path / "cache"))
    arguments = DPOConfig(
        output_dir=str(tmp_path / "out"), max_steps=1, per_device_train_batch_size=2, max_length=2048, use_cpu=True,
        report_to="none", save_strategy="no", bf16=False, dataloader_pin_memory=False, seed=0,
    )  # fmt: skip
    trainer = DPOTrainer(
        model=model, ref_model=copy.deepcopy(model), args=arguments, train_dataset=data.select(range(20)),
        processing_class=tokenizer,
    )  # fmt: skip
    assert math.isfinite(trainer.train().training_loss)
