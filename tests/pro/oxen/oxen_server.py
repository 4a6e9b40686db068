"""A server that the Oxen client takes for one, as far as pushing files and reading the log goes; a process of its own.

    python oxen_server.py PORT_FILE STATE_FILE [FAULT]

It keeps repositories in memory and writes what it holds to STATE_FILE after every change. FAULT is the beginning of a
path below /api/repos/NAMESPACE/NAME (or ``authorize``) at which it answers with an error.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "ox-key-0123456789"
OK = {"status": "success", "status_message": "resource_found"}
REPOSITORIES: dict[str, dict[str, Any]] = {}
REQUESTS: list[str] = []


def commit(repository: dict[str, Any], message: str, author: str, email: str, files: dict[str, str]) -> dict[str, Any]:
    commits = repository["commits"]
    made = {
        "id": hashlib.md5(f"{len(commits)}{message}".encode()).hexdigest(), "message": message, "author": author,
        "email": email, "timestamp": f"2026-11-22T21:42:{len(commits) % 60:02d}.000000000Z",
        "parent_ids": [commits[0]["id"]] if commits else [], "root_hash": None,
    }  # fmt: skip
    commits.insert(0, made)
    repository["files"].update(files)
    return made


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: object) -> None:
        pass

    def handle_any(self) -> None:
        split = urlsplit(self.path)
        self.query = parse_qs(split.query)
        self.raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        REQUESTS.append(f"{self.command} {split.path}")
        parts = [unquote(part) for part in split.path.split("/")[2:]]
        fault = sys.argv[3] if len(sys.argv) > 3 else ""
        if self.headers.get("authorization") != f"Bearer {KEY}":
            self.send(401, self.failure("unauthorized"))
        elif fault and (parts[0] == fault or "/".join(parts[3:]).startswith(fault)):
            self.send(500, self.failure("told to fail"))
        else:
            found = self.route(parts)
            self.send(*(found if found is not None else (404, self.failure("resource_not_found"))))
        Path(sys.argv[2]).write_text(json.dumps({"repositories": REPOSITORIES, "requests": REQUESTS}))

    def __getattr__(self, name: str) -> Any:
        """Whatever the method, it is answered in one place."""
        if name.startswith("do_"):
            return self.handle_any
        raise AttributeError(name)

    @staticmethod
    def failure(title: str) -> dict[str, Any]:
        return {"status": "error", "status_message": title, "error": {"type": title, "title": title}}

    def send(self, status: int, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def route(self, parts: list[str]) -> tuple[int, Any] | None:
        if parts == ["authorize"]:
            return 200, {"user": {"name": "Ada Example", "username": "ada", "email": "ada@example.org"}}
        if parts == ["repos"]:
            return self.create(json.loads(self.raw))
        repository = REPOSITORIES.get("/".join(parts[1:3]))
        if repository is None:
            return None
        rest = parts[3:]
        if not rest:
            return 200, {**OK, "repository": {**repository["view"], "is_empty": False}}
        if rest[0] == "workspaces":
            return self.workspace(repository, rest[1:])
        if rest[0] == "branches":
            newest = repository["commits"][0]
            branch = {"name": "main", "commit_id": newest["id"]}
            return 200, {**OK, "branch": branch, "commit": newest}
        if rest[:2] == ["commits", "history"]:
            return self.log(repository)
        if rest[0] == "action" or rest[-1] == "complete":
            return 200, OK
        content = repository["files"].get("/".join(rest[2:]))
        if content is None or rest[0] not in ("meta", "file"):
            return None
        return 200, content.encode() if rest[0] == "file" else {**OK, **self.entry(rest[-1], content)}

    @staticmethod
    def entry(name: str, content: str) -> dict[str, Any]:
        return {"entry": {
            "filename": name, "hash": hashlib.md5(content.encode()).hexdigest(), "is_dir": False, "latest_commit": None,
            "resource": None, "size": len(content), "data_type": "text", "mime_type": "text/plain", "extension": "",
            "metadata": None, "is_queryable": None, "children": None,
        }}  # fmt: skip

    @staticmethod
    def create(given: dict[str, Any]) -> tuple[int, Any]:
        view = {
            "namespace": given["namespace"], "name": given["name"], "min_version": None, "storage_kind": "local",
            "repo_uuid": None,
        }  # fmt: skip
        repository = {"view": view, "public": given["is_public"], "files": {}, "commits": [], "workspaces": {}}
        first = {one["path"]: one["contents"] for one in given["files"]}
        made = commit(repository, "Initial commit", "Ada Example", "ada@example.org", first)
        REPOSITORIES[f"{given['namespace']}/{given['name']}"] = repository
        return 200, {**OK, "repository": {**view, "latest_commit": made}}

    def workspace(self, repository: dict[str, Any], rest: list[str]) -> tuple[int, Any] | None:
        newest = repository["commits"][0]
        if not rest:
            name = json.loads(self.raw)["workspace_id"]
            repository["workspaces"][name] = {}
            return 200, {**OK, "workspace": {"id": name, "name": None, "commit": newest}, "branch": "main",
                         "commit": newest}  # fmt: skip
        staged = repository["workspaces"].get(rest[0])
        if staged is None:
            return None
        if rest[1:] == ["validate"]:
            return 200, OK
        if len(rest) > 2 and rest[1] == "files":
            taken = self.uploaded("/".join(rest[2:]))
            staged.update(taken)
            return 200, {**OK, "paths": list(taken), "err_files": []}
        if len(rest) > 1 and rest[1] == "commit":
            given = json.loads(self.raw)
            made = commit(repository, given["message"], given["author"], given["email"], staged)
            del repository["workspaces"][rest[0]]
            return 200, {**OK, "commit": made}
        return 200, {**OK, "workspace": {"id": rest[0], "name": None, "commit": newest}}

    def uploaded(self, folder: str) -> dict[str, str]:
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser(policy=HTTP).parsebytes(head + self.raw)
        return {
            f"{folder}/{part.get_filename()}": gzip.decompress(part.get_payload(decode=True)).decode()
            for part in parts.iter_parts()
        }

    def log(self, repository: dict[str, Any]) -> tuple[int, Any]:
        page, size = int(self.query["page"][0]), int(self.query["page_size"][0])
        commits = repository["commits"]
        shown = commits[(page - 1) * size : page * size]
        return 200, {
            **OK, "commits": shown, "page_size": size, "page_number": page,
            "total_pages": -(-len(commits) // size), "total_entries": len(commits),
        }  # fmt: skip


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Path(sys.argv[1]).write_text(str(server.server_address[1]))
    server.serve_forever()
