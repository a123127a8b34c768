"""What sweeps and hooks tell of each flow: the last survey of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.read_model.records import read_records
from schemas.records import Survey
from streams.topics import CURSORS

if TYPE_CHECKING:
    from streams.settings import Settings


def read_surveys(settings: Settings) -> tuple[Survey, ...]:
    """Return the surveys by connection, side and entity; raises RetriableError without a broker."""
    newest = {survey.key: survey for survey in read_records(settings, CURSORS, Survey)}
    return tuple(sorted(newest.values(), key=lambda survey: survey.key))


def alarms(surveys: tuple[Survey, ...]) -> list[Survey]:
    """Return those whose last scan was too short to be believed, or refused."""
    return [survey for survey in surveys if survey.alarm_at is not None]


def _came_to(survey: Survey) -> str:
    shown = f"showed {survey.found} of {survey.known} known records"
    return f"{shown} and was refused: {survey.refused}" if survey.refused else shown


def survey_warnings(surveys: tuple[Survey, ...]) -> list[str]:
    """Return a sentence for each scan nobody believes, and for hooks that do not tell of all changes."""
    warnings = []
    for survey in surveys:
        place = f"{survey.connection}: {survey.side}/{survey.entity}"
        if survey.alarm_at is not None:
            shown = f"a full scan {_came_to(survey)}"
            warnings.append(f"{place}: {shown}; nothing was deleted for it (`keapsync alarms`)")
        if survey.missed:
            warnings.append(f"{place}: no hook announced {survey.missed} changes that polls found; hooks brought {survey.hinted}")
    return warnings
