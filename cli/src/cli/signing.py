"""Tokens of a local installation, signed with the key in its data folder."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from cli.data_folder import DataFolder, write_secret
from cli.failures import Failure
from contracts import Role
from identity.installed import LOCAL_ISSUER
from runtime.principal import FRESH_SECONDS, RESERVED, SPONSOR, is_person

AUDIENCE = "entente"
SIGNING_CLIENT = "entente-signing"
HOURS = 12
"""How long a token serves: a working day, not a week."""

SPONSOR_ROLES = tuple(role for role in Role if not role.startswith("partner_") and role is not Role.inspector)
"""Every role of the sponsor but the inspector's, who changes nothing."""


@dataclass(frozen=True, slots=True)
class Token:
    """A signed token and until when it serves (seconds since 1970)."""

    text: str
    expires_at: int


class Signer:
    """The issuer of a local installation. Private key and public keys are made at first use."""

    def __init__(self, folder: DataFolder) -> None:
        folder.make()
        file = folder.path / "signing-key.pem"
        self.is_new = not file.exists()
        """Whether no token of this folder was ever signed before."""
        self._key = _key(file)
        public = self._key.public_key()
        encoded = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(encoded)
        self.key_id = digest.finalize().hex()[:16]
        self.jwks = folder.path / "jwks.json"
        self._publish(public)

    def sign(self, roles: list[Role], *, partner_id: UUID | None = None, subject: str = "", name: str = "") -> Token:
        """A token with these roles.

        Raises Failure when a partner's role has no partner, when a sponsor's has one, or for a subject that is nobody.
        """
        check(roles, has_partner=partner_id is not None)
        subject = subject or f"local:{'+'.join(roles)}" + (f"@{partner_id}" if partner_id else "")
        if not is_person(subject):
            advice = f"Give 1 to 255 letters that do not begin with {', '.join(RESERVED[:-1])} or {RESERVED[-1]}"
            raise Failure(f"{subject!r} can be nobody's subject", advice)
        expires_at = int(time.time()) + HOURS * 3600
        claims = {
            "iss": LOCAL_ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "name": name or subject,
            "roles": [str(role) for role in roles],
            "party": str(partner_id or SPONSOR),
            "iat": expires_at - HOURS * 3600,
            "exp": expires_at,
        }
        return self._token(claims)

    def login(self, subject: str, digest: str) -> Token:
        """The ID token of a person who signs what has this digest, and has logged in for it now."""
        now = int(time.time())
        claims = {"iss": LOCAL_ISSUER, "aud": SIGNING_CLIENT, "sub": subject, "name": subject, "nonce": digest}
        return self._token(claims | {"iat": now, "auth_time": now, "exp": now + FRESH_SECONDS})

    def _token(self, claims: dict[str, Any]) -> Token:
        text = jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self.key_id})
        return Token(text, claims["exp"])

    def _publish(self, public: ec.EllipticCurvePublicKey) -> None:
        key = json.loads(ECAlgorithm.to_jwk(public)) | {"kid": self.key_id, "alg": "ES256", "use": "sig"}
        document = json.dumps({"keys": [key]})
        if not self.jwks.exists() or self.jwks.read_text() != document:
            new = self.jwks.with_suffix(".new")
            new.write_text(document)
            new.replace(self.jwks)


def check(roles: list[Role], *, has_partner: bool) -> None:
    """Raise Failure for roles that do not go with a partner's or a sponsor's token."""
    partners = [role for role in roles if role.startswith("partner_")]
    sponsors = [role for role in roles if role not in partners]
    if partners and not has_partner:
        raise Failure(
            f"{partners[0]} is a partner's role", "Say which partner's: --partner NUMBER (for example P-2026-00001)"
        )
    if sponsors and has_partner:
        advice = "Leave --partner out, or choose among: " + ", ".join(r for r in Role if r.startswith("partner_"))
        raise Failure(f"{sponsors[0]} is the sponsor's role, and sees every partner", advice)


def _key(file: Path) -> ec.EllipticCurvePrivateKey:
    if file.exists():
        pem = file.read_bytes()
    else:
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pem = write_secret(file, made)
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Failure(f"{file} holds no ES256 key", "Move it away; a new one is made at the next start")
    return key
