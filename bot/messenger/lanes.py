"""One queue a chat: what arrives at the same moment is served in the order of arrival (P5)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Lanes:
    """The queues of all chats; a chat nobody waits in takes no room."""

    def __init__(self) -> None:
        self._last: dict[int, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def turn(
        self, chat: int, patience: float, meanwhile: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[None]:
        """Wait until all that came before in a chat is served, and hold the chat for the block.

        Args:
            chat: which queue.
            patience: seconds of waiting after which `meanwhile` is done, once.
            meanwhile: what cannot wait any longer.
        """
        ahead = self._last.get(chat)
        mine = self._last[chat] = asyncio.get_running_loop().create_future()
        try:
            if ahead is not None:
                done, _ = await asyncio.wait({ahead}, timeout=patience)
                if not done:
                    await meanwhile()
                    await asyncio.wait({ahead})
            yield
        finally:
            if ahead is None or ahead.done():
                ahead = None
                mine.set_result(None)
            else:
                # Given up while waiting: whoever is behind still waits for the one before.
                ahead.add_done_callback(lambda _: mine.set_result(None))
            if self._last.get(chat) is mine:
                if ahead is None:
                    del self._last[chat]
                else:
                    self._last[chat] = ahead
