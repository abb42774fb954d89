"""The files of pages: read once, compressed once, and kept by browsers for ever, since an address holds their hash."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import brotli
from litestar import Request
from litestar.handlers import HTTPRouteHandler

from orderwright.api import Answer
from orderwright.platform.errors import NotFound

_YEAR_S = 31_536_000
_COMPRESSED = (b"text/", b"image/svg+xml", b"application/json")


class _File(NamedTuple):
    raw: bytes
    zipped: dict[str, bytes]  # by encoding
    media_type: bytes
    digest: str


class StaticFiles:
    """The files below one or more folders, by their names; a folder that comes first wins. `made` are files that are
    made when they are first asked for."""

    def __init__(
        self, prefix: str, folders: Sequence[Path], made: Mapping[str, Callable[[], bytes]] | None = None
    ) -> None:
        self.prefix = prefix
        self._folders = folders
        self._made = made or {}
        self._files: dict[str, _File] = {}
        self._compressing: list[asyncio.Task[None]] = []

    def url(self, name: str) -> str:
        """The address of a file, with its content's hash: it may be cached for ever."""
        return f"{self.prefix}/{name}?v={self._file(name).digest}"

    def route(self, name: str) -> HTTPRouteHandler:
        """The handler that serves them."""

        async def handle(request: Request[Any, Any, Any]) -> Answer:
            found = self._find(str(request.scope["path_params"]["file"]).lstrip("/"))
            headers = [
                (b"cache-control", b"public, max-age=%d, immutable" % _YEAR_S),
                (b"x-content-type-options", b"nosniff"),
                (b"vary", b"accept-encoding"),
            ]
            if found.media_type.startswith(_COMPRESSED) and not found.zipped:
                found.zipped["gzip"] = gzip.compress(found.raw, 9, mtime=0)
                self._compressing.append(asyncio.create_task(_compress_best(found)))
            taken = request.headers.get("accept-encoding", "")
            encoding = next((name for name in ("br", "gzip") if name in found.zipped and name in taken), None)
            if encoding is not None:
                headers.append((b"content-encoding", encoding.encode()))
            return Answer(found.zipped[encoding] if encoding else found.raw, 200, headers, found.media_type)

        made = HTTPRouteHandler(
            f"{self.prefix}/{{file:path}}", http_method=["GET", "HEAD"], name=name, include_in_schema=False
        )
        return made(handle)

    def _find(self, name: str) -> _File:
        if ".." in name or not all((name, name[-1:] != "/")):
            raise NotFound("There is no such file.")
        try:
            return self._file(name)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError):
            raise NotFound("There is no such file.") from None

    def _file(self, name: str) -> _File:
        known = self._files.get(name)
        if known is None and name in self._made:
            known = self._files[name] = _told(name, self._made[name]())
        if known is None:
            path = next((path for folder in self._folders if (path := folder / name).is_file()), None)
            if path is None:
                raise FileNotFoundError(name)
            known = self._files[name] = _load(path)
        return known


def _load(path: Path) -> _File:
    return _told(path.name, path.read_bytes())


def _told(name: str, raw: bytes) -> _File:
    """A file with its type, as its name says, and its digest."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = "text/javascript" if name.endswith(".js") else kind
    shown = f"{kind}; charset=utf-8" if kind.startswith(("text/", "image/svg")) else kind
    return _File(raw, {}, shown.encode(), hashlib.sha256(raw).hexdigest()[:12])


async def _compress_best(file: _File) -> None:
    """The smallest form takes most of a second: whoever asks before it is there gets the second smallest."""
    file.zipped["br"] = await asyncio.to_thread(brotli.compress, file.raw, quality=11)
