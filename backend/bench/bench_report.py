"""The files of a report of 200 audited episodes: PDF, Word and Excel, cold and again in the same process."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench import say
from codewell.reports import document, drafts
from codewell.reports.excel import xlsx
from codewell.reports.pdf import pdf
from codewell.reports.word import docx

EPISODES, AGAIN = 200, 5


async def main() -> None:
    """Make each file once with nothing warm, then again for other audits of the same size."""
    sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
    from reports import example

    for name, make in (("PDF", pdf), ("Word", docx), ("Excel", xlsx)):
        times = []
        for seed in range(1, AGAIN + 2):
            facts = example.facts(EPISODES, seed=seed)
            start = time.perf_counter()
            body = make(document.report(facts, drafts.drafts_of(facts), example.words()))
            times.append(time.perf_counter() - start)
        said = f"first {times[0]:.2f} s, others {min(times[1:]):.2f} to {max(times[1:]):.2f} s"
        say(f"{name} of {EPISODES} episodes", f"{said}, {len(body) // 1024} KiB")
