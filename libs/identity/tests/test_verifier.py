"""Tokens: what is not right about one is said with a 401; the issuer's keys never hold up other requests."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from identity.verifier import Verifier
from runtime.problems import Problem
from runtime.settings import Settings

STRANGER = ec.generate_private_key(ec.SECP256R1())


def claims(**changes: Any) -> dict[str, Any]:
    body = {"sub": "s", "iss": "entente-local", "aud": "entente", "exp": time.time() + 60}
    body |= {"roles": ["quality"], "party": "sponsor"}
    return {name: value for name, value in (body | changes).items() if value is not None}


def made(algorithm: str, key: Any, kid: str = "test", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers={"kid": kid})


def unsigned(header: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in (header, claims())]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def confused(public_key: bytes) -> str:
    """Signed with what everybody knows, in the hope that it is taken for a shared secret."""
    signed = unsigned({"alg": "HS256", "typ": "JWT", "kid": "test"})[:-1]
    signature = hmac.digest(public_key, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


async def refused(settings: Settings, token: str) -> str:
    with pytest.raises(Problem) as caught:
        await Verifier(settings).principal(token)
    assert (caught.value.status, caught.value.kind) == (401, "unauthenticated")
    assert caught.value.headers["WWW-Authenticate"].startswith("Bearer")
    return caught.value.detail


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exp": 1}, "expired"),
        ({"exp": None}, "exp"),
        ({"aud": "another"}, "udience"),
        ({"aud": None}, "aud"),
        ({"iss": "https://evil.example"}, "ssuer"),
        ({"iss": None}, "iss"),
        ({"sub": None}, "sub"),
        ({"nbf": 9_999_999_999}, "not yet valid"),
        ({"sub": ""}, "subject"),
        ({"sub": "x" * 256}, "subject"),
        ({"sub": "a\nb"}, "subject"),
        ({"sub": "a\n"}, "subject"),
        ({"sub": "ana "}, "subject"),
        ({"sub": "service:kpi"}, "subject"),
        ({"sub": " Service:kpi"}, "subject"),
        ({"sub": " "}, "subject"),
        ({"sub": "feed:1"}, "subject"),
        ({"roles": "quality"}, "roles"),
        ({"roles": {"quality": True}}, "roles"),
        ({"party": "me"}, "UUID"),
        ({"party": 5}, "UUID"),
        ({"party": ""}, "UUID"),
        ({"party": ["sponsor"]}, "UUID"),
        ({"party": "Sponsor"}, "UUID"),
        ({"party": None, "partner_id": "me"}, "UUID"),
        ({"partner_id": str(uuid4())}, "UUID"),
        ({"party": str(uuid4()), "partner_id": str(uuid4())}, "UUID"),
    ],
)
async def test_a_claim_that_is_wrong_is_named(
    issuer: Any, settings: Settings, changes: dict[str, Any], said: str
) -> None:
    token = made("ES256", issuer._key, **changes)
    assert said in await refused(settings, token)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"roles": None}, "no role that counts"),
        ({"roles": []}, "no role that counts"),
        ({"roles": [1, None, ["quality"], {"quality": 1}]}, "no role that counts"),
        ({"roles": ["offline_access"]}, "no role that counts"),
        ({"roles": [""]}, "no role that counts"),
        ({"roles": ["Quality", "quality ", "QUALITY", "qualit\u0443"]}, "no role that counts"),
        ({"party": None}, "the claim party"),
        ({"roles": ["partner_quality"]}, "partners' roles"),
        ({"roles": ["partner_quality", "quality"]}, "partners' roles"),
        ({"party": str(uuid4())}, "partners' roles"),
        ({"party": str(uuid4()), "roles": ["partner_quality", "quality"]}, "partners' roles"),
        ({"party": None, "partner_id": str(uuid4())}, "partners' roles"),
    ],
)
async def test_who_has_no_role_here_or_belongs_to_nobody_may_nothing(
    issuer: Any, settings: Settings, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Problem) as caught:
        await Verifier(settings).principal(made("ES256", issuer._key, **changes))
    assert (caught.value.status, caught.value.kind) == (403, "forbidden")
    assert said in caught.value.detail


async def test_roles_that_an_issuer_adds_of_its_own_count_for_nothing(issuer: Any, settings: Settings) -> None:
    partner, verifier = uuid4(), Verifier(settings)
    beside = ["offline_access", "uma_authorization", "default-roles-entente", "partner_lab"]
    for claim in ({"party": str(partner)}, {"party": None, "partner_id": str(partner)}):
        person = await verifier.principal(made("ES256", issuer._key, roles=beside, **claim))
        assert person.roles == {"partner_lab"}
        assert person.partner_id == partner


async def test_a_token_that_the_issuer_did_not_sign_so_is_refused(issuer: Any, settings: Settings) -> None:
    public = issuer._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    tokens = {
        "another key": made("ES256", STRANGER),
        "an unknown kid": made("ES256", issuer._key, kid="other"),
        "no kid": jwt.encode(claims(), issuer._key, algorithm="ES256"),
        "alg none": unsigned({"alg": "none", "typ": "JWT", "kid": "test"}),
        "alg None": unsigned({"alg": "None", "typ": "JWT", "kid": "test"}),
        "HS256 with the public key": confused(public),
        "another curve": made("ES384", ec.generate_private_key(ec.SECP384R1())),
        "garbage": "garbage",
        "dots": "..",
        "not base64": "é.é.é",
        "a deep header": base64.urlsafe_b64encode(b"[" * 40_000).decode() + ".e30.e30",
        "a changed claim": _tampered(issuer.token("quality")),
    }
    for name, token in tokens.items():
        assert await refused(settings, token), name


def _tampered(token: str) -> str:
    header, body, signature = token.split(".")
    changed = json.loads(base64.urlsafe_b64decode(body + "==")) | {"roles": ["admin"]}
    return f"{header}.{base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip('=')}.{signature}"


async def test_a_good_token_is_who_it_says(issuer: Any, settings: Settings) -> None:
    partner = uuid4()
    verifier = Verifier(settings)
    person = await verifier.principal(issuer.token("partner_quality", partner_id=partner, subject="p", name="Petra"))
    assert (person.subject, person.name, person.partner_id) == ("p", "Petra", partner)
    assert (person.database_role, person.tenant) == ("svc_partner", str(partner))
    sponsor = await verifier.principal(issuer.token("quality"))
    assert (sponsor.database_role, sponsor.tenant) == ("svc_sponsor", "")


async def test_who_has_no_name_is_called_as_the_issuer_knows_them(issuer: Any, settings: Settings) -> None:
    for name in (None, ""):
        body = claims() | {"name": name, "exp": 10**400}
        token = jwt.encode(body, issuer._key, algorithm="ES256", headers={"kid": "test"})
        assert (await Verifier(settings).principal(token)).name == "s"


async def test_a_remembered_token_expires_all_the_same(issuer: Any, settings: Settings) -> None:
    verifier, token = Verifier(settings), issuer.token("quality", exp=time.time() + 1.2)
    await verifier.principal(token)

    async def expired() -> bool:
        try:
            await verifier.principal(token)
        except Problem as problem:
            return "expired" in problem.detail
        return False

    deadline = time.monotonic() + 5
    while not await expired():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


@asynccontextmanager
async def serving(body: bytes, delay: float, asked: list[float]) -> AsyncIterator[str]:
    """An issuer that takes its time."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.append(time.monotonic())
        await asyncio.sleep(delay)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"


async def test_slow_keys_are_read_once_and_block_nobody(issuer: Any, settings: Settings) -> None:
    asked: list[float] = []
    async with serving(issuer.jwks.read_bytes(), 0.8, asked) as url:
        verifier = Verifier(settings.model_copy(update={"jwks": url}))
        verifying = asyncio.create_task(verifier.principal(issuer.token("quality")))
        longest = 0.0
        while not verifying.done():
            begun = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - begun)
        assert (await verifying).subject == "tester"
        for number in range(20):
            await verifier.principal(issuer.token("quality", subject=str(number)))
    assert len(asked) == 1
    assert longest < 0.4, "the event loop stood still while the keys were read"


async def test_without_keys_it_is_our_fault(issuer: Any, settings: Settings, tmp_path: Any) -> None:
    for jwks in ("http://127.0.0.1:1/jwks", str(tmp_path / "missing.json")):
        with pytest.raises(Problem) as caught:
            await Verifier(settings.model_copy(update={"jwks": jwks})).principal(issuer.token("quality"))
        assert (caught.value.status, caught.value.headers["Retry-After"]) == (503, "5")


async def test_keys_that_are_no_keys_are_our_fault_too(issuer: Any, settings: Settings) -> None:
    for body in (b"<html>", b"{}"):
        async with serving(body, 0, []) as url:
            with pytest.raises(Problem) as caught:
                await Verifier(settings.model_copy(update={"jwks": url})).principal(issuer.token("quality"))
            assert caught.value.status == 503, body
