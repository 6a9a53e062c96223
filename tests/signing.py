"""People who sign: a login for what a service asks to be signed, as an identity provider would make it."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

import httpx
import jwt

from runtime.principal import SIGNATURE

SIGNATURE_REQUIRED = "urn:entente:problem:signature-required"


class Signing(httpx.Auth):
    """Answers each request for a signature with a login of the token's own person, and asks again."""

    def __init__(self, login: Callable[[str, str], str]) -> None:
        self._login = login
        """By subject and nonce."""

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        answer = yield request
        if answer.status_code == 401 and SIGNATURE not in request.headers:
            await answer.aread()
            if asked := asks_to_sign(answer):
                request.headers[SIGNATURE] = self._login(subject_of(request), asked["digest"])
                yield request


def asks_to_sign(answer: httpx.Response) -> dict[str, Any] | None:
    """What is to be signed, where an answer asks for that."""
    if answer.status_code != 401 or answer.json()["type"] != SIGNATURE_REQUIRED:
        return None
    found: dict[str, Any] = answer.json()
    return found


def subject_of(request: httpx.Request) -> str:
    """Whose token a request carries."""
    token = request.headers["Authorization"].removeprefix("Bearer ")
    return str(jwt.decode(token, options={"verify_signature": False})["sub"])
