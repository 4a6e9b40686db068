"""Training records of any make as prompt, completion and metadata, read one line at a time.

Shapes that are understood: ``prompt`` and ``completion`` as text or as lists of messages; ``prompt``, ``chosen`` and
``rejected``, of which the chosen answer is judged; ``messages`` with role and
content; ``conversations`` with from and value; ``instruction``, ``input``, ``output``; ``text``, split at ``[/INST]``
where it has it. What cannot be read is yielded as a ``Flaw`` with its place, and reading goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import orjson
from attrs import frozen

from timepoint_pro.errors import DataError

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of a line beyond which it is not read."""

SHAPES = "prompt and completion, prompt and chosen, messages, conversations, instruction and output, or text"
_ANSWERING = frozenset(("assistant", "gpt", "model", "bot"))
_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
_END = "[/INST]"


@frozen
class Sample:
    """One record.

    Args:
        place: where it stands, in words (``"data.jsonl line 3"``).
        shape: the keys that it was read from.
        prompt: in words; empty where the record has none of its own.
        completion: in words.
        metadata: its ``metadata`` object; None where it has none.
        keys: its top-level keys in order.
    """

    place: str
    shape: str
    prompt: str
    completion: str
    metadata: Mapping[str, Any] | None
    keys: tuple[str, ...]


@frozen
class Flaw:
    """What is wrong with a record that cannot be read, and where."""

    place: str
    problem: str


def files_of(path: Path) -> list[Path]:
    """The record files that ``path`` names: itself, or those of an export's folder.

    Raises:
        DataError: when there is none.
    """
    if path.is_dir():
        found = sorted(one for one in path.glob("*.jsonl") if one.name != "provenance.jsonl")
        if not found:
            raise DataError(f"{path}: expected training records (*.jsonl) in this folder, found none")
        return found
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; give a JSON Lines file, an export's folder, or a run's id")
    return [path]


def read_file(path: Path) -> Iterator[Sample | Flaw]:
    """The records of a JSON Lines file, in order; empty lines are passed over.

    Raises:
        DataError: when the file cannot be opened or read.
    """
    try:
        with path.open("rb") as file:
            for number, line in _lines(file):
                place = f"{path.name} line {number}"
                if line is None:
                    yield Flaw(place, f"longer than {LONGEST_LINE // 1024 // 1024} MiB, not read")
                elif line.strip():
                    yield _decoded(place, line)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error


def read_records(records: Iterable[Any]) -> Iterator[Sample | Flaw]:
    """Records that are at hand as objects."""
    for number, record in enumerate(records, 1):
        yield sample(f"record {number}", record)


class Lineages:
    """The lines of an export's ``provenance.jsonl``, which stand in the order of the records of each task.

    A split holds whole runs, so that the lines of the runs in other splits are passed over.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._lines = self._read(path)

    def of(self, metadata: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The line of the next record; None when another one stands in its place, or none."""
        wanted = metadata.get("task"), metadata.get("run_id")
        line = next((one for one in self._lines if (one.get("task"), one.get("run_id")) == wanted), None)
        return line if line is not None and line.get("record_id") == metadata.get("record_id") else None

    @staticmethod
    def _read(path: Path) -> Iterator[dict[str, Any]]:
        with path.open("rb") as file:
            for _number, line in _lines(file):
                try:
                    decoded = orjson.loads(line or b"null")
                except orjson.JSONDecodeError:
                    decoded = None
                yield decoded if isinstance(decoded, dict) else {}


def sample(place: str, record: Any) -> Sample | Flaw:
    """A decoded record in words."""
    if not isinstance(record, dict):
        return Flaw(place, f"expected an object a line, found {_kind(record)}")
    metadata = record.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        return Flaw(place, f"metadata: expected an object, found {_kind(metadata)}")
    read = _read(record)
    if isinstance(read, str):
        return Flaw(place, read)
    shape, prompt, completion = read
    return Sample(place, shape, prompt, completion, metadata, tuple(record))


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers; None for one that is too long, which is passed over without being held."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) <= LONGEST_LINE:
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            continue
        yield number, None
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)


def _decoded(place: str, line: bytes) -> Sample | Flaw:
    try:
        return sample(place, orjson.loads(line))
    except orjson.JSONDecodeError as error:
        try:
            line.decode()
        except UnicodeDecodeError as undecodable:
            return Flaw(place, f"not UTF-8: byte {undecodable.start + 1} is {line[undecodable.start]:#04x}")
        return Flaw(place, f"not JSON: {error.msg} at column {error.colno}")


def _read(record: dict[str, Any]) -> tuple[str, str, str] | str:
    """Shape, prompt and completion; or what is wrong."""
    if "chosen" in record:
        prompt, chosen = _words(record, "prompt"), _words(record, "chosen")
        return prompt[0] or chosen[0] or ("prompt/chosen", prompt[1], chosen[1])
    if "completion" in record or ("prompt" in record and "text" not in record):
        prompt, completion = _words(record, "prompt"), _words(record, "completion")
        return prompt[0] or completion[0] or ("prompt/completion", prompt[1], completion[1])
    for name, role, words in (("messages", "role", "content"), ("conversations", "from", "value")):
        if name in record:
            return _conversation(name, record[name], role, words)
    if "output" in record:
        instruction, more, output = (_words(record, key) for key in ("instruction", "input", "output"))
        if "input" not in record:
            more = (None, "")
        problem = instruction[0] or more[0] or output[0]
        return problem or ("instruction/output", f"{instruction[1]}\n{more[1]}".strip(), output[1])
    if "text" in record:
        problem, text = _words(record, "text")
        before, mark, after = text.rpartition(_END)
        return problem or ("text", before + mark, after.strip())
    return f"expected {SHAPES}; found the keys {', '.join(map(repr, list(record)[:8])) or 'of an empty object'}"


def _words(record: dict[str, Any], key: str) -> tuple[str | None, str]:
    """What is wrong with a field, and its words."""
    if key not in record:
        return f"{key}: missing", ""
    value = record[key]
    if isinstance(value, str):
        return None, value
    if not isinstance(value, list):
        return f"{key}: expected text or a list of messages, found {_kind(value)}", ""
    read = _contents(key, value, "role", "content")
    return (read, "") if isinstance(read, str) else (None, "\n".join(content for _role, content in read))


def _conversation(name: str, messages: Any, role: str, words: str) -> tuple[str, str, str] | str:
    """The last answer is the completion, all before it the prompt."""
    read = _contents(name, messages, role, words)
    if isinstance(read, str):
        return read
    if not read or read[-1][0] not in _ANSWERING:
        found = f"one by {read[-1][0]!r}" if read else "no message"
        return f"{name}: expected an answer of the assistant at the end, found {found}"
    return name, "\n".join(content for _role, content in read[:-1]), read[-1][1]


def _contents(name: str, messages: Any, role: str, words: str) -> list[tuple[str, str]] | str:
    if not isinstance(messages, list):
        return f"{name}: expected a list of messages, found {_kind(messages)}"
    read = []
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            return f"{name}[{index}]: expected an object, found {_kind(message)}"
        who, content = message.get(role), message.get(words)
        if not isinstance(who, str) or not isinstance(content, str):
            return f"{name}[{index}]: expected {role!r} and {words!r} as text"
        read.append((who, content))
    return read


def _kind(value: Any) -> str:
    return "null" if value is None else _KINDS.get(type(value), type(value).__name__)
