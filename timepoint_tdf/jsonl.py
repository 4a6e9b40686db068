"""TDF files: one document or record a line, written whole or not at all, read one line at a time."""

from __future__ import annotations

import gzip
import os
import secrets
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, cast

from timepoint_tdf.codec import decode, encode
from timepoint_tdf.document import RenderedFuture
from timepoint_tdf.errors import TDFError, TDFExistsError, TDFReadError, TDFWriteError
from timepoint_tdf.record import TDFRecord
from timepoint_tdf.schemas import kind_of, validate_plain

TDFItem = RenderedFuture | TDFRecord | Mapping[str, Any]

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def write_tdf_jsonl(
    items: TDFItem | Iterable[TDFItem],
    path: str | os.PathLike[str],
    *,
    force: bool = False,
    inline_context: bool = False,
) -> int:
    """Write documents and records, one a line, and return how many.

    Each is checked before it is written, and an iterable is consumed one by one. The file appears under its
    name only when it is complete and on disk; on any error nothing changes there.

    Args:
        items: a document, a record, a mapping that is either, or an iterable of these.
        path: the file; ``.gz`` at the end compresses it, with the same bytes for the same items.
        force: replace a file that is there.
        inline_context: put the JSON-LD context itself into each document in place of its URL.

    Raises:
        TDFExistsError: the file is there, and ``force`` is not set.
        TDFWriteError: the folder is not there, or an item cannot be written; the message says which and why.
    """
    target = Path(os.path.realpath(path))
    _check_target(target, path, force)
    single = isinstance(items, RenderedFuture | TDFRecord | Mapping)
    count = 0
    with _replacing(target, force) as file:
        for item in (items,) if single else _iterate(items, path):
            try:
                line = _line(item, inline_context)
            except (TDFError, RecursionError) as error:
                raise TDFWriteError(path, f"item {count + 1}: {error}") from error
            file.write(line + b"\n")
            count += 1
    return count


def read_tdf_jsonl(path: str | os.PathLike[str]) -> Iterator[RenderedFuture | TDFRecord]:
    """Read documents and records back, lazily and in order.

    Blank lines, a byte-order mark and Windows line ends are accepted; a file named ``.gz`` is decompressed.

    Raises:
        TDFReadError: no such file (at once), or, at the line concerned, what is wrong there.
    """
    if not os.path.exists(path):
        raise TDFReadError(path, 0, "no such file")
    if os.path.isdir(path):
        raise TDFReadError(path, 0, "is a folder; give the file in it")
    return _read(Path(path))


def item_from_dict(data: Mapping[str, Any]) -> RenderedFuture | TDFRecord:
    """A document or a record from plain JSON data, whichever it is.

    Raises:
        TDFError: neither, or a broken one.
    """
    return RenderedFuture.from_dict(data) if kind_of(data) == "RenderedFuture" else TDFRecord.from_dict(data)


def _line(item: object, inline_context: bool) -> bytes:
    if isinstance(item, Mapping):
        item = item_from_dict(item)
    if isinstance(item, RenderedFuture):
        data = item.to_dict(inline_context=inline_context)
    elif isinstance(item, TDFRecord):
        data = item.to_dict()
    else:
        raise TDFError(f"expected a RenderedFuture, a TDFRecord or a mapping, found {item!r:.80}")
    validate_plain(kind_of(data), data)
    return encode(data)


def _iterate(items: Any, path: object) -> Iterable[Any]:
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):
        raise TDFWriteError(path, f"expected documents or records to write, found {items!r:.80}")
    return items


def _check_target(target: Path, path: object, force: bool) -> None:
    if not target.parent.is_dir():
        raise TDFWriteError(path, f"the folder {target.parent} is not there; create it first")
    if target.exists():
        if not target.is_file():
            raise TDFWriteError(path, "is not a regular file; choose another path")
        if not force:
            raise TDFExistsError(path)


@contextmanager
def _replacing(target: Path, force: bool) -> Iterator[IO[bytes]]:
    """A file to write to that takes ``target``'s name at the end, or vanishes on an error."""
    temporary = target.with_name(f".tdf-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as raw:
            if target.suffix.lower() == ".gz":
                # No name and no time in the header, or the same items would give other bytes each time.
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                    yield cast("IO[bytes]", packed)
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        _take_name(temporary, target, force)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _take_name(temporary: Path, target: Path, force: bool) -> None:
    if force:
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
        return
    try:
        # Unlike a rename, a link fails when another process has put a file there meanwhile.
        os.link(temporary, target)
    except FileExistsError as error:
        raise TDFExistsError(target) from error
    except OSError:
        # A file system without links (FAT, some network shares).
        if target.exists():
            raise TDFExistsError(target) from None
        os.replace(temporary, target)


def _sync_folder(folder: Path) -> None:
    # Some systems cannot open or sync a folder; the file itself is on disk already.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(path: Path) -> Iterator[RenderedFuture | TDFRecord]:
    number = 0
    with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as file:
        lines = iter(file)
        while True:
            number += 1
            try:
                raw = next(lines, None)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise TDFReadError(path, number, f"damaged or cut gzip data: {error}") from error
            if raw is None:
                return
            text = _text_of(raw, number, path)
            if text:
                try:
                    item = item_from_dict(decode(text))
                except (TDFError, RecursionError) as error:
                    raise TDFReadError(path, number, f"{error}{_advice(text)}") from error
                yield item


def _text_of(raw: bytes, number: int, path: Path) -> bytes:
    if number == 1:
        if raw.startswith(_UTF16_MARKS):
            raise TDFReadError(path, 1, "is UTF-16 text; save it as UTF-8")
        raw = raw.removeprefix(_UTF8_MARK)
    return raw.strip(b" \t\r\n")


def _advice(text: bytes) -> str:
    return " (one document a line is expected; is this indented JSON?)" if text in (b"{", b"[") else ""
