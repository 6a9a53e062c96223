"""The realm for Keycloak: our roles, nobody with a secret that stands in a file, and logins that open nothing."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from contracts import Role
from runtime.principal import SPONSOR
from runtime.settings import Settings

FILE = Path(__file__).parents[2] / "deploy/keycloak/entente-realm.json"
PLACEHOLDER = re.compile(r"\$\{ENTENTE_[A-Z_]+\}")
OF_KEYCLOAK = "default-roles-entente"


@pytest.fixture(scope="module")
def realm() -> dict[str, Any]:
    """What the file says."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def clients(realm: dict[str, Any]) -> dict[str, Any]:
    return {client["clientId"]: client for client in realm["clients"]}


def test_its_roles_are_those_that_count(realm: dict[str, Any]) -> None:
    assert [role["name"] for role in realm["roles"]["realm"]] == list(Role)


def test_everybody_has_a_party_that_goes_with_the_roles(realm: dict[str, Any]) -> None:
    held = set()
    for user in realm["users"]:
        (party,) = user["attributes"]["party"]
        roles = set(user["realmRoles"]) - {OF_KEYCLOAK}
        assert OF_KEYCLOAK in user["realmRoles"], user["username"]
        assert {role.startswith("partner_") for role in roles} == {party != SPONSOR}, user["username"]
        assert party == SPONSOR or PLACEHOLDER.fullmatch(party)
        held |= roles
    assert held <= set(Role)
    assert {"quality", "qp", "admin", "partner_quality", "partner_lab", "partner_system"} <= held
    assert len({user["attributes"]["party"][0] for user in realm["users"]}) == 3, "the sponsor and two partners"


def test_no_secret_stands_in_it(realm: dict[str, Any]) -> None:
    secrets = [each["value"] for user in realm["users"] for each in user.get("credentials", [])]
    secrets += [client["secret"] for client in realm["clients"] if not client["publicClient"]]
    assert secrets
    assert not [secret for secret in secrets if not PLACEHOLDER.fullmatch(secret)]
    assert not {"privateKey", "certificate"} & {
        name for keys in realm["components"].values() for key in keys for name in key["config"]
    }


def test_its_names_are_those_that_services_expect_unless_told(realm: dict[str, Any]) -> None:
    settings = Settings(local=True)
    scopes = {scope["name"]: scope for scope in realm["clientScopes"]}
    (audience,) = (
        mapper["config"]["included.custom.audience"]
        for scope in scopes.values()
        for mapper in scope["protocolMappers"]
        if mapper["protocolMapper"] == "oidc-audience-mapper"
    )
    assert audience == settings.audience
    assert realm["defaultSignatureAlgorithm"] in settings.algorithms
    assert set(settings.signing_clients) <= set(clients(realm))


def test_a_login_for_a_signature_opens_nothing(realm: dict[str, Any]) -> None:
    signing = clients(realm)["entente-signing"]
    assert signing["defaultClientScopes"] == ["basic"], "no audience, no roles, no party"
    assert [mapper["name"] for mapper in signing["protocolMappers"]] == ["name"]
    assert (signing["fullScopeAllowed"], signing["optionalClientScopes"]) == (False, [])


def test_who_has_no_secret_proves_that_it_began_the_login(realm: dict[str, Any]) -> None:
    for client in realm["clients"]:
        assert client["directAccessGrantsEnabled"] is False, "a password is given to the issuer alone"
        if client["publicClient"]:
            assert client["attributes"]["pkce.code.challenge.method"] == "S256"
        else:
            assert client["serviceAccountsEnabled"]
            assert client["standardFlowEnabled"] is False


def test_nobody_changes_whose_person_they_are(realm: dict[str, Any]) -> None:
    (profile,) = realm["components"]["org.keycloak.userprofile.UserProfileProvider"]
    (text,) = profile["config"]["kc.user.profile.config"]
    attributes = {each["name"]: each for each in json.loads(text)["attributes"]}
    assert attributes["party"]["permissions"] == {"view": ["admin"], "edit": ["admin"]}


def test_the_guide_names_each_variable_that_there_is(realm: dict[str, Any]) -> None:
    guide = (FILE.parents[2] / "docs/guides/sign-in.md").read_text()
    named = set(re.findall(r"`(ENTENTE_[A-Z_]+)`", guide))
    wanted = {found.strip("${}") for found in PLACEHOLDER.findall(FILE.read_text())}
    settings = {f"ENTENTE_{name.upper()}" for name in Settings.model_fields}
    assert wanted <= named
    assert named <= wanted | settings
