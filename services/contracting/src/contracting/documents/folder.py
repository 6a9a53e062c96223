"""A store in a folder, which all processes of the API share."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from contracting.documents.store import PIECE, NotKept, StoreAway

_INCOMING = "incoming"
_GIVEN_UP = 24 * 3600.0
"""Seconds after which what lies in ``incoming`` belongs to nobody: whoever wrote it was ended."""


class FolderStore:
    """Files by their digest, two letters a folder: ``ab/ab12...``. ``incoming`` has what is not complete."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    async def keep(self, sha256: str, file: IO[bytes]) -> None:
        """As ``DocumentStore`` says."""
        try:
            await asyncio.to_thread(self._keep, sha256, file)
        except OSError as error:
            raise StoreAway(str(error)) from error

    async def open(self, sha256: str) -> AsyncIterator[bytes]:
        """As ``DocumentStore`` says."""
        try:
            return _pieces(await asyncio.to_thread(self._file(sha256).open, "rb"))
        except FileNotFoundError as error:
            raise NotKept(sha256) from error
        except OSError as error:
            raise StoreAway(str(error)) from error

    def _file(self, sha256: str) -> Path:
        return self._path / sha256[:2] / sha256

    def _keep(self, sha256: str, file: IO[bytes]) -> None:
        incoming, target = self._path / _INCOMING, self._file(sha256)
        for folder in (incoming, target.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._tidy(incoming)
        written = incoming / uuid4().hex
        try:
            with os.fdopen(os.open(written, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
                file.seek(0)
                shutil.copyfileobj(file, stream, PIECE)
                stream.flush()
                os.fsync(stream.fileno())
            written.replace(target)
        finally:
            written.unlink(missing_ok=True)
        for folder in (target.parent, self._path):
            _sync(folder)

    @staticmethod
    def _tidy(incoming: Path) -> None:
        for left in incoming.iterdir():
            with suppress(FileNotFoundError):  # another process tidies up as well
                if time.time() - left.stat().st_mtime > _GIVEN_UP:
                    left.unlink()


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def _sync(folder: Path) -> None:
    """Let the name of what was moved there outlast a loss of power."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
