"""The clock of the fake server, for tests that live through days (`ACCANTO_CLOCK=control`)."""

from datetime import UTC, datetime
from typing import Self

import httpx


class ControlClock:
    """Reads the time from the fake server, anew each time it is asked.

    Blocks for a millisecond, so the server must run in another thread or process.

    Args:
        api_url: of the fake server.

    Raises:
        httpx.HTTPError: from `now`, when the server does not answer.
    """

    def __init__(self, api_url: str) -> None:
        self._client = httpx.Client(base_url=api_url, timeout=5.0)

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        answer = self._client.get("/control/clock").raise_for_status()
        return datetime.fromisoformat(answer.json()["now"]).astimezone(UTC)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
