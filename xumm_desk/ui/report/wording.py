"""Words of a report: what a period, an hour or a day is called."""

from __future__ import annotations

from datetime import date, timedelta

from xumm_desk.core.report.line import ReportLine
from xumm_desk.core.report.periods import Length, Period, Span, TimeSlot
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr

_DAY = timedelta(days=1)


def period_title(period: Period, today: date) -> str:
    """A period as people call it: "Today", "Last week", "Oct 2026"."""
    running = period.first <= today < period.end
    last = period.first <= today < period.after().end and not running
    if period.length is Length.DAY:
        if running:
            return _("Today")
        return _("Yesterday") if last else formats.long_date(period.first)
    if period.length is Length.WEEK:
        if running:
            return _("This week")
        number = period.first.isocalendar().week
        return _("Last week") if last else _("Week {number}", number=number)
    return _("This month") if running else formats.month_and_year(period.first)


def period_dates(period: Period) -> str:
    """Its days: "Mon 30 Nov 2026", or the first and the last."""
    first = formats.long_date(period.first)
    if period.length is Length.DAY:
        return first
    return f"{first} – {formats.long_date(period.end - _DAY)}"


def before_title(before: Span, today: date) -> str:
    """The period that is compared with; of a part of it up to when."""
    period = before.period
    if period.length is Length.DAY:
        name = _("Yesterday") if period.end == today else formats.long_date(period.first)
    elif period.length is Length.WEEK:
        name = _("Week {number}", number=period.first.isocalendar().week)
    else:
        name = formats.month_and_year(period.first)
    if before.is_whole:
        return name
    stop = before.until.astimezone()
    time = formats.hour_and_minute(stop.time())
    if period.length is Length.DAY:
        return _("{period} until {time}", period=name, time=time)
    day = formats.short_date(stop.date())
    return _("{period} until {day}, {time}", period=name, day=day, time=time)


def compared_with(before: Span, today: date) -> str:
    """With what the figures are compared."""
    return _("compared with: {period}", period=before_title(before, today))


def slot_text(slot: TimeSlot) -> str:
    """An hour, or a day."""
    if slot.is_day:
        return formats.short_date(slot.begins.date())
    first = formats.hour_and_minute(slot.begins.time())
    if slot.again:
        return _("{hour} (second time)", hour=first)
    return first


def slot_mark(slot: TimeSlot) -> str:
    """The same in as few letters as an axis has room for."""
    return str(slot.begins.day) if slot.is_day else f"{slot.begins:%H}"


def line_label(line: ReportLine) -> str:
    """What the figures of a line are, with its hour or day."""
    if line.slot is None:
        return tr(line.label)
    return _("{what}, {time}", what=tr(line.label), time=slot_text(line.slot))


def spoken(line: ReportLine) -> str:
    """A line as a screen reader says it."""
    if line.difference.words:
        return _(
            "{label}: {figure}, {difference}",
            label=line_label(line),
            figure=tr(line.now.text),
            difference=tr(line.difference.words),
        )
    return _("{label}: {figure}", label=line_label(line), figure=tr(line.now.text))


def compared(line: ReportLine) -> str:
    """What the figure was before, and how it differs."""
    before = _("Before: {figure}", figure=tr(line.before.text))
    if not line.difference.words:
        return before
    return _(
        "Before: {figure}. Now {difference}.",
        figure=tr(line.before.text),
        difference=tr(line.difference.words),
    )
