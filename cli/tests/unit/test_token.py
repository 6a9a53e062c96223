"""``entente token``: what a token says, and which ones are refused."""

import json
import stat
from typing import Any
from uuid import uuid4

import jwt
import pytest

from cli.signing import SPONSOR_ROLES
from contracts import Role


def claims(entente: Any, token: str) -> dict[str, Any]:
    """What a service reads from the token, with the public keys beside the private one."""
    keys = jwt.PyJWKSet.from_dict(json.loads((entente.data / "jwks.json").read_text()))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    verified: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=["ES256"],
        audience="entente",
        issuer="entente-local",
        options={"require": ["exp", "sub"]},
    )
    return verified


def test_a_sponsors_token_has_the_roles_asked_for_and_serves_for_12_hours(entente: Any) -> None:
    done = entente("token", "--role", "quality", "--role", "admin")
    assert done.exit_code == 0, done.output
    said = claims(entente, done.stdout.strip())
    assert said["roles"] == ["quality", "admin"]
    assert (said["party"], said["sub"]) == ("sponsor", "local:quality+admin")
    assert said["exp"] - said["iat"] == 12 * 3600


def test_a_partners_token_names_the_partner(entente: Any) -> None:
    partner = str(uuid4())
    done = entente("token", "--role", "partner_quality", "--partner", partner, "--json")
    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert answer["partner_id"] == partner
    assert claims(entente, answer["token"])["party"] == partner


def test_another_person_has_another_subject(entente: Any) -> None:
    done = entente("token", "--role", "quality", "--subject", "bea")
    assert claims(entente, done.stdout.strip())["sub"] == "bea"


def test_the_key_is_for_its_owner_only_and_made_once(entente: Any) -> None:
    first = entente("token", "--role", "quality").stdout.strip()
    key = entente.data / "signing-key.pem"
    before = key.read_bytes()
    entente("token", "--role", "quality")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes() == before
    assert claims(entente, first)["roles"] == ["quality"]
    assert "PRIVATE" not in (entente.data / "jwks.json").read_text()


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_new_key_is_told_beside_the_token(entente: Any, more: list[str]) -> None:
    """No service that runs already knows it."""
    first, second = (entente("token", "--role", "quality", *more) for _ in range(2))
    assert first.stderr.startswith(f"made a new signing key in {entente.data}")
    assert second.stderr == ""
    assert len(first.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--role", "qualty"], "quality, qp, regulatory"),
        (["--role", "partner_quality"], "--partner NUMBER"),
        (["--role", "quality", "--subject", "service:kpi"], "do not begin with service:, feed: or migration:"),
        (["--role", "quality", "--partner", str(uuid4())], "partner_quality, partner_qp"),
        (["--role", "partner_quality", "--partner", "P-2026-00001"], "entente demo"),
    ],
)
def test_a_senseless_token_is_refused_with_advice(entente: Any, arguments: list[str], advice: str) -> None:
    done = entente("token", *arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert advice in done.stderr


def test_the_demos_token_reads_and_writes_for_every_sponsor_role() -> None:
    sponsor = {role for role in Role if not role.startswith("partner_")}
    assert sponsor - set(SPONSOR_ROLES) == {Role.inspector}
