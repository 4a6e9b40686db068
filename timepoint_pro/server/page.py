"""The page at ``/``: the OpenAPI document for people. One file, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
       background: #fff; }
h2 { margin-top: 2.2rem; font-size: 1.1rem; }
code, h2 { font-family: ui-monospace, monospace; }
code { background: #f2f2f2; padding: .1em .3em; border-radius: 3px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ddd; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; } code { background: #2b2b2b; } th, td { border-color: #444; }
  a { color: #8ab4f8; }
}
"""


def page(described: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document."""
    info = described["info"]
    title = escape(f"{info['title']} {info['version']}")
    token = (
        "<p>Requests below <code>/api/</code> carry <code>Authorization: Bearer TOKEN</code>.</p>"
        if "security" in described
        else ""
    )
    routes = "\n".join(_route(path, item["get"]) for path, item in described["paths"].items())
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"<p>{escape(info['description'])} <a href=\"openapi.json\">OpenAPI document</a></p>\n"
        f"{token}\n{routes}\n</body>\n</html>\n"
    )


def _route(path: str, operation: Mapping[str, Any]) -> str:
    answers = ", ".join(operation["responses"]["200"]["content"])
    others = ", ".join(code for code in operation["responses"] if code != "200")
    rows = "\n".join(_parameter(one) for one in operation["parameters"])
    table = f"<table>\n<tr><th>parameter</th><th>values</th><th></th></tr>\n{rows}\n</table>" if rows else ""
    link = f'<a href="{escape(path[1:])}">{escape(path)}</a>' if "{" not in path else escape(path)
    return (
        f"<h2>GET {link}</h2>\n<p>{escape(operation['summary'])} Answers <code>{escape(answers)}</code>; "
        f"failures {escape(others)} as JSON.</p>\n{table}"
    )


def _parameter(one: Mapping[str, Any]) -> str:
    schema = one["schema"]
    if "enum" in schema:
        values = ", ".join(schema["enum"])
    elif schema["type"] == "integer":
        values = f"{schema['minimum']} to {schema['maximum']}"
    else:
        values = "texts" if schema["type"] == "array" else "text"
    default = f" By default {schema['default']}." if "default" in schema else ""
    return (
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(values)}</td>"
        f"<td>{escape(one['description'])}{escape(default)}</td></tr>"
    )
