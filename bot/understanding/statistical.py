"""The statistical reader: how likely a text is a danger, and which, judged on its meaning.

It only ever says probabilities; what they decide together with the lexicon is in `deciding`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.understanding import encoder, model
from bot.understanding.features import features
from bot.understanding.model import Model, Thresholds
from bot.understanding.windows import windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Probabilities, from 0 to 1, that a text is a danger, which one, and what else it is.

    alarm: red or check; red: red; heed: anything but none. Of a long text, those of its most
    alarming stretch. `labels`, `triggers` and `kinds` hold every class with its probability.
    """

    alarm: float
    red: float
    heed: float
    labels: Mapping[str, float]
    triggers: Mapping[str, float]
    kinds: Mapping[str, float]


class Statistical:
    """Judges texts with a model, which is loaded together with the encoder at the first text."""

    def __init__(self, load: Callable[[], Model]) -> None:
        self._load = load
        self._model: Model | None = None

    @property
    def thresholds(self) -> Thresholds:
        """The probabilities from which it decides."""
        return self._loaded().thresholds

    def judge(
        self, texts: Sequence[str], found: Callable[[str], Collection[str]]
    ) -> list[Judgement]:
        """Return the judgement of each text, none of them empty.

        found: gives what the lexicons find in a stretch, as names among `features.FINDINGS`

        Raises NoEncoder, BrokenModel, or what `load` raises.
        """
        stretches = [windows(text) for text in texts]
        loaded = self._loaded()
        every = [one for each in stretches for one in each]
        numbers = loaded.probabilities(features(every, [found(one) for one in every]))
        classes = {name: head.classes for name, head in loaded.heads.items()}
        return judgements(numbers, [len(each) for each in stretches], classes)

    def _loaded(self) -> Model:
        if self._model is None:
            loaded = self._load()
            installed = encoder.encoder_version()
            if installed and installed != loaded.encoder:
                told = f"made with encoder {loaded.encoder}, {installed} is installed"
                raise model.BrokenModel(f"{model.FILE} was {told}; train the reader anew")
            self._model = loaded
        return self._model


def judgements(
    found: Mapping[str, "Numbers"], lengths: Sequence[int], classes: Mapping[str, Sequence[str]]
) -> list[Judgement]:
    """Return the judgement of each text.

    found: for each head a row of probabilities for each stretch, those of one text together
    lengths: how many stretches each text has, at least one
    classes: for each head the names of its columns
    """
    made, at = [], 0
    for length in lengths:
        rows = {name: numbers[at : at + length] for name, numbers in found.items()}
        worst = int(rows[model.ALARM][:, 0].argmax())
        made.append(
            Judgement(
                alarm=float(rows[model.ALARM].max()),
                red=float(rows[model.RED].max()),
                heed=float(rows[model.HEED].max()),
                labels=_named(classes[model.LABEL], rows[model.LABEL].mean(axis=0)),
                triggers=_named(classes[model.TRIGGER], rows[model.TRIGGER][worst]),
                kinds=_named(classes[model.KIND], rows[model.KIND].max(axis=0)),
            )
        )
        at += length
    return made


def _named(classes: Sequence[str], numbers: "Numbers") -> dict[str, float]:
    return {name: float(number) for name, number in zip(classes, numbers, strict=True)}
