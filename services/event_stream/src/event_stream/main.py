"""The service on one screen. Start it with ``python -m serving event_stream.main:create``."""

from fastapi import FastAPI

from contracts import topics
from event_stream import api
from event_stream.settings import TicketSettings
from event_stream.tickets import Tickets, TicketsOutOfTraces
from runtime.settings import Settings
from serving.service import service


def create(settings: Settings | None = None, ticket_settings: TicketSettings | None = None) -> FastAPI:
    """The event-stream app. It stores nothing: Kafka keeps every fact, and a reader keeps its own place."""
    app = service(
        "event-stream",
        about="What leaves the house: facts as they happen, for front-ends and other systems.",
        settings=settings or Settings(),
        routers=[api.router],
        publishes=topics(),
        stores=False,
    )
    app.state.tickets = Tickets(ticket_settings or TicketSettings())
    app.add_middleware(TicketsOutOfTraces)
    return app
