"""What a release needs and a working day does not: people have read it, and not too long ago.

A module says so in its front matter, safety.yaml in its first fields, every other file in the
comments at its head: `# status: reviewed`, `# clinical_reviewer: …`, `# reviewed_on: 2026-11-22`.
Crisis texts are read again after 6 months, the rest after 12, help lines called after 90 days.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.texts.lined import Node
from bot.texts.problems import Problem
from bot.texts.rules.given import CRISIS, Given

MONTHS, MONTHS_IN_CRISIS = 12, 6
CONTACTS_HOLD = timedelta(days=90)

_HEAD = re.compile(r"#\s*(status|clinical_reviewer|reviewed_on|review_due):\s*(.+?)\s*")
_FIELDS = ("status", "clinical_reviewer", "reviewed_on", "review_due")


@dataclass(frozen=True, slots=True)
class Review:
    """Who stands behind a file. `line` is where it says so, `months` how long it holds."""

    path: str
    line: int
    status: str
    reviewer: str | None
    on: date | None
    due: date | None
    months: int


def draft(given: Given) -> Iterator[Problem]:
    """Nothing that is still a draft is released."""
    for review in _reviews(given):
        if review.status != "reviewed":
            told = f"status is {review.status or 'missing'}: have it reviewed and say so"
            yield Problem(review.path, review.line, told)


def unreviewed(given: Given) -> Iterator[Problem]:
    """A reviewed text names who signed it, and when."""
    for review in _reviews(given):
        if review.status == "reviewed" and not (review.reviewer and review.on):
            told = "reviewed, but clinical_reviewer and reviewed_on do not say by whom and when"
            yield Problem(review.path, review.line, told)


def expired(given: Given) -> Iterator[Problem]:
    """A review holds for 12 months, for crisis texts 6, or until its own date."""
    for review in _reviews(given):
        if review.status != "reviewed" or review.on is None:
            continue
        until = min(filter(None, (_months_after(review.on, review.months), review.due)))
        if given.on > until:
            told = f"the review of {review.on} was good until {until}: have it read again"
            yield Problem(review.path, review.line, told)


def unverified_contact(given: Given) -> Iterator[Problem]:
    """Somebody has called every help line within the last 90 days."""
    for _lang, folder, data in given.data():
        for lines in data.contacts.values():
            for line in lines:
                if line.verified_on is None:
                    told = "nobody has tried it: call, then fill in verified_on"
                elif given.on - line.verified_on > CONTACTS_HOLD:
                    told = f"last tried on {line.verified_on}: call again"
                else:
                    continue
                yield Problem(f"{folder}/contacts.yaml", line.line, f"{line.id}: {told}")


def _reviews(given: Given) -> Iterator[Review]:
    for document in given.documents():
        front = document.front
        reviewed = (front.status, front.clinical_reviewer, front.reviewed_on, front.review_due)
        yield Review(document.path, front.lines["status"], *reviewed, MONTHS)
    crisis = {phrase.path for _, phrase in given.phrases() if phrase.id.startswith(CRISIS)}
    for lang, folder, data in given.data():
        if data.safety:
            yield _from_fields(f"{folder}/safety.yaml", data.safety)
        here = given.folder / lang
        for file in sorted([*here.glob("**/*.po"), *here.glob("*.yaml")]):
            path = f"{folder}/{file.relative_to(here).as_posix()}"
            if file.name not in {"safety.yaml", "style.yaml"}:
                months = MONTHS_IN_CRISIS if path in crisis else MONTHS
                yield _from_head(path, file.read_text(encoding="utf-8", errors="replace"), months)


def _from_head(path: str, text: str, months: int) -> Review:
    found: dict[str, str] = {}
    line = 1
    for number, comment in enumerate(text.splitlines(), 1):
        if not comment.startswith("#"):
            break
        field = _HEAD.fullmatch(comment)
        if field and field[1] == "status":
            line = number
        if field and field[2] != "none":
            found[field[1]] = field[2]
    return _review(path, line, found, months)


def _from_fields(path: str, root: Node) -> Review:
    fields = root.value if isinstance(root.value, Mapping) else {}
    found = {
        name: str(fields[name].value)
        for name in _FIELDS
        if name in fields and fields[name].value not in {None, "none"}
    }
    line = fields["status"].line if "status" in fields else root.line
    return _review(path, line, found, MONTHS_IN_CRISIS)


def _review(path: str, line: int, found: Mapping[str, str], months: int) -> Review:
    status, reviewer = found.get("status", ""), found.get("clinical_reviewer")
    on, due = (_day(found.get(name, "")) for name in ("reviewed_on", "review_due"))
    return Review(path, line, status, reviewer, on, due, months)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last one of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
