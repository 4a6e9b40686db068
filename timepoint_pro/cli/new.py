"""``timepoint new``: a template from a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import click

from timepoint_pro.cli.console import say, write_json
from timepoint_pro.cli.options import json_option, model_options
from timepoint_pro.errors import OutputExistsError, UsageError


@click.command("new")
@click.argument("description", metavar="DESCRIPTION")
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; else made from the description, in this folder.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the names, and of what is left to chance.")
@model_options
@json_option
def command(
    description: str, out: Path | None, force: bool, seed: int, model: str | None, base_url: str | None, as_json: bool
) -> None:
    """Draft a template from a sentence: people who want different things, facts that conflict, questions to settle.

    A model drafts it where there is one; the built-in model drafts by pattern. The draft is a valid template, meant to
    be edited.
    """
    from timepoint_pro.drafting import drafted

    if out is not None:
        _free(out, force)
    made = drafted(description, model, base_url=base_url, seed=seed)
    template = made.template
    file = out if out is not None else Path(f"{template.id}.json")
    if out is None:
        _free(file, force)
    document = template.to_dict(defaults=False)
    try:
        file.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out: {file} cannot be written: {error.strerror or error}") from None
    if as_json:
        write_json({
            "path": str(file), "id": template.id, "people": template.people, "moments": template.moments,
            "not_used": made.not_used,
        })  # fmt: skip
        return
    say(f"wrote {file}")
    for one in template.roster.values():
        say(f"  {one.display_name}, {one.role}")
    for question in template.questions:
        say(f"  {question.text}")
    if made.not_used:
        say(f"not used from your sentence: {'; '.join(made.not_used)}")
    say("Edit it, then:")
    say(f"  timepoint validate {_quoted(file)}")
    say(f"  timepoint run {_quoted(file)}")


def _free(file: Path, force: bool) -> None:
    if file.exists() and not force:
        raise OutputExistsError(file)


def _quoted(file: Path) -> str:
    import shlex

    return shlex.quote(str(file))
