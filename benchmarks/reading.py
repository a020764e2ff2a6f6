"""What reading a text costs: time by length, the load, memory.

`python -m benchmarks.reading --help`; how to read it, and figures: README.md beside this file.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import yaml

from bot import bootstrap
from bot.texts.bundle import load
from bot.understanding.examples import examples_of
from bot.understanding.reader import Reader

USUAL = 200
"""Characters: a message of usual length."""

GOAL = 10.0
"""Milliseconds of CPU a message of usual length may take, median and 99th of a hundred."""

_ROUNDS = 3
_LONGEST = 4_096


def messages(given: Path | None) -> list[str]:
    """Return the texts of a file of JSON lines, or those of the examples."""
    if given:
        lines = given.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["text"] for line in lines if line.strip()]
    folder = bootstrap.content_folder()
    files = sorted(folder.glob("*/understanding/*.yaml"))
    texts = {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files}
    if not texts:
        return [row["text"] for row in _test_messages() if row["text"].strip()]
    return [example.text for example in examples_of(texts)]


def _test_messages() -> Iterable[dict[str, str]]:
    folder = Path(__file__).parent.parent / "tests" / "understanding"
    for file in sorted(folder.glob("messages_*.yaml")):
        yield from yaml.safe_load(file.read_text(encoding="utf-8"))


def spent(read: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Return the milliseconds of CPU for each text: of several rounds, the one in the middle."""
    rounds = []
    for _ in range(_ROUNDS):
        times = []
        for text in texts:
            since = time.process_time()
            read(text)
            times.append((time.process_time() - since) * 1_000)
        rounds.append(times)
    return [statistics.median(each) for each in zip(*rounds, strict=True)]


def resident() -> float:
    """Return the megabytes this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def measured(reader: Reader, texts: Sequence[str]) -> dict[str, float]:
    """Return the figures, by name."""
    before, since = resident(), time.perf_counter()
    reader.read(".")
    figures = {
        "load_s": time.perf_counter() - since,
        "memory_mb": resident() - before,
    }
    usual = [text for text in texts if len(text) <= USUAL]
    times = sorted(spent(reader.read, usual))
    figures["usual_n"] = len(usual)
    figures["usual_median_ms"] = statistics.median(times)
    figures["usual_p99_ms"] = times[int(0.99 * (len(times) - 1))]
    figures["usual_worst_ms"] = times[-1]
    evening = " ".join(texts)
    for length in (500, 1_000, _LONGEST):
        figures[f"chars_{length}_ms"] = max(spent(reader.read, [evening[:length]]))
    earlier = tuple(usual[:6])
    joined = spent(lambda text: reader.read(text, earlier), usual[:200])
    figures["after_six_median_ms"] = statistics.median(joined)
    figures["memory_at_the_end_mb"] = resident() - before
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=Path, help="JSON lines with a text each")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    asked = parser.parse_args()
    reader = bootstrap.reader_of(load(bootstrap.content_folder()))
    texts = messages(asked.messages)
    # What the lexicons load at their first text is not the statistical reader's.
    for text in texts[:200]:
        reader.look(text)
    figures = measured(reader, texts)
    if asked.json:
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
        return
    for name, value in figures.items():
        print(f"{name:<22}{value:>10.2f}")
    within = max(figures["usual_median_ms"], figures["usual_p99_ms"]) <= GOAL
    print(f"goal of {GOAL:.0f} ms for {USUAL} characters: {'met' if within else 'MISSED'}")


if __name__ == "__main__":
    main()
