import pytest


@pytest.fixture
def anyio_backend() -> str:
    """The bot runs on asyncio alone."""
    return "asyncio"
