"""The routes. Each request opens the database anew, to read, and closes it when its answer is out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from timepoint_pro.errors import RunNotFoundError, StoreError, TimepointError, UsageError
from timepoint_pro.run_store import RunStore
from timepoint_pro.server.answers import document, failure, json_lines
from timepoint_pro.server.asked import asked
from timepoint_pro.server.guard import Guard
from timepoint_pro.server.openapi import JSON_LD, KEPT, describe
from timepoint_pro.server.page import page

RUNS, EXPORT, TDF, TDF_STREAM, TRAINING = (
    "/api/runs", "/api/data-export/{run_id}", "/api/tdf/{run_id}", "/api/tdf", "/api/training-data/{run_id}",
)  # fmt: skip


def build(database: str, token: str | None, local_only: bool) -> Starlette:
    """The application. Arguments as for ``application``, checked already."""
    routes = Routes(database)
    described = describe(with_token=token is not None)
    shown = page(described)

    def openapi(_request: Request) -> Response:
        return document(described)

    def home(_request: Request) -> Response:
        return HTMLResponse(shown)

    return Starlette(
        routes=[
            Route("/", home, methods=["GET"]),
            Route("/openapi.json", openapi, methods=["GET"]),
            Route(RUNS, routes.runs, methods=["GET"]),
            Route(EXPORT, routes.data_export, methods=["GET"]),
            Route(TDF, routes.tdf, methods=["GET"]),
            Route(TDF_STREAM, routes.tdf_stream, methods=["GET"]),
            Route(TRAINING, routes.training_data, methods=["GET"]),
        ],
        middleware=[Middleware(Guard, token=token, local_only=local_only)],
        exception_handlers={HTTPException: _refused, TimepointError: _failed, Exception: _broken},
    )


class Routes:
    """What the routes answer.

    Args:
        database: path of the database.
    """

    def __init__(self, database: str) -> None:
        self._database = database

    def runs(self, request: Request) -> Response:
        """The runs, newest first."""
        wanted = asked(RUNS, request.query_params)
        filters = {name: wanted[name] for name in ("status", "template", "temporal_mode") if wanted[name] is not None}
        first, most = wanted["offset"], wanted["limit"]
        with self._open() as store:
            found = [
                row for row in store.runs() if all(row[name] == value for name, value in filters.items())
            ]
        return document({"runs": found[first : first + most], "total": len(found)})

    def data_export(self, request: Request) -> Response:
        """Entities, dialogs, causal edges and metadata of a run."""
        asked(EXPORT, request.query_params)
        with self._open() as store:
            return document(store.data_export(request.path_params["run_id"]))

    def tdf(self, request: Request) -> Response:
        """A run as a TDF document."""
        asked(TDF, request.query_params)
        with self._open() as store:
            return document(store.tdf_document(request.path_params["run_id"]), JSON_LD)

    def tdf_stream(self, request: Request) -> Response:
        """TDF documents of several runs, one a line."""
        wanted = asked(TDF_STREAM, request.query_params)["run_id"]
        with self._open() as store:
            ids = [store.run_row(one)["run_id"] for one in wanted] or _completed(store)
        return self._lines(request, self._documents(ids))

    def training_data(self, request: Request) -> Response:
        """Training records of a run, one a line."""
        wanted = asked(TRAINING, request.query_params)
        threshold = 0.0 if wanted["repeats"] == KEPT else None
        records = self._records(request.path_params["run_id"], wanted["task"], wanted["trainer"], threshold)
        return self._lines(request, records)

    def _open(self) -> RunStore:
        return RunStore(self._database, read_only=True)

    def _lines(self, request: Request, records: Iterator[Any]) -> Response:
        answer = json_lines(records)
        return json_lines(iter(())) if request.method == "HEAD" else answer

    def _documents(self, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        with self._open() as store:
            for run_id in ids:
                yield store.tdf_document(run_id)

    def _records(
        self, run_id: str, task: str, trainer: str, threshold: float | None
    ) -> Iterator[dict[str, Any]]:
        from timepoint_pro.exporters import training_examples

        with self._open() as store:
            run = store.load(run_id)
            yield from training_examples(run, [task], trainer=trainer, deduplication_threshold=threshold)


def _completed(store: RunStore) -> list[str]:
    rows = store.query("SELECT run_id FROM runs WHERE status = 'completed' ORDER BY rowid")
    return [row["run_id"] for row in rows]


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = failure(error.status_code, error.detail)
    answer.headers.update(error.headers or {})
    return answer


def _failed(_request: Request, error: Exception) -> Response:
    status = 422
    for kind, code in ((RunNotFoundError, 404), (StoreError, 503), (UsageError, 400)):
        if isinstance(error, kind):
            status = code
            break
    return failure(status, str(error))


def _broken(_request: Request, _error: Exception) -> Response:
    return failure(500, "unexpected failure; the server's own output says more")
