"""The issuer's public keys by their kid: known ones are given at once, unknown ones are looked for, but not often."""

import asyncio
import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.request import HTTPRedirectHandler, build_opener

import jwt
import structlog
from cachetools import TTLCache

log = structlog.get_logger()
READ_AGAIN = 300.0
"""Seconds after which keys are read anew: a key that the issuer took back serves no longer than that."""
LOOK_AGAIN = 5.0
"""Seconds between two looks for keys that are not known, and between two tries while the issuer does not answer."""
PATIENCE = 5.0
"""Seconds that anybody waits for the issuer, and within which all of an answer has to be here."""
LARGEST = 1_000_000
"""Bytes of an answer; a key takes some five hundred."""


class KeyUnknown(Exception):
    """The issuer has no such key."""


class KeysUnavailable(Exception):
    """Whether the issuer has such a key cannot be told now."""


class Keys(Protocol):
    """Where public keys come from."""

    async def key(self, kid: str | None) -> jwt.PyJWK:
        """The key of that name. Raises KeyUnknown or KeysUnavailable."""
        ...


class FileKeys:
    """Keys of a file that is read each time: whoever mounts another one is heard at once."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def key(self, kid: str | None) -> jwt.PyJWK:
        """The key of that name. Raises KeyUnknown or KeysUnavailable."""
        try:
            found = _by_kid(jwt.PyJWKSet.from_json(self._file.read_text()))
        except Exception as error:  # whatever is in that file
            raise KeysUnavailable from error
        if kid is None or kid not in found:
            raise KeyUnknown
        return found[kid]


class IssuerKeys:
    """Keys that the issuer publishes. While it is away, those that are known serve on for ``kept`` seconds.

    However many tokens name keys that nobody knows: one request at a time asks the issuer, in one thread.
    """

    def __init__(self, url: str, kept: float, now: Callable[[], float] = time.monotonic) -> None:
        self._fetch = partial(_fetched, url)
        self._kept, self._now = kept, now
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._absent: TTLCache[str, bool] = TTLCache(1024, LOOK_AGAIN, timer=now)
        self._read_at = self._tried_at = self._looked_at = -math.inf
        self._reading: asyncio.Task[bool] | None = None

    async def key(self, kid: str | None) -> jwt.PyJWK:
        """The key of that name. Raises KeyUnknown or KeysUnavailable."""
        if kid is None or kid in self._absent:
            raise KeyUnknown
        now, looked = self._now(), False
        if now - self._tried_at > 2 * READ_AGAIN:  # nobody came for long: what was known then may be taken back
            looked = await self._look()
        elif kid not in self._keys:
            if self._is_reading() or now - self._looked_at >= LOOK_AGAIN:
                self._looked_at = now
                looked = await self._look()
        elif now - self._read_at >= READ_AGAIN and now - self._tried_at >= LOOK_AGAIN:
            self._begin()  # and who asks is not kept waiting
        if kid in self._keys and now - self._read_at <= self._kept:
            return self._keys[kid]
        if looked:
            self._absent[kid] = True
        if kid in self._absent:
            raise KeyUnknown
        raise KeysUnavailable

    async def _look(self) -> bool:
        """Wait for the keys to be read; whether all of that came after this question."""
        asked_before = self._is_reading()
        reading = self._begin()
        await asyncio.wait([reading], timeout=PATIENCE)
        return not asked_before and reading.done() and reading.result()

    def _is_reading(self) -> bool:
        return self._reading is not None and not self._reading.done()

    def _begin(self) -> asyncio.Task[bool]:
        if self._reading is None or self._reading.done():
            self._tried_at = self._now()
            self._reading = asyncio.create_task(self._read())
        return self._reading

    async def _read(self) -> bool:
        began = self._tried_at
        try:
            self._keys = _by_kid(await asyncio.to_thread(self._fetch))
        except Exception as error:  # whatever it answers
            log.warning("the issuer's keys cannot be read", error=str(error))
            return False
        self._read_at = began
        return True


class _NoRedirects(HTTPRedirectHandler):
    """Keys are taken from where it was said, and from nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _fetched(url: str) -> jwt.PyJWKSet:
    """What the issuer publishes. One whose answer goes on for ever would hold a thread, and a process that is to end.

    Raises an error of any kind.
    """
    until, body = time.monotonic() + PATIENCE, bytearray()
    with build_opener(_NoRedirects).open(url, timeout=PATIENCE) as response:
        while part := response.read1(LARGEST):
            body += part
            if time.monotonic() > until or len(body) > LARGEST:
                raise ValueError(f"its answer has not ended after {PATIENCE:.0f} s or {LARGEST} bytes")
    return jwt.PyJWKSet.from_json(body.decode())


def _by_kid(found: jwt.PyJWKSet) -> dict[str | None, jwt.PyJWK]:
    """Those that are for signatures, by their names."""
    return {key.key_id: key for key in found.keys if key.public_key_use in ("sig", None)}
