"""Headers that tell a browser what this origin never does."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from identity.installed import is_url

OWN_ONLY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Scripts and styles are files of this origin; nothing inline, nothing from elsewhere, nobody's frame."""


def may_ask(policy: str, issuer: str) -> str:
    """A policy under which a page may also speak to the issuer of its tokens, where that is one of the web."""
    if not is_url(issuer):
        return policy
    parts = urlsplit(issuer)
    return policy.replace("connect-src 'self'", f"connect-src 'self' {parts.scheme}://{parts.netloc}")


HEADERS = {
    "Content-Security-Policy": OWN_ONLY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers to every answer, unless a route set one itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
