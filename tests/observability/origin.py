"""All services in one process, as one factory without arguments: what ``python -m serving`` takes."""

from starlette.applications import Starlette

from cli.origin.app import create as origin
from runtime.settings import Settings


def create() -> Starlette:
    """The origin of the installation that the environment names."""
    return origin(Settings())
