"""A process that people rely on does not start with what is a developer's machine's, and says what would be right."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from identity.installed import LOCAL_ISSUER, Unfit, check, loopback
from runtime.settings import Settings

RIGHT: dict[str, Any] = {
    "issuer": "https://login.example/realms/main",
    "jwks": "https://login.example/realms/main/certs",
    "database_url": "postgresql://{service}:secret@db.example/{service}",
    "kafka_bootstrap_servers": "kafka.example:9092",
}


def reasons(**changes: Any) -> list[str]:
    told = {name: value for name, value in (RIGHT | changes).items() if value is not None}
    try:
        check(Settings(**told), stores=True)
    except Unfit as error:
        return error.reasons
    return []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"jwks": "/run/secrets/entente/jwks.json"},
        {"issuer": "http://localhost:8080/realms/main", "jwks": "http://127.0.0.1:8080/certs"},
        {"issuer": "http://[::1]:8080/realms/main"},
        {"jwks": "http://keycloak:8080/certs", "keys_in_closed_network": True},
        {"issuer": "an issuer that is no URL", "jwks": "/etc/keys/jwks.json"},
        {"database_url": Settings(local=True).database_url},
    ],
)
def test_what_an_installation_says_is_taken(changes: dict[str, Any]) -> None:
    assert reasons(**changes) == []


@pytest.mark.parametrize(
    ("changes", "said", "right"),
    [
        ({"issuer": LOCAL_ISSUER}, "ENTENTE_ISSUER is 'entente-local', the demo's", "claim iss"),
        ({"issuer": None}, "ENTENTE_ISSUER is 'entente-local', the demo's", "claim iss"),
        ({"issuer": " "}, "ENTENTE_ISSUER is ' '", "claim iss"),
        ({"issuer": "http://login.example/"}, "ENTENTE_ISSUER is http://login.example/", "https"),
        ({"issuer": "HTTP://login.example/"}, "ENTENTE_ISSUER is HTTP://login.example/", "https"),
        ({"issuer": "http://localhost.example/"}, "ENTENTE_ISSUER is http://localhost.example/", "https"),
        ({"issuer": "http://127.0.0.1@login.example/"}, "ENTENTE_ISSUER is http://127.0.0.1@login.example/", "https"),
        ({"issuer": "http://[bad/"}, "ENTENTE_ISSUER is http://[bad/, which is no URL", ""),
        ({"jwks": None}, "ENTENTE_JWKS is not set", "jwks_uri"),
        ({"jwks": "http://keycloak:8080/certs"}, "ENTENTE_JWKS is http://keycloak:8080/certs", "https"),
        ({"jwks": "jwks.json"}, "ENTENTE_JWKS is jwks.json", "working folder"),
        ({"jwks": "jwks.json", "keys_in_closed_network": True}, "ENTENTE_JWKS is jwks.json", "working folder"),
        ({"jwks": "../jwks.json"}, "ENTENTE_JWKS is ../jwks.json", "whole path"),
        ({"jwks": "file:///etc/jwks.json"}, "ENTENTE_JWKS is file:///etc/jwks.json", "whole path"),
        ({"database_url": None}, "ENTENTE_DATABASE_URL is not set", "postgresql://"),
        ({"kafka_bootstrap_servers": None}, "ENTENTE_KAFKA_BOOTSTRAP_SERVERS is not set", "HOST:9092"),
    ],
)
def test_what_is_a_developers_machine_is_named_with_what_would_be_right(
    changes: dict[str, Any], said: str, right: str
) -> None:
    (reason,) = reasons(**changes)
    assert reason.startswith(said)
    assert right in reason


def test_keys_in_the_working_folder_are_refused_by_their_whole_path_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    (work / "below").mkdir(parents=True)
    (tmp_path / "link.json").symlink_to(work / "jwks.json")
    monkeypatch.chdir(work)
    (work / "elsewhere.json").symlink_to(tmp_path / "jwks.json")
    names = ("jwks.json", "below/jwks.json", "below/../jwks.json", "../link.json", "elsewhere.json")
    for inside in [tmp_path / "link.json", *(work / name for name in names)]:
        assert len(reasons(jwks=str(inside))) == 1, inside
    assert reasons(jwks=str(tmp_path / "jwks.json")) == []
    monkeypatch.chdir("/")  # of many containers: what is mounted lies below it all the same
    assert reasons(jwks="/run/keys/jwks.json") == []
    assert len(reasons(jwks="/jwks.json")) == 1


def test_one_that_was_told_nothing_hears_all_of_it_at_once() -> None:
    with pytest.raises(Unfit) as caught:
        check(Settings())
    assert [reason.split()[0] for reason in caught.value.reasons] == [
        "ENTENTE_ISSUER", "ENTENTE_JWKS", "ENTENTE_DATABASE_URL", "ENTENTE_KAFKA_BOOTSTRAP_SERVERS",
    ]  # fmt: skip
    with pytest.raises(Unfit) as caught:
        check(Settings(**{name: RIGHT[name] for name in ("issuer", "jwks")}), stores=False)
    assert [reason.split()[0] for reason in caught.value.reasons] == ["ENTENTE_KAFKA_BOOTSTRAP_SERVERS"]


def test_a_demo_says_that_it_is_one() -> None:
    check(Settings(local=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_this_machine_is_this_machine(host: str) -> None:
    assert loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", None, "10.0.0.1", "localhost.example", "127.0.0.1.example"])  # noqa: S104
def test_anything_else_is_another_host(host: str | None) -> None:
    assert not loopback(host)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "es256", ""])
def test_a_token_is_never_signed_with_what_its_readers_know(algorithm: str) -> None:
    with pytest.raises(ValidationError, match="algorithms"):
        Settings.model_validate({"algorithms": [algorithm]})
