"""Persons who reach a service of the origin over HTTP: what tests of one process's services take for running ones."""

from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx

from tests.signing import Signing

ROLES = ("quality", "sourcing", "regulatory", "msat", "lab", "supply", "admin")


class Person(httpx.AsyncClient):
    """Somebody with a token, who signs whatever takes a signature."""

    async def done(self, path: str, body: Any = None) -> Any:
        """What a step answers that is taken."""
        answer = await self.post(path, json=body)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()


class Reached:
    """One service, and two persons of every role."""

    def __init__(self, url: str, service: str, issuer: Any) -> None:
        self._url, self._issuer = f"{url}/api/{service}/v1", issuer
        self.client, self.second = (self.as_(*ROLES, subject=subject) for subject in ("tester", "second"))

    def as_(self, *roles: str, partner_id: UUID | None = None, subject: str = "") -> Person:
        """A person with another token."""
        subject = subject or f"person of {partner_id or 'the sponsor'}"
        token = self._issuer.token(*roles, partner_id=partner_id, subject=subject)
        headers = {"Authorization": f"Bearer {token}"}
        return Person(auth=Signing(self._issuer.login), base_url=self._url, headers=headers, timeout=60)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.aclose()
        await self.second.aclose()
