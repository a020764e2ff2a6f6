"""Learning the statistical reader from the examples: reproducible, without network.

Linear models over `features`, one for each head. What they say of messages they have not seen is
found by cross-validation in which all messages of a card stay together; on that, the scores are
made probabilities and the thresholds are chosen. Frozen examples are only measured.

Needs the extra `authors` (scikit-learn); nothing that runs the bot imports this module.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import GroupKFold  # type: ignore[import-untyped]

from bot.safety.reading import FRICTION_KINDS, Tier
from bot.understanding import model
from bot.understanding.choosing import Case, choose
from bot.understanding.deciding import decide
from bot.understanding.encoder import encoder_version
from bot.understanding.examples import Example
from bot.understanding.features import SIZE, features
from bot.understanding.figures import Pair, by_language, red_by_label
from bot.understanding.model import Head, Model
from bot.understanding.reader import Reader
from bot.understanding.statistical import Judgement, judgements
from bot.understanding.windows import windows

Rows = NDArray[np.float32]
Numbers = NDArray[np.float64]

FOLDS = 5
STRENGTH = 3.0
"""How closely the heads follow the examples (scikit-learn's C), found by cross-validation."""

_MOST_ROUNDS = 300


@dataclass(frozen=True, slots=True)
class Trained:
    """The model, and how it read: the training examples unseen, by folds, and the frozen ones."""

    model: Model
    unseen: tuple[Pair, ...]
    frozen: tuple[Pair, ...]


class TooFewExamples(ValueError):
    """There is nothing to learn from; the message says what is missing."""


def train(examples: Sequence[Example], lexicons: Reader, fingerprint: str) -> Trained:
    """Return what the examples teach beside the lexicons.

    lexicons: a reader without a statistical one
    fingerprint: that of the files the examples are from

    Raises TooFewExamples, NoEncoder.
    """
    learnt = [example for example in examples if not example.frozen]
    if len({example.card for example in learnt}) < FOLDS or len(_tiers(learnt)) < len(_BINARY):
        raise TooFewExamples(f"needs red, amber and calm examples on {FOLDS} cards that train")
    looks = [lexicons.look(example.text) for example in learnt]
    rows = features([e.text for e in learnt], [look.found for look in looks])
    stretches = _stretches(learnt, lexicons)
    heads, unseen = _cross_validated(learnt, rows, stretches)
    cases = [
        Case(example, look.evidence, judgement)
        for example, look, judgement in zip(learnt, looks, unseen, strict=True)
    ]
    thresholds = choose(cases)
    read = tuple((c.example, decide(c.evidence, c.judgement, thresholds)) for c in cases)
    plain = Model(fingerprint, encoder_version(), thresholds, heads, {})
    frozen = tuple(_read(plain, [e for e in examples if e.frozen], lexicons))
    figures = {"unseen": _told(read), "frozen": _told(frozen)}
    return Trained(Model(fingerprint, plain.encoder, thresholds, heads, figures), read, frozen)


_BINARY: Mapping[str, frozenset[Tier]] = {
    model.ALARM: frozenset({Tier.RED, Tier.CHECK}),
    model.RED: frozenset({Tier.RED}),
    model.HEED: frozenset({Tier.RED, Tier.CHECK, Tier.AMBER}),
}


def _tiers(examples: Iterable[Example]) -> set[Tier]:
    return {example.tier for example in examples}


@dataclass(frozen=True, slots=True)
class _Stretches:
    """The features of every stretch of every text, and how many each text has."""

    rows: Rows
    lengths: tuple[int, ...]

    def of(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which stretches belong to the chosen texts."""
        return np.repeat(chosen, self.lengths)


def _stretches(examples: Sequence[Example], lexicons: Reader) -> _Stretches:
    cut = [windows(example.text) for example in examples]
    every = [one for each in cut for one in each]
    rows = features(every, [lexicons.look(one).found for one in every])
    return _Stretches(rows, tuple(map(len, cut)))


def _cross_validated(
    examples: Sequence[Example], rows: Rows, stretches: _Stretches
) -> tuple[dict[str, Head], list[Judgement]]:
    """Return the heads learnt from all, calibrated, and the judgements of those not learnt from."""
    cards = [example.card for example in examples]
    folds = [fold for _, fold in GroupKFold(FOLDS).split(rows, groups=cards)]
    heads, found = {}, {}
    for name in model.HEADS:
        classes, targets = _targets(name, examples)
        apart = np.zeros((len(stretches.rows), len(classes)))
        whole = np.zeros((len(rows), len(classes)))
        for fold in folds:
            held_out = np.zeros(len(rows), dtype=bool)
            held_out[fold] = True
            part = _fit(name, classes, rows[~held_out], targets[~held_out])
            apart[stretches.of(held_out)] = _scores(part, stretches.rows[stretches.of(held_out)])
            whole[held_out] = _scores(part, rows[held_out])
        scale, shift = _calibrated(name, whole, targets)
        found[name] = model.chances(name, apart * scale + shift)
        head = _fit(name, classes, rows, targets)
        heads[name] = _scaled(head, scale, shift)
    columns = {name: head.classes for name, head in heads.items()}
    return heads, judgements(found, stretches.lengths, columns)


def _targets(name: str, examples: Sequence[Example]) -> tuple[tuple[str, ...], Numbers]:
    """Return the classes of a head and, for each example, 1 where it is of a class."""
    classes: tuple[str, ...]
    if name in _BINARY:
        classes = (name,)
        held = [{name} if example.tier in _BINARY[name] else set() for example in examples]
    elif name == model.KIND:
        classes = FRICTION_KINDS
        held = [set(example.kinds) for example in examples]
    else:
        held = [{e.label if name == model.LABEL else e.trigger or ""} for e in examples]
        classes = tuple(sorted(set().union(*held)))
    return classes, np.array([[float(one in has) for one in classes] for has in held])


def _fit(name: str, classes: tuple[str, ...], rows: Rows, targets: Numbers) -> Head:
    """Return a head; a class that never or always occurs gets no weights."""
    rows = csr_matrix(rows)  # nine of ten numbers are 0
    weights = np.zeros((SIZE, len(classes)), dtype=np.float32)
    bias = np.full(len(classes), -10.0, dtype=np.float32)
    if name in {model.LABEL, model.TRIGGER}:
        present = np.flatnonzero(targets.any(axis=0))
        fitted = _regression().fit(rows, targets.argmax(axis=1))
        weights[:, present], bias[present] = fitted.coef_.T, fitted.intercept_
        return Head(classes, weights, bias)
    for column in range(len(classes)):
        if 0 < targets[:, column].sum() < len(targets):
            fitted = _regression().fit(rows, targets[:, column])
            weights[:, column], bias[column] = fitted.coef_[0], fitted.intercept_[0]
    return Head(classes, weights, bias)


def _regression() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=_MOST_ROUNDS)


def _scores(head: Head, rows: Rows) -> Numbers:
    return (rows @ head.weights + head.bias).astype(np.float64)


def _calibrated(name: str, scores: Numbers, targets: Numbers) -> tuple[Numbers, Numbers]:
    """Return by what the scores of unseen examples are multiplied, and what is added.

    One factor for classes that exclude each other; factor and summand for each of the others.
    """
    columns = scores.shape[1]
    if name in {model.LABEL, model.TRIGGER}:
        chosen = targets.astype(bool)
        factors = np.geomspace(0.2, 5.0, 81)
        losses = [-np.log(model.chances(name, scores * f)[chosen] + 1e-12).mean() for f in factors]
        return np.full(columns, factors[int(np.argmin(losses))]), np.zeros(columns)
    scale, shift = np.ones(columns), np.zeros(columns)
    for column in range(columns):
        if 0 < targets[:, column].sum() < len(targets):
            line = LogisticRegression(C=100.0).fit(scores[:, [column]], targets[:, column])
            scale[column], shift[column] = line.coef_[0, 0], line.intercept_[0]
    return scale, shift


def _scaled(head: Head, scale: Numbers, shift: Numbers) -> Head:
    """Return the head with its calibration inside, as exact as the file holds it."""
    weights = (head.weights * scale).astype(np.float16).astype(np.float32)
    bias = np.round(head.bias * scale + shift, 4).astype(np.float32)
    return Head(head.classes, weights, bias)


def _read(made: Model, examples: Sequence[Example], lexicons: Reader) -> Iterable[Pair]:
    if not examples:
        return
    stretches = _stretches(examples, lexicons)
    columns = {name: head.classes for name, head in made.heads.items()}
    found = judgements(made.probabilities(stretches.rows), stretches.lengths, columns)
    for example, judgement in zip(examples, found, strict=True):
        evidence = lexicons.look(example.text).evidence
        yield example, decide(evidence, judgement, made.thresholds)


def _told(pairs: Sequence[Pair]) -> dict[str, dict[str, str]]:
    return {
        language: {name: str(rate) for name, rate in measures.items() if rate.n}
        for language, measures in by_language(pairs).items()
    }


def report(trained: Trained) -> list[str]:
    """Return what a person wants to know of a training, line by line."""
    lines = [f"{name:<12}{value:.2f}" for name, value in asdict(trained.model.thresholds).items()]
    for title, pairs in (("unseen, by folds", trained.unseen), ("frozen", trained.frozen)):
        for language, measures in by_language(pairs).items():
            lines += ["", f"{language}, {title}"]
            lines += [f"  {name:<22}{rate}" for name, rate in measures.items() if rate.n]
            own = [pair for pair in pairs if pair[0].language == language]
            lines += [f"    {label:<20}{rate}" for label, rate in red_by_label(own).items()]
    return lines
