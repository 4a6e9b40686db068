"""TDF files: whole or not at all, refused when taken, read lazily, errors with file and line."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import stat
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import timepoint_tdf as tdf


@pytest.fixture
def future(document: dict[str, Any]) -> tdf.RenderedFuture:
    return tdf.RenderedFuture.from_dict(document)


def small_record(number: int) -> tdf.TDFRecord:
    return tdf.TDFRecord(
        id=f"r-{number}",
        source="pro",
        timestamp="2026-03-01T14:00:00Z",
        provenance={"generator": "timepoint-pro"},
        payload={"n": number, "x": float(number)},
    )


def test_documents_and_records_in_one_file(
    tmp_path: Path, future: tdf.RenderedFuture, envelope: dict[str, Any]
) -> None:
    path = tmp_path / "mixed.jsonl"
    record = tdf.TDFRecord.from_dict(envelope)
    assert tdf.write_tdf_jsonl([future, record, future.to_dict(), envelope], path) == 4
    read = list(tdf.read_tdf_jsonl(path))
    assert read == [future, record, future, record]
    lines = path.read_bytes().split(b"\n")
    assert lines[4:] == [b""]
    assert json.loads(lines[0]) == future.to_dict()
    # Written once more, the bytes are the same.
    again = tmp_path / "again.jsonl"
    tdf.write_tdf_jsonl(read, again)
    assert again.read_bytes() == path.read_bytes()


def test_a_single_item_needs_no_list(tmp_path: Path, future: tdf.RenderedFuture) -> None:
    assert tdf.write_tdf_jsonl(future, str(tmp_path / "a.jsonl")) == 1
    assert tdf.write_tdf_jsonl(future.to_record(), tmp_path / "b.jsonl") == 1
    assert tdf.write_tdf_jsonl(future.to_dict(), tmp_path / "c.jsonl") == 1
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "c.jsonl").read_bytes()
    assert tdf.write_tdf_jsonl([], tmp_path / "none.jsonl") == 0
    assert list(tdf.read_tdf_jsonl(tmp_path / "none.jsonl")) == []


def test_numbers_keep_their_form(tmp_path: Path) -> None:
    line = (
        '{"id":"r","source":"snag-bench","timestamp":"2026-03-01T14:00:00+02:00","provenance":{"generator":"g"},'
        '"payload":{"i":1,"f":1.0,"z":-0.0,"e":1e-7,"u":18446744073709551615,"wei":123456789012345678901234567890,'
        '"n":null},"tdf_hash":"given"}\n'
    )
    source, copy = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(line)
    tdf.write_tdf_jsonl(tdf.read_tdf_jsonl(source), copy)
    assert copy.read_text() == line


def test_a_file_is_not_overwritten_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    tdf.write_tdf_jsonl(small_record(1), path)
    path.chmod(0o640)
    before = path.read_bytes()
    with pytest.raises(
        tdf.TDFExistsError, match="exists already; choose another path, or pass force=True"
    ) as caught:
        tdf.write_tdf_jsonl(small_record(2), path)
    assert isinstance(caught.value, FileExistsError)
    assert isinstance(caught.value, ValueError)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before
    tdf.write_tdf_jsonl(small_record(2), path, force=True)
    assert next(tdf.read_tdf_jsonl(path)).payload["n"] == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"

    def items() -> Iterator[tdf.TDFRecord]:
        yield small_record(1)
        path.write_text("theirs")

    with pytest.raises(tdf.TDFExistsError):
        tdf.write_tdf_jsonl(items(), path)
    assert path.read_text() == "theirs"
    assert os.listdir(tmp_path) == ["out.jsonl"]


def test_a_file_system_without_links_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    tdf.write_tdf_jsonl(small_record(1), tmp_path / "out.jsonl")
    assert os.listdir(tmp_path) == ["out.jsonl"]


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
@pytest.mark.parametrize("force", [False, True])
def test_nothing_is_left_of_a_failed_write(tmp_path: Path, name: str, force: bool) -> None:
    path = tmp_path / name
    if force:
        tdf.write_tdf_jsonl(small_record(0), path)
    before = path.read_bytes() if force else None

    def items() -> Iterator[Any]:
        yield small_record(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tdf.write_tdf_jsonl(items(), path, force=force)
    assert os.listdir(tmp_path) == ([name] if force else [])
    assert before is None or path.read_bytes() == before


def test_the_name_appears_only_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    seen = []

    def items() -> Iterator[tdf.TDFRecord]:
        for number in range(3):
            seen.append(path.exists())
            yield small_record(number)

    tdf.write_tdf_jsonl(items(), path)
    assert seen == [False, False, False]
    assert path.exists()


def test_what_cannot_be_written_is_named(tmp_path: Path, document: dict[str, Any]) -> None:
    path = tmp_path / "out.jsonl"
    del document["scenario"]
    with pytest.raises(
        tdf.TDFWriteError, match=r"out\.jsonl: item 2: not a valid RenderedFuture: \$: missing 'sc"
    ):
        tdf.write_tdf_jsonl([small_record(1), document], path)
    odd = attrs.evolve(small_record(1), payload={"x": float("nan")})
    with pytest.raises(tdf.TDFWriteError, match=r"item 1: \$\.payload\.x: nan cannot be written"):
        tdf.write_tdf_jsonl(odd, path)
    with pytest.raises(
        tdf.TDFWriteError, match="item 1: expected a RenderedFuture, a TDFRecord or a mapping"
    ):
        tdf.write_tdf_jsonl([3], path)  # type: ignore[list-item]
    with pytest.raises(tdf.TDFWriteError, match="item 1: neither a document"):
        tdf.write_tdf_jsonl({"run_id": "r"}, path)
    with pytest.raises(tdf.TDFWriteError, match="expected documents or records to write, found 'run_1'"):
        tdf.write_tdf_jsonl("run_1", path)  # type: ignore[arg-type]
    with pytest.raises(tdf.TDFWriteError, match="is not there; create it first"):
        tdf.write_tdf_jsonl([], tmp_path / "absent" / "out.jsonl")
    with pytest.raises(tdf.TDFWriteError, match="not a regular file"):
        tdf.write_tdf_jsonl([], tmp_path, force=True)
    assert os.listdir(tmp_path) == []


def test_a_document_changed_in_its_open_parts_is_checked_again(
    tmp_path: Path, future: tdf.RenderedFuture
) -> None:
    future.timepoints[1].states[0].pop("entity_id")  # type: ignore[attr-defined]
    with pytest.raises(tdf.TDFWriteError, match=r"\$\.timepoints\[1\]\.states\[0\]: missing 'entity_id'"):
        tdf.write_tdf_jsonl(future, tmp_path / "out.jsonl")


def test_gzip_is_chosen_by_the_name_and_has_stable_bytes(tmp_path: Path, future: tdf.RenderedFuture) -> None:
    first, second = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"
    tdf.write_tdf_jsonl([future, small_record(1)], first)
    tdf.write_tdf_jsonl([future, small_record(1)], second)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes()[4:8] == b"\0\0\0\0"
    assert list(tdf.read_tdf_jsonl(first)) == [future, small_record(1)]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    real, link = tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    tdf.write_tdf_jsonl(small_record(1), real)
    link.symlink_to(real)
    tdf.write_tdf_jsonl(small_record(2), link, force=True)
    assert link.is_symlink()
    assert next(tdf.read_tdf_jsonl(real)) == small_record(2)


def test_inlined_context(tmp_path: Path, future: tdf.RenderedFuture) -> None:
    path = tmp_path / "inline.jsonl"
    tdf.write_tdf_jsonl(future, path, inline_context=True)
    data = json.loads(path.read_text())
    assert data["@context"] == tdf.tdf_context()["@context"]
    (read,) = tdf.read_tdf_jsonl(path)
    assert isinstance(read, tdf.RenderedFuture)
    assert read.to_dict() == data


def test_windows_line_ends_a_mark_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    lines = [small_record(n).model_dump_json().encode() for n in range(3)]
    path.write_bytes(b"\xef\xbb\xbf" + lines[0] + b"\r\n\r\n  \t\r\n" + lines[1] + b"\n\n" + lines[2])
    assert list(tdf.read_tdf_jsonl(path)) == [small_record(n) for n in range(3)]


GOOD = small_record(0).model_dump_json().encode() + b"\n"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (GOOD + b"\n{'a': 1}\n", 3, "not valid JSON: .* at column 2"),
        (GOOD + b'{"a": "\xff"}\n', 2, "not valid JSON"),
        (GOOD + b'{"a": NaN, "b": 1234567890123456789}\n', 2, "NaN is not a number that JSON knows"),
        (GOOD + b'{"run_id": "r"}\n', 2, "neither a document .* the keys are: run_id"),
        (GOOD + b"[1]\n", 2, "expected a JSON object"),
        (GOOD + b'{"@type": "Scene"}\n', 2, r"\$\.@type: expected 'RenderedFuture', found 'Scene'"),
        (
            GOOD + b'{"@type": "RenderedFuture"}\n',
            2,
            r"not a valid RenderedFuture: \$: missing '@context', 'run_id'",
        ),
        (GOOD + GOOD.replace(b'"pro"', b'"amateur"'), 2, "TDFRecord.source"),
        (b'{"@type": "RenderedFuture", "deep": ' + b"[" * 1000 + b"]" * 1000 + b"}", 1, "recursion"),
        (b'{\n  "run_id": "r"\n}\n', 1, "is this indented JSON"),
        ("\ufeff{}".encode("utf-16-le"), 1, "UTF-16 text; save it as UTF-8"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, content: bytes, line: int, reason: str) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(content)
    with pytest.raises(tdf.TDFReadError, match=reason) as caught:
        list(tdf.read_tdf_jsonl(path))
    assert caught.value.line_number == line
    assert str(caught.value).startswith(f"{path}, line {line}: ")


def test_cut_gzip_is_named(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD * 50)[:-12])
    with pytest.raises(tdf.TDFReadError, match=r"line \d+: damaged or cut gzip data"):
        list(tdf.read_tdf_jsonl(path))
    path.write_bytes(GOOD)
    with pytest.raises(tdf.TDFReadError, match="line 1: damaged or cut gzip data"):
        list(tdf.read_tdf_jsonl(path))


def test_a_missing_file_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(tdf.TDFReadError, match="no such file"):
        tdf.read_tdf_jsonl(tmp_path / "absent.jsonl")
    with pytest.raises(tdf.TDFReadError, match="is a folder"):
        tdf.read_tdf_jsonl(tmp_path)


def test_reading_is_lazy(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(GOOD * 2 + b"broken\n")
    read = tdf.read_tdf_jsonl(path)
    assert [item.id for item in itertools.islice(read, 2)] == ["r-0", "r-0"]
    with pytest.raises(tdf.TDFReadError, match="line 3"):
        next(read)


def test_a_long_file_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    count = 300
    tdf.write_tdf_jsonl(small_record(0), tmp_path / "warm.jsonl")

    def large_record(number: int) -> tdf.TDFRecord:
        return attrs.evolve(small_record(number), payload={"text": f"{number} " * 3_000})

    tracemalloc.start()
    tdf.write_tdf_jsonl(map(large_record, range(count)), path)
    _, written_peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    assert sum(1 for _ in tdf.read_tdf_jsonl(path)) == count
    _, read_peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    size = path.stat().st_size
    assert size > 2_000_000
    assert written_peak < size / 4
    assert read_peak < size / 4
