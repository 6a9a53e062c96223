"""The service on one screen. Start it with ``python -m serving partner_feeds.main:create``."""

from fastapi import FastAPI

from contracts import topics_of
from partner_feeds.attempts import resuming
from partner_feeds.attempts.translator import Translator
from partner_feeds.consumers import subscriptions
from partner_feeds.contradictions.api import contradictions
from partner_feeds.feeds import measured, vocabulary
from partner_feeds.feeds.api import feeds
from partner_feeds.intake import api as intake
from partner_feeds.mappings.api import drafting, mappings
from partner_feeds.messages.api import messages, streaming
from partner_feeds.settings import IntakeSettings
from runtime.settings import Settings
from serving.service import service


def create(settings: Settings | None = None, intake_settings: IntakeSettings | None = None) -> FastAPI:
    """The partner-feeds app."""
    limits = intake_settings or IntakeSettings()

    app = service(
        "partner-feeds",
        about="What partners' systems send: kept as it came, translated into our facts, answered row by row.",
        settings=settings or Settings(),
        routers=[
            *(feeds.router, vocabulary.router, mappings.router, drafting, intake.router),
            *(messages.router, streaming, contradictions.router),
        ],
        subscriptions=subscriptions,
        publishes=topics_of("partner-feeds"),
        timers=[resuming.timer(limits, lambda: app.state.translator), measured.timer],
    )
    app.state.intake = limits
    app.state.translator = Translator(limits, app.state.place, app.state.stopping)
    return app
