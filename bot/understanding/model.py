"""What was learnt from the examples, as a file: linear heads, thresholds, and where it comes from.

`content/understanding.json` is written by `python -m bot train-reader` and by nothing else. It
names the examples and the encoder it was made from; with other ones it is not used.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from bot.understanding.features import SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = "understanding.json"
RECIPE = 1
"""Counts up whenever features, heads or rules for thresholds change: older files are refused."""

ALARM, RED, HEED = "alarm", "red", "heed"
"""Heads of two classes: red or check; red; anything but none."""

LABEL, TRIGGER = "label", "trigger"
"""Heads of many classes that exclude each other."""

KIND = "kind"
"""The kinds of friction, each for itself."""

HEADS = (ALARM, RED, HEED, LABEL, TRIGGER, KIND)
_EXCLUSIVE = (LABEL, TRIGGER)


class BrokenModel(ValueError):
    """The file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which the statistical reader decides; see `deciding` for each use."""

    let_go: float
    confirm: float
    raise_check: float
    raise_red: float
    heed: float
    kind: float
    sure: float


@dataclass(frozen=True, slots=True)
class Head:
    """One linear model: a column of `weights` (SIZE rows) and a number of `bias` for each class."""

    classes: tuple[str, ...]
    weights: "NDArray[np.float32]"
    bias: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class Model:
    """Everything learnt. `examples` is the fingerprint of what it was learnt from.

    `figures` are what was measured when it was made; nothing reads them but people.
    """

    examples: str
    encoder: str
    thresholds: Thresholds
    heads: Mapping[str, Head]
    figures: Mapping[str, Any]

    def probabilities(self, rows: "NDArray[np.float32]") -> dict[str, "NDArray[np.float64]"]:
        """Return for each head a row of probabilities for each row of features."""
        return {
            name: chances(name, (rows @ head.weights + head.bias).astype("float64"))
            for name, head in self.heads.items()
        }


def chances(name: str, scores: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return the probabilities that the scores of a head stand for, in rows of its classes."""
    import numpy as np  # noqa: PLC0415 - optional: it comes with the encoder

    if name not in _EXCLUSIVE:
        found: NDArray[np.float64] = 1 / (1 + np.exp(-scores))
        return found
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def write_model(model: Model) -> str:
    """Return the text of the file: the same for the same model, byte by byte."""
    tree = {
        "about": "Written by `python -m bot train-reader`; do not edit.",
        "recipe": RECIPE,
        "examples": model.examples,
        "encoder": model.encoder,
        "thresholds": asdict(model.thresholds),
        "figures": model.figures,
        "heads": {
            name: {
                "classes": list(head.classes),
                "bias": [round(float(number), 4) for number in head.bias],
                "weights": b64encode(head.weights.astype("<f2").tobytes()).decode(),
            }
            for name, head in model.heads.items()
        },
    }
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def read_model(text: str) -> Model:
    """Return the model in the text of the file.

    Raises BrokenModel when it is cut off, of another recipe, or not what `write_model` wrote.
    """
    import numpy as np  # noqa: PLC0415 - optional: it comes with the encoder

    try:
        tree = json.loads(text)
        if tree["recipe"] != RECIPE:
            raise BrokenModel(f"{FILE} is of recipe {tree['recipe']}, not {RECIPE}; {_MEND}")
        heads = {}
        for name in HEADS:
            head = tree["heads"][name]
            classes = tuple(head["classes"])
            numbers = np.frombuffer(b64decode(head["weights"]), dtype="<f2")
            weights = numbers.astype(np.float32).reshape(SIZE, len(classes))
            bias = np.array(head["bias"], dtype=np.float32).reshape(len(classes))
            heads[name] = Head(classes, weights, bias)
        wanted = {field.name for field in fields(Thresholds)}
        thresholds = Thresholds(**{name: float(tree["thresholds"][name]) for name in wanted})
        return Model(tree["examples"], tree["encoder"], thresholds, heads, tree["figures"])
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, BrokenModel):
            raise
        raise BrokenModel(f"{FILE} cannot be read ({type(error).__name__}); {_MEND}") from None


def why_stale(text: str | None, examples: str, encoder: str) -> str | None:
    """Return why a model's file does not belong to what is there now; None when it does.

    text: that of the file, None where there is none
    examples: the fingerprint of the examples there are
    encoder: the version of the installed encoder; nothing where none is, which is not held
        against the file

    Needs no package.
    """
    if text is None:
        return f"the file is missing; {_MEND}"
    try:
        tree = json.loads(text)
        made_from = (tree["examples"], tree["recipe"], tree["encoder"])
    except (KeyError, TypeError, ValueError):
        return f"the file cannot be read; {_MEND}"
    there_is = (examples, RECIPE, encoder or made_from[2])
    for thing, was, now in zip(("examples", "recipe", "encoder"), made_from, there_is, strict=True):
        if was != now:
            return f"was made from {thing} {was}, now there is {now}; {_MEND}"
    return None


_MEND = "make it anew: python -m bot train-reader"
