"""Files of the catalogue, imported in the background: sent once, watched, and what was refused fetched as a file.

The reading and the storing are those of `orderwright import` (`connect.files`): a batch a second, with the mark of how
far it got in the same transaction. A file is known by its content, so that the same one again goes on where it was, or
is told what became of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
import structlog
from litestar.datastructures import State
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, operation
from orderwright.connect.files import (
    KINDS,
    TAKEN,
    Defaults,
    ImportElsewhere,
    ImportStatus,
    Kind,
    Options,
    Source,
    find_source,
    import_file,
    import_status,
    open_checkpoint_of,
    try_to_read,
)
from orderwright.platform.background import Background
from orderwright.platform.clock import utc_now
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.failures import TRANSIENT_ERRORS
from orderwright.platform.ids import encode_id

CATALOGUE = ("skus", "pools", "locations", "channels")
SILENT_AFTER = timedelta(seconds=60)  # a batch commits each second: nobody works on what was silent for so long
_OPTIONS = Options(Defaults(None, ZoneInfo("UTC")))
_ALL = "An import is of the whole catalogue."
_STATE = "imports"
_STOPPED_BY: tuple[type[Exception], ...] = (InvalidRequest, *TRANSIENT_ERRORS)
log = structlog.get_logger(__name__)


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """An import. `state`: `working`, `stopped` (send the same file again: it goes on where it was) or `finished`.
    `done` is the share that was read, null where it is not known; `lines` were read, `taken` and `refused` of them
    stand in `counts` by code. `has_report`: what was refused can be fetched here, by line."""

    id: str
    kind: str
    state: Literal["working", "stopped", "finished"]
    done: float | None
    lines: int
    taken: int
    refused: int
    counts: dict[str, int]
    started_at: datetime
    finished_at: datetime | None
    has_report: bool


class Imports(msgspec.Struct, frozen=True):
    """Newest first; `next` is null."""

    data: list[ImportView]
    next: None = None


class StartImport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`kind`: what the rows are. `again`: from its beginning, though it was imported before."""

    kind: Literal["skus", "pools", "locations", "channels"]
    again: bool = False


class ListImports(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`kind`: only those of this kind."""

    kind: Literal["skus", "pools", "locations", "channels"] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class Importing:
    """The imports that this process works on."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.background = Background()

    async def close(self) -> None:
        """Let each end after the batch at hand. It goes on when its file is sent again."""
        self.stop.set()
        await self.background.drain()


async def close_imports(state: State) -> None:
    """Call it before the database closes."""
    importing: Importing | None = state.get(_STATE)
    if importing is not None:
        await importing.close()


@operation(
    "POST", "/v1/imports", tag="Catalog", scope="catalog.write", answer=ImportView, status=202,
    refusals=(409, 413, 422), takes="text/csv",
)  # fmt: skip
async def start_import(call: Call, query: StartImport) -> Answer:
    """Import a CSV file of the catalogue in the background.

    The header names the fields, as in the bulk calls. Each row is created, changed or left as it is. The same file
    again goes on where it stopped, or changes nothing and is answered with what became of it.
    """
    kind = KINDS[query.kind]
    call.ctx.require_all_channels(_ALL)
    call.ctx.require_all_locations(_ALL)
    content = await call.any_body()
    if not content.strip():
        raise InvalidRequest("The file is empty. Send one whose first line names the fields.")
    source = await asyncio.to_thread(_keep, call.ctx.merchant, query.kind, content)
    try:
        await asyncio.to_thread(try_to_read, kind, source, _OPTIONS)
    except InvalidRequest:
        await asyncio.to_thread(source.path.unlink, missing_ok=True)  # what is no such file is not kept
        raise
    begun = await call.write(lambda tx: open_checkpoint_of(tx, kind, source, _OPTIONS))
    if query.again or not begun.finished:
        importing: Importing = call.state.setdefault(_STATE, Importing())
        importing.background.spawn(_work(call, importing, kind, source, again=query.again))
        await asyncio.sleep(0)
    [status] = await call.read(lambda tx: import_status(tx, begun.id))
    view = _view(status)
    return json_answer(view if begun.finished and not query.again else _begun(view, again=query.again), 202)


@operation("GET", "/v1/imports", tag="Catalog", scope="catalog.write", answer=Imports)
async def list_imports(call: Call, query: ListImports) -> Answer:
    """List the latest imports of files."""
    call.ctx.require_unlimited(_ALL)
    found = await call.read(lambda tx: import_status(tx, None, query.kind, query.limit))
    return json_answer(Imports([_view(status) for status in found if status.kind in CATALOGUE]))


@operation("GET", "/v1/imports/{import_id}", tag="Catalog", scope="catalog.write", answer=ImportView, refusals=(404,))
async def read_import(call: Call) -> Answer:
    """Read how far an import is."""
    return json_answer(_view(await _found(call)))


@operation(
    "GET", "/v1/imports/{import_id}/refused", tag="Catalog", scope="catalog.write", answer=None, refusals=(404,),
    media_type="text/csv",
)  # fmt: skip
async def read_import_refused(call: Call) -> Answer:
    """Fetch what was refused: line, item, column, code and reason, as CSV.

    It is kept on the server that did the work.
    """
    path = _report_of((await _found(call)).path)
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except OSError:
        raise NotFound("Nothing was refused, or another server has the report. Send the same file again.") from None
    return Answer(content, 200, media_type=b"text/csv; charset=utf-8")


async def _work(call: Call, importing: Importing, kind: Kind, source: Source, *, again: bool) -> None:
    """One import, to its end or until the server stops. What goes wrong is told by its state, and logged."""
    try:
        await import_file(
            call.database, call.ctx, kind, source, _OPTIONS, report_path=_report_of(source.path), again=again,
            stop=importing.stop,
        )  # fmt: skip
    except ImportElsewhere:
        return  # another process, or another click, is at it
    except _STOPPED_BY as error:
        log.warning("import stopped", kind=kind.name, error=type(error).__name__)


async def _found(call: Call) -> ImportStatus:
    call.ctx.require_unlimited(_ALL)
    found = await call.read(lambda tx: import_status(tx, call.id("import_id")))
    if not found or found[0].kind not in CATALOGUE:
        raise NotFound("There is no such import. Check the id, and the merchant of the key.")
    return found[0]


def _view(status: ImportStatus) -> ImportView:
    taken = sum(count for code, count in status.counts.items() if code in TAKEN)
    done: float | None = 1.0
    if status.finished_at is None:
        with contextlib.suppress(OSError):
            done = min(1.0, status.read_to / max(1, status.path.stat().st_size))
    silent = utc_now() - status.updated_at > SILENT_AFTER
    state: Literal["working", "stopped", "finished"] = "finished" if status.finished_at else "working"
    return ImportView(
        id=encode_id("imp", status.id), kind=status.kind, state="stopped" if silent and state == "working" else state,
        done=done, lines=status.line, taken=taken, refused=sum(status.counts.values()) - taken,
        counts=status.counts, started_at=status.started_at, finished_at=status.finished_at,
        has_report=_report_of(status.path).exists(),
    )  # fmt: skip


def _begun(view: ImportView, *, again: bool) -> ImportView:
    """What is told of an import that goes on just now."""
    if again:
        view = msgspec.structs.replace(view, done=0.0, lines=0, taken=0, refused=0, counts={}, finished_at=None)
    return msgspec.structs.replace(view, state="working")


def _keep(merchant: str, kind: str, content: bytes) -> Source:
    """The content as a file that is the same whenever it is sent. Written whole or not at all."""
    own = Path(tempfile.gettempdir()) / f"orderwright-imports-{os.getuid()}"
    own.mkdir(mode=0o700, exist_ok=True)
    if own.stat().st_uid != os.getuid():
        raise InvalidRequest("The server's folder for files belongs to somebody else. Tell who runs the server.")
    folder = own / merchant
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{kind}-{hashlib.sha256(content).hexdigest()[:32]}.csv"
    if not path.exists():
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(content)
        os.utime(file.name, (0, 0))
        Path(file.name).replace(path)
    return find_source(path, "csv")


def _report_of(path: Path) -> Path:
    return path.with_name(path.name + ".rejected.csv")


IMPORTS: list[Operation] = [start_import, list_imports, read_import, read_import_refused]
