"""The notes service as its callers see it."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from notes.installation import Installation


@dataclass(frozen=True)
class Notes:
    """The running service."""

    app: FastAPI
    client: httpx.AsyncClient
    """A sponsor's quality person."""
    as_: Callable[..., httpx.AsyncClient]
    """A client with another token."""
    installation: Installation
