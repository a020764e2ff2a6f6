"""What the source names is found without running it."""

from pathlib import Path

from bot.texts.said import Mention, read_source

SOURCE = '''"""A docstring says "doc.string"."""

def said(chat, topic):
    """Neither does docs.inside."""
    either = Words("one.here" if chat else "one.there", {"n": 1})
    family = Words(f"topic.{topic}_more")
    button = Button(Words(f"pick.{topic}"), "pick", topic)
    later = {"partner": ("button.read", "reading")}
    return option("button.go", "next"), Words(later), f"{topic}.unknown", "no id", "."

FLOW = flow("small", (), ())
'''


def test_what_is_said_is_found_in_every_form(tmp_path: Path) -> None:
    """Plain, either or, put together, on a button, and named in passing."""
    (tmp_path / "talk.py").write_text(SOURCE, encoding="utf-8")
    said = read_source(tmp_path)
    sure = {(m.id, m.line, m.label) for m in said.mentions if m.sure}
    assert sure == {
        ("one.here", 5, False),
        ("one.there", 5, False),
        ("topic.*_more", 6, False),
        ("pick.*", 7, False),
        ("pick.*", 7, True),
        ("button.go", 9, True),
    }
    assert "button.read" in {m.id for m in said.mentions if not m.sure}
    assert not {m.id for m in said.mentions} & {"doc.string", "docs.inside", "*.unknown", "."}
    assert said.flows == {"small": (f"{tmp_path.name}/talk.py", 11)}


def test_a_pattern_fits_what_could_stand_for_it() -> None:
    """A hole is filled by the letters, figures and marks of an id."""
    mention = Mention("topic.*_more", "talk.py", 1)
    assert mention.fits("topic.sleep_more")
    assert not mention.fits("topic.sleep")
    assert not mention.fits("other.topic.sleep_more")
