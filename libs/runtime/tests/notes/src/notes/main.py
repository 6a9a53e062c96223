"""The service on one screen. Start it with ``python -m serving notes.main:create``."""

from fastapi import FastAPI

from notes import api
from notes.consumers import Trouble, subscriptions
from runtime.settings import Settings
from serving.service import service

TOPICS = ["partner-registry.partner", "partner-registry.product"]


def create(settings: Settings | None = None, trouble: Trouble | None = None) -> FastAPI:
    """The notes app."""
    return service(
        "notes",
        about="Notes that two organisations write down together.",
        settings=settings or Settings(),
        routers=[api.writing, api.reading, api.streaming],
        subscriptions=subscriptions(trouble or Trouble()),
        publishes=TOPICS,
    )
