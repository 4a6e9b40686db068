"""``timepoint serve``: the runs over HTTP, to be read."""

from __future__ import annotations

from pathlib import Path

import click

from timepoint_pro.cli.console import say
from timepoint_pro.cli.options import db_option


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, metavar="N",
    help="Port; 0 takes a free one.",
)  # fmt: skip
@db_option
def command(host: str, port: int, db: Path) -> None:
    """Let others read the runs over HTTP: data exports, TDF, training records. Needs the extra [serve].

    By default only this machine can reach it. To listen elsewhere, set TIMEPOINT_SERVE_TOKEN: every request then has
    to carry it. The page at / lists the routes.

    \b
      timepoint serve
      curl http://127.0.0.1:8000/api/data-export/last
    """
    from timepoint_pro.server import serve

    serve(db, host=host, port=port, ready=lambda url: say(f"{db} at {url}, read-only; Ctrl-C stops it"))
