"""``timepoint models``: the registry of language models (M18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from timepoint_pro.cli.console import say, table, write_json
from timepoint_pro.cli.options import json_option

if TYPE_CHECKING:
    from timepoint_pro.llm.registry import ModelEntry


@click.command("models")
@click.option("--training-safe", is_flag=True, help="Only remote models whose outputs may train any model.")
@json_option
def command(training_safe: bool, as_json: bool) -> None:
    """List the language models: licence, limits, price, and whether their words may train any model.

    The file that TIMEPOINT_MODELS names adds models or changes them.
    """
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
