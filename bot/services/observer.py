"""What is worth counting while the bot runs.

No id, no name and no text ever gets here: only a few fixed words, and seconds (P10).
"""

from typing import Literal, Protocol

Turned = Literal["turned", "repeated", "aside", "failed"]
Sending = Literal["sent", "refused", "blocked", "wait", "unclear"]


class Observer(Protocol):
    """Is told what happened. From any thread, and it must never raise."""

    def update(self, outcome: Turned) -> None:
        """An update was turned, known already, set aside, or could not be turned this time."""

    def turn(self, seconds: float) -> None:
        """A turn with its transaction took so long."""

    def sending(self, outcome: Sending) -> None:
        """One message, and what Telegram said to it; `unclear` means that nobody knows."""

    def due(self, kind: str, state: str) -> None:
        """A row of `due` came to a state: sent, skipped, unknown, or waiting once more."""

    def posted(self, status: int) -> None:
        """A delivery to the webhook was answered with this status."""


class Unobserved:
    """An observer that counts nothing."""

    def update(self, outcome: Turned) -> None:
        """Count nothing."""

    def turn(self, seconds: float) -> None:
        """Count nothing."""

    def sending(self, outcome: Sending) -> None:
        """Count nothing."""

    def due(self, kind: str, state: str) -> None:
        """Count nothing."""

    def posted(self, status: int) -> None:
        """Count nothing."""
