"""How the Bot API says no."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class Refusal(Exception):
    """A call that Telegram turns down.

    Args:
        status: HTTP status, which Telegram repeats as `error_code`.
        description: what Telegram writes for it.
        retry_after: seconds, for 429.
        page: body to send instead of the envelope, as a gateway in front of Telegram does.
    """

    def __init__(
        self, status: int, description: str, retry_after: int | None = None, page: str | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.page = page

    def envelope(self) -> Json:
        """Return the JSON object of the answer."""
        answer: Json = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


def bad_request(reason: str) -> Refusal:
    """Return a 400; like Telegram, the first letter becomes small unless it begins a code."""
    is_code = len(reason) > 1 and (reason[1] == "_" or reason[1].isupper())
    return Refusal(400, f"Bad Request: {reason if is_code else reason[:1].lower() + reason[1:]}")


def too_many_requests(seconds: int) -> Refusal:
    """Return a 429 that asks for a pause of so many seconds."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


class Impossible(Exception):
    """Something a person could not do in Telegram: press a button that is not there."""
