"""The same evening as in the tests of the services."""

from tests.services.conftest import evening, parts

__all__ = ["evening", "parts"]
