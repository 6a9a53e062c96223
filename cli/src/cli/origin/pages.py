"""The home page and the pages of the APIs: files of this origin, so that they work without the internet."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from cli.origin.security import OWN_ONLY, may_ask
from identity.installed import ABOUT, is_url
from runtime.problems import NotFound
from runtime.settings import Settings

_STATIC = Path(__file__).parent / "static"
_SWAGGER = str(files("fastapi_offline") / "static")
# Swagger UI sets styles on its elements; its scripts still come from this origin only.
_DOCS_POLICY = OWN_ONLY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


def routes(services: Sequence[str], settings: Settings) -> list[BaseRoute]:
    """``/``, its files, and ``/api/<service>/docs`` instead of FastAPI's own, which loads its script from elsewhere."""
    policy, docs_policy = (may_ask(each, settings.issuer) for each in (OWN_ONLY, _DOCS_POLICY))

    async def docs(request: Request) -> Response:
        if request.path_params["service"] not in services:
            raise NotFound("service", request.path_params["service"])
        return FileResponse(_STATIC / "docs.html", headers={"Content-Security-Policy": docs_policy})

    async def home(_: Request) -> Response:
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": policy}
        return FileResponse(_STATIC / "index.html", headers=headers)

    async def sign_in(request: Request) -> Response:
        return JSONResponse(_sign_in(str(request.base_url).rstrip("/"), settings))

    return [
        Route("/", home),
        Route("/api/{service}/docs", docs),
        Route(ABOUT, sign_in),
        Mount("/static/swagger", StaticFiles(directory=_SWAGGER)),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]


def _sign_in(resource: str, settings: Settings) -> dict[str, Any]:
    """Who issues tokens for this origin, and through which clients; a demo, whose issuer is no address, names none."""
    said: dict[str, Any] = {"resource": resource, "resource_name": "Entente", "bearer_methods_supported": ["header"]}
    if is_url(settings.issuer):
        said |= {"authorization_servers": [settings.issuer], "scopes_supported": settings.sign_in_scopes}
        said |= {"sign_in_client": settings.sign_in_client, "signing_clients": settings.signing_clients}
    return said
