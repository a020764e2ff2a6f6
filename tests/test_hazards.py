"""The hazard log keeps its form, names ids that exist, and rests on tests that run."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from bot.understanding.examples import CALM_TRIGGERS
from bot.understanding.lexicon import AMBER_TRIGGERS, RED_TRIGGERS
from tests.conftest import COLLECTED
from tests.files import read_yaml

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "safety" / "hazards.yaml"
REPORT = FILE.parent / "report.md"
LOG = read_yaml(FILE)
HAZARDS: Mapping[str, Mapping[str, object]] = LOG["hazards"]

PROMISES = tuple(f"P{n}" for n in range(1, 11))
METHODS = tuple(f"M{n:02}" for n in range(1, 31))
REGISTER = {*RED_TRIGGERS, *AMBER_TRIGGERS, *CALM_TRIGGERS, "A10", *PROMISES, *METHODS}

SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very_low", "low", "medium", "high", "very_high")
TOLD = ("title", "hazard", "cause", "effect", "residual")
FIELDS = {*TOLD, "before", "controls", "after"}
TO_BE_NAMED = 3
"""The risk from which on what is still to be done must be named; above it nothing is accepted."""

Control = Mapping[str, object]


def controls(hazard: Mapping[str, object]) -> list[Control]:
    """Return the controls of a hazard."""
    found = hazard["controls"]
    assert isinstance(found, list)
    return found


def risk(judged: object) -> int:
    """Return the risk, 1 to 5, of a severity and a likelihood."""
    assert isinstance(judged, dict)
    row: list[int] = LOG["scales"]["risk"][judged["likelihood"]]
    return row[SEVERITIES.index(judged["severity"])]


def named() -> dict[str, list[str]]:
    """Return the ids of all tests that are named, each with the hazards that rest on it."""
    found: dict[str, list[str]] = {}
    for name, hazard in HAZARDS.items():
        for control in controls(hazard):
            tests = control["tests"]
            assert isinstance(tests, list)
            for test in tests:
                found.setdefault(test, []).append(name)
    return found


def test_the_scales_are_those_of_dcb0129() -> None:
    """Five severities, five likelihoods, and a risk that never falls where one of them rises."""
    scales = LOG["scales"]
    assert tuple(scales["severity"]) == SEVERITIES
    assert tuple(scales["likelihood"]) == LIKELIHOODS
    rows = [scales["risk"][likelihood] for likelihood in LIKELIHOODS]
    assert all(len(row) == len(SEVERITIES) and row == sorted(row) for row in rows)
    assert all(list(column) == sorted(column) for column in zip(*rows, strict=True))
    assert {risk for row in rows for risk in row} == set(scales["acceptance"])


def test_hazards_are_numbered_without_a_gap_and_each_stands_once() -> None:
    """A hazard that is gone keeps its number: it says so instead of leaving."""
    assert list(HAZARDS) == [f"H{n:02}" for n in range(1, len(HAZARDS) + 1)]
    assert len(HAZARDS) >= 30
    titles = [hazard["title"] for hazard in HAZARDS.values()]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("name", HAZARDS)
def test_a_hazard_is_told_whole(name: str) -> None:
    """Hazard, cause, effect, judgement before and after, controls, residual doubt."""
    hazard = HAZARDS[name]
    assert FIELDS <= set(hazard) <= {*FIELDS, "open"}
    assert [field for field in TOLD if not str(hazard[field] or "").strip()] == []
    assert controls(hazard)
    for control in controls(hazard):
        assert {"what", "tests"} <= set(control) <= {"what", "ids", "tests"}
        assert str(control["what"]).endswith(".")
        assert control["tests"]


@pytest.mark.parametrize("name", HAZARDS)
def test_a_hazard_is_judged_before_and_after_its_controls(name: str) -> None:
    """They make it smaller; what stays undesirable says what is still to be done."""
    before, after = HAZARDS[name]["before"], HAZARDS[name]["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    places = [
        (SEVERITIES.index(judged["severity"]), LIKELIHOODS.index(judged["likelihood"]))
        for judged in (before, after)
    ]
    assert all(now <= then for then, now in zip(*places, strict=True))
    assert places[0] != places[1], "the controls change nothing"
    assert risk(after) <= TO_BE_NAMED, "not acceptable without more controls"
    if risk(after) == TO_BE_NAMED:
        assert HAZARDS[name].get("open"), "say in `open` what is still to be done, by whom"


def test_the_log_claims_no_more_than_the_report_shows() -> None:
    """While red messages are caught less often than they should be, that is no rare event."""
    goal_missed = re.search(r"\| red caught \| .* \| \*\*no\*\* \|", REPORT.read_text("utf-8"))
    for name in ("H01", "H02"):
        after = HAZARDS[name]["after"]
        assert isinstance(after, dict)
        rare = LIKELIHOODS.index(after["likelihood"]) < LIKELIHOODS.index("medium")
        assert not (goal_missed and rare), f"{name} is judged too well for report.md"


def test_every_id_is_in_the_register() -> None:
    """R and A: triggers; P: promises; M: methods."""
    assert [
        (name, unknown)
        for name, hazard in HAZARDS.items()
        for control in controls(hazard)
        if (unknown := {*_ids(control)} - REGISTER)
    ] == []


@pytest.mark.parametrize("wanted", [*RED_TRIGGERS, *PROMISES])
def test_every_red_trigger_and_every_promise_controls_something(wanted: str) -> None:
    """A promise that guards against nothing would not be one."""
    assert any(wanted in _ids(c) for hazard in HAZARDS.values() for c in controls(hazard))


def test_nobody_is_named_who_has_not_signed() -> None:
    """Until a clinician signs, the log is a draft and says so."""
    assert (LOG["status"] == "draft") == (LOG["clinical_reviewer"] == "none")


def test_every_control_rests_on_tests_that_exist_and_run(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """None is missing, skipped or expected to fail; what passes is for the whole run to say."""
    there = _with_functions(request.config.stash[COLLECTED])
    if missing := {test.split("::")[0] for test in named() if test not in there}:
        there |= _with_functions(_collected(sorted(missing), tmp_path / "collected.json"))
    gone = {test: names for test, names in named().items() if test not in there}
    assert gone == {}, "these tests do not exist"
    assert [test for test in named() if there[test]] == [], "these tests never run"


def _ids(control: Control) -> Iterator[str]:
    found = control.get("ids", [])
    assert isinstance(found, list)
    yield from found


def _collected(files: Iterable[str], kept: Path) -> dict[str, bool]:
    """Return the tests of files that this run did not collect, from a run that only collects."""
    there = [file for file in files if (ROOT / file).is_file()]
    options = ("--collect-only", "-q", "-p", "no:cacheprovider", f"--write-collected={kept}")
    subprocess.run(  # noqa: S603 - our own interpreter and tests
        [sys.executable, "-m", "pytest", *options, *there],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found: dict[str, bool] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _with_functions(collected: Mapping[str, bool]) -> dict[str, bool]:
    """Return the tests, and each with many parameters once more as a whole."""
    whole: dict[str, bool] = {}
    for test, never in collected.items():
        function = test.split("[")[0]
        whole[function] = whole.get(function, True) and never
    return {**whole, **collected}
