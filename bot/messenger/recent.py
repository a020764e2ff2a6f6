"""A few thousand things remembered, the oldest forgotten first."""

from collections import OrderedDict

_MOST = 10_000


class Recent:
    """Numbers that were met lately."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[int, None] = OrderedDict()

    def add(self, number: int) -> bool:
        """Remember a number; return whether it is new."""
        if number in self._numbers:
            return False
        self._numbers[number] = None
        if len(self._numbers) > _MOST:
            self._numbers.popitem(last=False)
        return True

    def discard(self, number: int) -> None:
        """Forget a number."""
        self._numbers.pop(number, None)
