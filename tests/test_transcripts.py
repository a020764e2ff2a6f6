"""Every script of `tests/transcripts`, performed in this process, as its pages have it.

Each turn is saved and loaded again by the store before the next. After a wanted change,
`pytest --update-transcripts` writes the pages anew: read the difference before you keep it.
"""

from pathlib import Path

import pytest

from tests.page import page
from tests.parts import parts_in
from tests.script import FOLDER, LANGUAGES, names, read
from tests.theatre import Theatre


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_a_conversation_reads_as_its_transcript(
    name: str, lang: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every word, button, mark and time, in the order in which people see them."""
    script = read(name, lang)
    with parts_in(tmp_path) as parts:
        written = page(script, Theatre(parts, script).perform())
    if request.config.getoption("--update-transcripts"):
        script.golden.write_text(written, encoding="utf-8")
    else:
        assert written == script.golden.read_text(encoding="utf-8")


def test_every_transcript_has_a_script() -> None:
    """What no script plays would never be compared again."""
    played = {read(name, lang).golden for name in names() for lang in LANGUAGES}
    assert set(FOLDER.glob("*.txt")) == played
