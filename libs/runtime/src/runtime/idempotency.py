"""The same POST sent twice is done once: stored answers under the caller's Idempotency-Key."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from runtime.principal import Principal
from runtime.problems import Problem
from runtime.timers import Timer
from runtime.work import Work

KEPT_DAYS = 7
"""How long an answer is repeated: longer than any client tries again by itself, over a long weekend too."""
# At most a day's at once: where there was no bound before, all of them would be one long transaction.
_FORGET = """
DELETE FROM idempotency WHERE answered_at < least($1, (SELECT min(answered_at) FROM idempotency) + interval '1 day')
"""
_KEPT_HEADERS = ("etag", "location", "content-type")


def key_of(request: Request, principal: Principal) -> str:
    """Subject, tenant, method, path and the caller's key as one digest, or nothing for a request without a key."""
    given = request.headers.get("idempotency-key", "")
    if request.method != "POST" or not given:
        return ""
    if len(given) > 255:
        raise Problem(400, "invalid-idempotency-key", "an Idempotency-Key has at most 255 characters")
    parts = json.dumps([principal.subject, principal.tenant, request.method, request.url.path, given])
    return hashlib.sha256(parts.encode()).hexdigest()


def request_digest(request: Request, body: bytes) -> str:
    """What must be the same for a request to be the same: its query and its body."""
    return hashlib.sha256(request.url.query.encode() + b"\0" + body).hexdigest()


async def stored_answer(connection: Any, key: str, digest: str) -> Response | None:
    """The answer that was given to this key, or None. Raises a 422 Problem when the request is another."""
    row = await connection.fetchrow("SELECT request, status, headers, body FROM idempotency WHERE key = $1", key)
    if row is None:
        return None
    if row["request"] != digest:
        raise Problem(422, "idempotency-key-reused", "this Idempotency-Key was used for another request; use a new one")
    return Response(row["body"], row["status"], headers=row["headers"] | {"idempotency-replayed": "true"})


def answer_of(key: str, digest: str, response: Response) -> tuple[str, str, int, str, bytes]:
    """The row of a successful answer; it is inserted in the command's own transaction."""
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return key, digest, response.status_code, json.dumps(headers), bytes(response.body)


async def forget(work: Work) -> None:
    """Forget answers that nobody asks for again; without a bound they would be most of the database one day."""
    await work.connection.execute(_FORGET, work.now - timedelta(days=KEPT_DAYS))


timer = Timer("idempotency-retention", 600.0, forget)
