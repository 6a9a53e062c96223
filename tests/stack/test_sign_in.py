"""From nothing to a person who is signed in at the home page's origin."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.stack.people import browser, signed_in
from tests.stack.places import OPERATORS_URL, URL, Place


def test_an_invented_person_signs_in_and_is_known_to_the_services(place: Place) -> None:
    realm = f"{URL}/auth/realms/entente/protocol/openid-connect"
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {"client_id": "entente", "response_type": "code", "scope": "openid", "redirect_uri": f"{URL}/"}
    asked |= {"code_challenge": challenge, "code_challenge_method": "S256", "state": "x"}
    with browser() as client:
        assert client.get(f"{URL}/").status_code == 200
        back = signed_in(client, realm, asked, "ana.kovac", place.password("people"))
        (code,) = parse_qs(urlsplit(back).query)["code"]
        given = {"grant_type": "authorization_code", "client_id": "entente", "code": code, "code_verifier": verifier}
        token = client.post(f"{realm}/token", data=given | {"redirect_uri": f"{URL}/"}).json()["access_token"]
        me = client.get(f"{URL}/api/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (me["name"], me["party"], "quality" in me["roles"]) == ("Ana Kovač", "sponsor", True)


def test_who_administers_people_does_so_elsewhere(place: Place) -> None:
    for path in ("/auth/admin/", "/auth/realms/master/.well-known/openid-configuration"):
        assert httpx.get(f"{URL}{path}", trust_env=False).status_code == 404
    assert httpx.get(f"{OPERATORS_URL}/api/kpi/v1/kpis", trust_env=False).status_code == 404, "and nothing else there"
