"""Local times as instants. A clock that is put forward or back makes some of them none, or two."""

from datetime import UTC, datetime, tzinfo


class NotOneInstant(ValueError):
    """A local time that does not exist, or exists twice.

    ``readings`` are the two instants that can be meant, the earlier first, each with the offset that then holds.
    """

    def __init__(self, local: datetime, zone: tzinfo, readings: tuple[datetime, datetime], *, repeated: bool) -> None:
        self.readings, self.repeated = readings, repeated
        first, second = (reading.isoformat() for reading in readings)
        what = "exists twice" if repeated else "does not exist"
        moved = "back" if repeated else "forward"
        super().__init__(
            f"{local.isoformat(' ')} {what} in {zone}, where the clock was put {moved}: it can be read as {first} "
            f"or as {second}"
        )


def instant_of(local: datetime, zone: tzinfo) -> datetime:
    """The one instant at which a zone's clocks showed a time. Raises NotOneInstant with both readings.

    Raises ValueError for a time that states its offset: nothing is to be found out about it.
    """
    if local.tzinfo is not None:
        raise ValueError(f"{local.isoformat()} states its offset: it is an instant already")
    before, after = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if before.utcoffset() == after.utcoffset():
        return before
    # Read with the offset from before the change and with that from after it: in a gap the first is the later instant.
    readings = _reading(before), _reading(after)
    first, second = sorted(readings)
    raise NotOneInstant(local, zone, (first, second), repeated=readings == (first, second))


def _reading(local: datetime) -> datetime:
    """The instant as a clock of the zone shows it, with the offset that holds then and no zone any more."""
    return datetime.fromisoformat(local.astimezone(UTC).astimezone(local.tzinfo).isoformat())
