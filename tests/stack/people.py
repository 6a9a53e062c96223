"""People of a running installation's Keycloak: made as a test names them, signed in and signing as people do."""

import secrets
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx

from conftest import EVERY_SPONSOR_ROLE
from runtime.principal import SIGNATURE
from tests.keycloak_form import filled_in
from tests.signing import asks_to_sign

REALM = "entente"
_SIGNED_IN_AT = "http://127.0.0.1/"


@dataclass
class Person:
    """Somebody whom the realm knows for as long as the tests run."""

    id: str
    username: str
    password: str
    roles: set[str] = field(default_factory=set)
    token: str = ""
    until: float = 0


class _Patient(httpx.HTTPTransport):
    """Asks Keycloak again where it met a connection of its pool whose database was killed: each is met once."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(20):
            answer = super().handle_request(request)
            if answer.status_code < 500:
                break
            answer.close()
        return answer


def browser() -> httpx.Client:
    """A client for Keycloak."""
    return httpx.Client(timeout=60, trust_env=False, transport=_Patient())


def signed_in(client: httpx.Client, realm: str, asked: dict[str, str], username: str, password: str) -> str:
    """Where Keycloak sends a person back to who filled in its form, once more where it could not take it."""
    for _ in range(10):
        page = _taken(client.get(f"{realm}/auth", params=asked))
        back = client.post(**filled_in(page, username, password))
        where = str(back.headers.get("Location", ""))
        if where.startswith(asked["redirect_uri"]) and "error=" not in where:
            return where
    raise AssertionError(f"{where} {back.text}")


class People:
    """The realm's people, by what tests call them and whose they are."""

    def __init__(self, url: str, operators_url: str, password: str) -> None:
        self._realm = f"{url}/auth/realms/{REALM}/protocol/openid-connect"
        self._master = f"{operators_url}/auth/realms/master/protocol/openid-connect/token"
        self._admin = f"{operators_url}/auth/admin/realms/{REALM}"
        self._password, self._client_id, self._client = password, f"journeys-{uuid4().hex[:8]}", ""
        self._http = browser()
        self._people: dict[tuple[str, UUID | None], Person] = {}

    def __enter__(self) -> Self:
        client = {"clientId": self._client_id, "publicClient": True, "directAccessGrantsEnabled": True}
        client |= {"standardFlowEnabled": False, "defaultClientScopes": ["basic", "entente"]}
        self._client = self._administer("POST", "/clients", client).headers["Location"].rsplit("/", 1)[1]
        return self

    def __exit__(self, *_: object) -> None:
        for person in self._people.values():
            self._administer("DELETE", f"/users/{person.id}")
        self._administer("DELETE", f"/clients/{self._client}")
        self._http.close()

    def person(self, name: str, *roles: str, partner_id: UUID | None = None) -> Person:
        """Who is called so in a test, with at least these roles."""
        known = self._people.get((name, partner_id))
        person = known or self._people.setdefault((name, partner_id), self._made(name, partner_id))
        if missing := set(roles) - person.roles:
            described = [self._administer("GET", f"/roles/{role}").json() for role in sorted(missing)]
            self._administer("POST", f"/users/{person.id}/role-mappings/realm", described)
            person.roles |= missing
            person.until = 0
        return person

    def token_of(self, person: Person) -> str:
        """A token that serves for a while yet."""
        if person.until < time.time() + 60:
            given = {"grant_type": "password", "client_id": self._client_id, "scope": "openid"}
            given |= {"username": person.username, "password": person.password}
            answer = _taken(self._http.post(f"{self._realm}/token", data=given)).json()
            person.token, person.until = answer["access_token"], time.time() + answer["expires_in"]
        return person.token

    def login(self, person: Person, digest: str) -> str:
        """The ID token of a login for one act: the form that Keycloak shows, filled in."""
        asked = {"client_id": "entente-signing", "response_type": "id_token", "scope": "openid", "nonce": digest}
        return self._signed_in(person, asked)["id_token"][0]

    def _signed_in(self, person: Person, asked: dict[str, str]) -> dict[str, list[str]]:
        asked = asked | {"redirect_uri": _SIGNED_IN_AT, "state": "x", "max_age": "0"}
        with browser() as client:
            back = signed_in(client, self._realm, asked, person.username, person.password)
        return parse_qs(urlsplit(back).fragment)

    def _made(self, name: str, partner_id: UUID | None) -> Person:
        person = Person("", f"journey-{uuid4().hex}", secrets.token_urlsafe(24))
        body: dict[str, Any] = {"username": person.username, "enabled": True, "emailVerified": True}
        body |= {"email": f"{person.username}@entente.example", "firstName": "A", "lastName": "Person"}
        body |= {"attributes": {"party": [str(partner_id or "sponsor")]}}
        body |= {"credentials": [{"type": "password", "value": person.password, "temporary": False}]}
        person.id = self._administer("POST", "/users", body).headers["Location"].rsplit("/", 1)[1]
        return person

    def _administer(self, method: str, path: str, body: Any = None) -> httpx.Response:
        given = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": self._password}
        token = _taken(self._http.post(self._master, data=given)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        return _taken(self._http.request(method, f"{self._admin}{path}", json=body, headers=headers))


def _taken(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer


class _As(httpx.Auth):
    """Whose requests these are; who is asked to sign logs in for that, and asks again."""

    def __init__(self, people: People, person: Person) -> None:
        self._people, self._person = people, person

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._people.token_of(self._person)}"
        answer = yield request
        if answer.status_code == 401 and SIGNATURE not in request.headers:
            await answer.aread()
            if asked := asks_to_sign(answer):
                request.headers[SIGNATURE] = self._people.login(self._person, asked["digest"])
                yield request


class Elsewhere:
    """A service of the installation, spoken to as tests speak to one that runs in their process."""

    def __init__(self, url: str, people: People) -> None:
        self._url, self._people = url, people
        self.client, self.second = self._every("tester"), self._every("second")

    def as_(self, *roles: str, partner_id: UUID | None = None, subject: str = "") -> Any:
        """A client of another person; without a subject, of one for each organisation."""
        name = subject or (f"person of {partner_id}" if partner_id else "tester")
        return self._client(self._people.person(name, *roles, partner_id=partner_id))

    def subject_of(self, name: str) -> str:
        """What the issuer calls a person of the sponsor."""
        return self._people.person(name).id

    def _every(self, name: str) -> Any:
        return self._client(self._people.person(name, *EVERY_SPONSOR_ROLE))

    def _client(self, person: Person) -> Any:
        from conftest import Caller

        auth = _As(self._people, person)
        return Caller(auth=auth, base_url=f"{self._url}/v1", timeout=60, trust_env=False)
