"""The shapes in which trainers read records, with the columns of each and how two frameworks are told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, field, frozen

from timepoint_pro.exporters.tasks.example import METADATA, STRING, Example, Feature
from timepoint_pro.exporters.tasks.wording import defused

Row = dict[str, Any]

PREFERENCE = "preference"
"""The shape of preference pairs: records without a rejected answer are left out."""

_MESSAGES: Feature = [{"role": STRING, "content": STRING}]
_ROLES = {
    "role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant",
    "system_tag": "system",
}  # fmt: skip


@frozen
class Trainer:
    """One trainer format.

    Args:
        name: as ``--trainer`` takes it.
        about: who reads it.
        row: an example as one row, without its metadata.
        features: the columns of a row, without the metadata.
        inline: whether the metadata stands in the row; elsewhere it stands in ``provenance.jsonl``.
        llama_factory: the entry's keys beyond ``file_name`` in LLaMA-Factory's ``dataset_info.json``; empty
            where it cannot read this shape.
        axolotl: the lines below ``- path:`` in an Axolotl configuration; empty where it cannot.
    """

    name: str
    about: str
    row: Callable[[Example], Row]
    features: Mapping[str, Feature]
    inline: bool = True
    llama_factory: Mapping[str, Any] = field(factory=dict)
    axolotl: str = ""

    def record(self, example: Example) -> Row:
        """An example as one row of a file."""
        row = self.row(example)
        if self.inline:
            row["metadata"] = example.metadata
        return row

    @property
    def columns(self) -> dict[str, Feature]:
        """Every column of a row with its type."""
        return {**self.features, "metadata": dict(METADATA)} if self.inline else dict(self.features)


def _instruction(example: Example) -> str:
    return f"[INST] {example.prompt()} [/INST]"


def _messages(example: Example) -> list[dict[str, str]]:
    return [
        {"role": "system", "content": example.prompt("\n", "system")},
        {"role": "user", "content": example.prompt("\n", "user")},
        {"role": "assistant", "content": example.answer},
    ]


def _instruct(example: Example) -> Row:
    return {"prompt": _instruction(example), "completion": example.answer}


def _trl(example: Example) -> Row:
    system, user, assistant = _messages(example)
    return {"prompt": [system, user], "completion": [assistant]}


def _chat(example: Example) -> Row:
    return {"messages": _messages(example)}


def _sharegpt(example: Example) -> Row:
    tags = ("system", "human", "gpt")
    turns = zip(tags, _messages(example), strict=True)
    return {"conversations": [{"from": tag, "value": message["content"]} for tag, message in turns]}


def _alpaca(example: Example) -> Row:
    first, *between, last = example.sections
    return {
        "instruction": evolve(example, sections=(first, last)).prompt(),
        "input": evolve(example, sections=tuple(between)).prompt("\n"),
        "output": example.answer,
    }


def _preference(example: Example) -> Row:
    return {"prompt": _instruction(example), "chosen": example.answer, "rejected": defused(example.rejected)}


def _text(example: Example) -> Row:
    return {"text": f"{_instruction(example)} {example.answer}"}


_ALL = (
    Trainer(
        "instruct", "prompt and completion as text, with [INST] marks: Mistral and Llama 2 style instruction tuning",
        _instruct, {"prompt": STRING, "completion": STRING},
        llama_factory={"formatting": "alpaca", "columns": {"prompt": "prompt", "response": "completion"}},
        axolotl="""\
    type:
      field_instruction: prompt
      field_output: completion
      format: "{instruction} "
      no_input_format: "{instruction} "
""",
    ),
    Trainer(
        "trl", "conversational prompt and completion: TRL's SFTTrainer, which then trains on the completion only",
        _trl, {"prompt": _MESSAGES, "completion": _MESSAGES},
    ),
    Trainer(
        "openai", "messages alone, as fine-tuning services accept them: their upload checks refuse other keys",
        _chat, {"messages": _MESSAGES}, inline=False,
        llama_factory={"formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": _ROLES},
        axolotl="""\
    type: chat_template
    field_messages: messages
    roles_to_train: [assistant]
""",
    ),
    Trainer(
        "sharegpt", "conversations with from and value: LLaMA-Factory, FastChat, older Axolotl",
        _sharegpt, {"conversations": [{"from": STRING, "value": STRING}]},
        llama_factory={
            "formatting": "sharegpt", "columns": {"messages": "conversations"},
            "tags": {
                "role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt",
                "system_tag": "system",
            },
        },
        axolotl="""\
    type: chat_template
    field_messages: conversations
    message_property_mappings:
      role: from
      content: value
    roles_to_train: [assistant]
""",
    ),
    Trainer(
        "alpaca", "instruction, input and output: LLaMA-Factory, Axolotl and whatever reads Alpaca's format",
        _alpaca, {"instruction": STRING, "input": STRING, "output": STRING},
        llama_factory={
            "formatting": "alpaca", "columns": {"prompt": "instruction", "query": "input", "response": "output"},
        },
        axolotl="    type: alpaca\n",
    ),
    Trainer(
        "axolotl", "messages with metadata beside them: Axolotl's chat_template datasets",
        _chat, {"messages": _MESSAGES},
        llama_factory={"formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": _ROLES},
        axolotl="""\
    type: chat_template
    field_messages: messages
    roles_to_train: [assistant]
""",
    ),
    Trainer(
        PREFERENCE, "prompt with a chosen and a rejected answer: preference optimisation, as TRL's DPOTrainer does it",
        _preference, {"prompt": STRING, "chosen": STRING, "rejected": STRING},
        llama_factory={
            "formatting": "alpaca", "ranking": True,
            "columns": {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"},
        },
    ),
    Trainer(
        "text", "prompt and completion in one text: continued pre-training, and trainers that know one column",
        _text, {"text": STRING},
        llama_factory={"formatting": "alpaca", "columns": {"prompt": "text"}},
        axolotl="""\
    type: completion
    field: text
""",
    ),
)  # fmt: skip

TRAINERS: Mapping[str, Trainer] = {trainer.name: trainer for trainer in _ALL}
"""Every trainer format by name."""
