"""Figures for Prometheus. A label is one of a few fixed words: no person, id or text (P10)."""

from collections.abc import Callable, Iterator

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bot.services.observer import Sending, Turned
from bot.store.errors import StoreError
from bot.store.figures import Figures

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_log = structlog.get_logger(__name__)


class Metrics:
    """Counts what it is told, in a registry of its own; an `Observer` of the services.

    Args:
        figures: counts what waits in the database; raises StoreError while that is away.
        fingerprint: of the content in use.
    """

    def __init__(self, figures: Callable[[], Figures], fingerprint: Callable[[], str]) -> None:
        self._registry = registry = CollectorRegistry()
        self._updates = Counter(
            "accanto_updates", "Updates, by what became of them", ["outcome"], registry=registry
        )
        self._turns = Histogram(
            "accanto_turn_seconds",
            "One turn with its transaction",
            buckets=_SECONDS,
            registry=registry,
        )
        self._messages = Counter(
            "accanto_messages", "Messages, by what Telegram said", ["outcome"], registry=registry
        )
        self._dues = Counter(
            "accanto_due", "What was due, by how it ended", ["kind", "state"], registry=registry
        )
        self._posts = Counter(
            "accanto_webhook_answers", "Deliveries to the webhook", ["status"], registry=registry
        )
        ProcessCollector(registry=registry)
        registry.register(_Waiting(figures, fingerprint))

    def update(self, outcome: Turned) -> None:
        """Count an update."""
        self._updates.labels(outcome).inc()

    def turn(self, seconds: float) -> None:
        """Count a turn by how long it took."""
        self._turns.observe(seconds)

    def sending(self, outcome: Sending) -> None:
        """Count one try to send a message."""
        self._messages.labels(outcome).inc()

    def due(self, kind: str, state: str) -> None:
        """Count a row of `due`."""
        self._dues.labels(kind, state).inc()

    def posted(self, status: int) -> None:
        """Count a delivery."""
        self._posts.labels(str(status)).inc()

    def page(self) -> bytes:
        """Return all figures as Prometheus reads them; asks the database, so it may block."""
        return generate_latest(self._registry)


class _Waiting(Collector):
    """What is counted at the moment somebody asks."""

    def __init__(self, figures: Callable[[], Figures], fingerprint: Callable[[], str]) -> None:
        self._figures = figures
        self._fingerprint = fingerprint

    def describe(self) -> Iterator[Metric]:
        """Name nothing beforehand: the database need not answer for the bot to start."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; without the database, only that it is away."""
        content = InfoMetricFamily("accanto_content", "The content in use")
        content.add_metric([], {"fingerprint": self._fingerprint()})
        yield content
        try:
            figures = self._figures()
        except StoreError as error:
            _log.warning("figures not read", error=type(error).__name__)
            yield GaugeMetricFamily("accanto_database_up", "1 while it answers", value=0)
            return
        yield GaugeMetricFamily("accanto_database_up", "1 while it answers", value=1)
        for name, about, value in (
            ("accanto_due_waiting", "Rows that are due and wait", figures.due),
            ("accanto_replies_unsent", "Replies that are not sent yet", figures.unsent),
            ("accanto_updates_aside", "Updates that were set aside", figures.aside),
        ):
            yield GaugeMetricFamily(name, about, value=value)
