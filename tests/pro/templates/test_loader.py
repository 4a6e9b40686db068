"""Finding and reading templates: ids, folders, files, comments, and what no name may reach."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from timepoint_pro.errors import TemplateError, TemplateNotFoundError
from timepoint_pro.templates import Template, available, find, load
from timepoint_pro.templates.json_text import MAX_BYTES, parse


def write(folder: Path, name: str, text: str = '{"scenario_description": "x"}') -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "templates"
    write(root, "team/alpha.json", '{"scenario_description": "a", "patch": {"tags": ["t"], "description": "d"}}')
    write(root, "team/twin.json")
    write(root, "other/twin.json")
    write(root, "broken.json", '{"scenario_description": 1}')
    write(root, ".hidden/secret.json")
    write(root, "notes.txt")
    return root


def test_ids_are_paths_and_last_parts_work_where_unique(folder: Path) -> None:
    assert find("team/alpha", [folder]) == find("alpha", [folder]) == "team/alpha"
    assert load("alpha", [folder]).world_id == "team/alpha"
    assert Template.from_template("team\\alpha", paths=[str(folder)]).scenario_description == "a"


def test_a_name_of_several_lists_them(folder: Path) -> None:
    with pytest.raises(TemplateError, match="other/twin, team/twin") as caught:
        load("twin", [folder])
    assert not isinstance(caught.value, TemplateNotFoundError)
    assert load("other/twin", [folder]).world_id == "other/twin"


def test_an_unknown_name_names_the_nearest(folder: Path) -> None:
    for name in ("alpa", "pha"):
        with pytest.raises(TemplateNotFoundError, match="did you mean 'alpha'"):
            load(name, [folder])


def test_the_list_holds_broken_templates_with_their_problem(folder: Path) -> None:
    listed = {info.id: info for info in available([folder])}
    assert {"team/alpha", "team/twin", "other/twin", "broken"} <= set(listed)
    assert not {"notes", "secret", ".hidden/secret"} & set(listed)
    alpha = listed["team/alpha"]
    assert (alpha.mode, alpha.people, alpha.moments, alpha.description, alpha.tags) == (
        "forward",
        4,
        5,
        "d",
        ("t",),
    )
    assert "$.scenario_description" in listed["broken"].problem
    assert list(listed) == sorted(listed)


def test_folders_come_from_the_environment_too(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nearer = tmp_path / "nearer"
    write(nearer, "team/alpha.json", '{"scenario_description": "nearer"}')
    monkeypatch.setenv("TIMEPOINT_TEMPLATES", os.pathsep.join([str(folder), ""]))
    assert load("alpha").scenario_description == "a"
    assert load("alpha", [nearer]).scenario_description == "nearer"
    monkeypatch.setenv("TIMEPOINT_TEMPLATES", str(tmp_path / "none"))
    with pytest.raises(TemplateError, match="TIMEPOINT_TEMPLATES"):
        load("alpha")


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "team/../../outside",
        "/etc/passwd",
        "..\\outside",
        "",
        ".",
        "/",
        "C:\\x",
        "a\x00b",
        "link",
        "linked/outside",
    ],
)
def test_a_name_never_reaches_outside(folder: Path, name: str) -> None:
    outside = write(folder.parent, "outside.json")
    (folder / "link.json").symlink_to(outside)
    (folder / "linked").symlink_to(folder.parent, target_is_directory=True)
    with pytest.raises(TemplateNotFoundError):
        load(name, [folder])


def test_links_inside_a_folder_and_linked_folders_serve(folder: Path, tmp_path: Path) -> None:
    (folder / "same.json").symlink_to(folder / "team" / "alpha.json")
    (tmp_path / "by_link").symlink_to(folder, target_is_directory=True)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    assert load("same", [tmp_path / "by_link"]).scenario_description == "a"


def test_files_are_read_by_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert load("team/alpha.json").world_id == "alpha"
    assert load("team\\alpha.json") == load("team/alpha.json") == Template.from_file(folder / "team" / "alpha.json")
    with pytest.raises(TemplateNotFoundError, match=r"team/none\.json"):
        load("team/none.json")
    (folder / "dir.json").mkdir()
    with pytest.raises(TemplateError, match="a folder or a device"):
        load("dir.json")
    with pytest.raises(TemplateError, match=r"a file.s path|timepoint list"):
        load("a\x00b.json")


def test_messages_name_the_file(folder: Path) -> None:
    path = folder / "broken.json"
    with pytest.raises(TemplateError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: $.scenario_description: expected")


def test_a_file_s_own_world_id_wins(folder: Path) -> None:
    path = write(folder, "named.json", '{"scenario_description": "x", "world_id": "w"}')
    assert load(path).world_id == "w"


def test_comments_are_allowed_outside_strings_only() -> None:
    text = '// first\n{"scenario_description": "see http://x // y \\"// z", // last\n "metadata": {"a": 1}}// end'
    template = Template.from_text(text)
    assert template.scenario_description == 'see http://x // y "// z'
    assert template.metadata == {"a": 1}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{\n // note\n  "a": 1,\n\t"b" 2}', "line 4 column 6"),
        ('{"a": 1 // trailing, [ { "\n,}', "line 2 column 2"),
        ('{"a": "open', "line 1 column 7"),
        ("", "line 1 column 1"),
        ('{"a": 1} x', "line 1 column 10"),
        ("{'a': 1}", "line 1 column 2"),
    ],
)
def test_errors_of_the_text_say_line_and_column(text: str, place: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Template.from_text(text)
    assert caught.value.problems[0].path == place


def test_keys_that_stand_twice_are_errors_with_their_path() -> None:
    text = '{"temporal": {"mode": "portal", "mode": "forward"}, "metadata": {"a": [{"b": 1, "b": 2}]}}'
    with pytest.raises(TemplateError) as caught:
        Template.from_text(text)
    assert {problem.path for problem in caught.value.problems} == {"$.temporal.mode", "$.metadata.a[0].b"}


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_json_lacks_are_refused_with_their_path(word: str) -> None:
    text = f'{{"scenario_description": "x", "max_cost_usd": {word}, "metadata": {{"a": [{word}]}}}}'
    with pytest.raises(TemplateError) as caught:
        Template.from_text(text)
    assert [problem.path for problem in caught.value.problems] == ["$.max_cost_usd", "$.metadata.a[0]"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"scenario_description":\n "\xff"}', "line 2: expected UTF-8 text, found the byte 0xff at offset 27"),
        ('{"scenario_description": "x"}'.encode("utf-16"), "UTF-16; save the file as UTF-8"),
        (b" " * (MAX_BYTES + 1), "at most 16 MB"),
        (b"[" * 100_000, "levels of nesting"),
        (b'{"scenario_description": "x", "max_cost_usd": ' + b"9" * 5000 + b"}", "numbers of at most 4,300 digits"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(data)
    with pytest.raises(TemplateError, match=message):
        load(path)


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('{"scenario_description": "x"}', encoding="utf-8-sig")
    assert load(path).scenario_description == "x"
    assert Template.from_text('\ufeff{"scenario_description": "x"}').scenario_description == "x"


def test_plain_json_parses_as_json_does() -> None:
    text = json.dumps({"a": [1, 2.5, "//", None, True, {"b": '\\" // \u2028'}]})
    assert parse(text, "text") == json.loads(text)


def test_every_packaged_template_loads() -> None:
    assert [info.problem for info in available() if info.problem] == []
