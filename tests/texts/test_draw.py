"""The diagrams show every step and every move, and tell when they are out of date."""

import re
from pathlib import Path

import pytest

from bot.bootstrap import conversations
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.texts.bundle import Bundle, load
from bot.texts.draw import differences, pages, write
from bot.texts.said import read_source
from tests.texts.broken import SOUND

ROOT = Path(__file__).parent.parent.parent


def late(_chat: object, _event: object) -> bool:
    """Stand for a rule."""
    return True


SMALL = flow(
    "small",
    (
        Step("hello", (), (option("button.go", "go"), option("button.skip", "skip"))),
        Step("end", (), reads="typed"),
        Step("stopped", ()),
    ),
    (
        Move("go", "hello", "end", when=late),
        Move("go", "hello", Exit(HOME)),
        Move("skip", "hello", "end"),
        Move("typed", "end", Exit("other", "there", sets={"goal": "walk"})),
    ),
    ends=frozenset({"end"}),
)
WHERE = {"small": ("bot/flows/small.py", 3)}


@pytest.fixture(scope="module")
def everything() -> tuple[Flow, ...]:
    """Return every flow and module there is."""
    bundle: Bundle = load(ROOT / "content")
    return (*conversations(bundle), *bundle.flows)


@pytest.fixture(scope="module")
def made(everything: tuple[Flow, ...]) -> dict[str, str]:
    """Return the page of each of them."""
    return pages(everything, read_source(ROOT / "bot").flows)


def test_a_diagram_shows_start_end_rules_and_ways_out() -> None:
    """The names are Mermaid-proof even where a step is called `end`."""
    page = pages([SMALL], WHERE)["small.md"]
    assert "[bot/flows/small.py](../../bot/flows/small.py)" in page
    assert re.findall(r"^    (.*)$", page, re.MULTILINE) == [
        's_hello(["hello"])',
        's_end[["end · text"]]',
        's_stopped["stopped"]',
        'anywhere(("anywhere"))',
        'to__home{{"home"}}',
        'to__other__there__walk{{"other.there walk"}}',
        "anywhere -.-> s_stopped",
        's_hello -->|"go [late]"| s_end',
        's_hello -->|"go"| to__home',
        's_hello -->|"skip"| s_end',
        's_end -->|"typed"| to__other__there__walk',
    ]


def test_every_flow_and_module_has_a_page_and_a_row(
    everything: tuple[Flow, ...], made: dict[str, str]
) -> None:
    """Each page links to where the flow is written, and the file is there."""
    assert set(made) == {"README.md", *(f"{f.name}.md" for f in everything)}
    for flow_ in everything:
        assert f"[`{flow_.name}`]({flow_.name}.md)" in made["README.md"]
        links = re.findall(r"\]\(\.\./\.\./([^)]*)\)", made[f"{flow_.name}.md"])
        assert links
        assert all((ROOT / link).is_file() for link in links)


def test_every_step_and_move_is_drawn(everything: tuple[Flow, ...], made: dict[str, str]) -> None:
    """What is missing in a diagram would not be reviewed."""
    for flow_ in everything:
        page = made[f"{flow_.name}.md"]
        for step in flow_.steps:
            assert re.search(rf"^    s_{step}[\[(]", page, re.MULTILINE), (flow_.name, step)
        for move in flow_.moves:
            target = move.target if isinstance(move.dest, Exit) else f"s_{move.target}"
            arrow = rf'^    s_{move.source} -\.?->\|"(.*, )?{move.name}\b.*"\| {target}$'
            assert re.search(arrow, page, re.MULTILINE), (flow_.name, move.source, move.name)


def test_pages_out_of_date_are_named(tmp_path: Path) -> None:
    """Missing, older than the flow, left over; what somebody wrote by hand stays."""
    folder, wanted = tmp_path / "flows", pages([SMALL], WHERE)
    assert differences(folder, wanted) == ("README.md is missing", "small.md is missing")
    write(folder, wanted)
    assert differences(folder, wanted) == ()
    (folder / "gone.md").write_text(wanted["small.md"], encoding="utf-8")
    (folder / "notes.md").write_text("by hand", encoding="utf-8")
    (folder / "small.md").write_text("old", encoding="utf-8")
    told = ("gone.md belongs to no flow", "small.md shows an older flow")
    assert differences(folder, wanted) == told
    write(folder, wanted)
    assert differences(folder, wanted) == ()
    assert sorted(file.name for file in folder.iterdir()) == ["README.md", "notes.md", "small.md"]


def test_a_module_is_linked_in_both_languages() -> None:
    """Neither language is the original."""
    page = pages(load(SOUND / "content").flows, {})["tea.md"]
    assert "content/it/modules/tea.md" in page
    assert "content/en/modules/tea.md" in page
