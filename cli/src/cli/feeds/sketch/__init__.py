"""A mapping proposed from a file, with the reason of each guess: something to correct, and never to be used unread."""

from cli.feeds.sketch.document import propose

__all__ = ["propose"]
