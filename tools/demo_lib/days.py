"""Days as a node counts them: those of the Netherlands, wherever this runs."""
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

DUTCH = ZoneInfo("Europe/Amsterdam")


def dutch_day(at: datetime) -> date:
    return at.astimezone(DUTCH).date()


def dutch_today() -> date:
    return dutch_day(datetime.now(DUTCH))


def dutch_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), DUTCH)
