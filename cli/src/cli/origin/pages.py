"""The home page and the pages of the APIs: files of this origin, so that they work without the internet."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from cli.origin.security import OWN_ONLY
from runtime.problems import NotFound

_STATIC = Path(__file__).parent / "static"
_SWAGGER = str(files("fastapi_offline") / "static")
# Swagger UI sets styles on its elements; its scripts still come from this origin only.
_DOCS_POLICY = OWN_ONLY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


def routes(services: Sequence[str]) -> list[BaseRoute]:
    """``/``, its files, and ``/api/<service>/docs`` instead of FastAPI's own, which loads its script from elsewhere."""

    async def docs(request: Request) -> Response:
        if request.path_params["service"] not in services:
            raise NotFound("service", request.path_params["service"])
        return FileResponse(_STATIC / "docs.html", headers={"Content-Security-Policy": _DOCS_POLICY})

    async def home(_: Request) -> Response:
        return FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    return [
        Route("/", home),
        Route("/api/{service}/docs", docs),
        Mount("/static/swagger", StaticFiles(directory=_SWAGGER)),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
