"""What a process that people rely on must have been told; a default that is a developer's machine stops it."""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from runtime.settings import Settings

LOCAL_ISSUER = "entente-local"
"""The issuer of the demo and of tests: its key lies in a folder of somebody's machine."""
ABOUT = "/.well-known/oauth-protected-resource"
"""Where an installation says who issues its tokens (RFC 9728)."""
_NOT_SET = {
    "database_url": "its default is a database of this machine without a password; "
    "give postgresql://{service}:PASSWORD@HOST/{service}",
    "kafka_bootstrap_servers": "its default is a broker of this machine; give HOST:9092, or several with commas",
}


class Unfit(Exception):
    """A process may not start with what it was told: a sentence for each setting."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def check(settings: Settings, *, stores: bool = True) -> None:
    """Raise Unfit where a process may not start so. One that is ``local`` may, on this machine (``loopback``)."""
    if settings.local:
        return
    needed = ["database_url"] * stores + ["kafka_bootstrap_servers"]
    reasons = [
        f"ENTENTE_{name.upper()} is not set: {_NOT_SET[name]}"
        for name in needed
        if name not in settings.model_fields_set
    ]
    if reasons := [*_issuer(settings.issuer), *_keys(settings, Path.cwd()), *reasons]:
        raise Unfit(reasons)


def is_url(value: str) -> bool:
    """Whether it is an address of the web, and no file or name."""
    return value.lower().startswith(("http://", "https://"))


def loopback(host: str | None) -> bool:
    """Whether only processes of this machine reach, or are, this host."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _issuer(issuer: str) -> list[str]:
    if issuer.strip() in ("", LOCAL_ISSUER):
        what = f"ENTENTE_ISSUER is {issuer!r}, the demo's issuer, whose key lies on somebody's machine"
        return [f"{what}: give yours as the claim iss of its tokens has it, such as https://login.example/realms/main"]
    return _plain_http("ENTENTE_ISSUER", issuer)


def _keys(settings: Settings, here: Path) -> list[str]:
    if is_url(settings.jwks):
        return [] if settings.keys_in_closed_network else _plain_http("ENTENTE_JWKS", settings.jwks)
    right = "give the issuer's jwks_uri, which begins with https, or a file elsewhere by its whole path"
    file = Path(settings.jwks)
    # A link that lies in the working folder is of it, wherever it leads to.
    inside = [_is_in(here, where) for where in (file.resolve(), file.parent.resolve() / file.name)]
    if file.is_absolute() and not any(inside):
        return []
    what = "is not set" if "jwks" not in settings.model_fields_set else f"is {settings.jwks}"
    return [
        f"ENTENTE_JWKS {what}, and keys are not taken from the working folder, where a checkout has its own: {right}"
    ]


def _is_in(here: Path, where: Path) -> bool:
    return where.parent == here or (here != here.parent and where.is_relative_to(here))


def _plain_http(name: str, url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and not loopback(parts.hostname)
    except ValueError as error:
        return [f"{name} is {url}, which is no URL: {error}"]
    if plain:
        return [f"{name} is {url}: whoever is on the way could give keys of its own; it must begin with https"]
    return []
