"""``python -m bench [name ...]``: run every bench_*.py of this folder, or those named."""

import asyncio
import sys
from importlib import import_module
from pathlib import Path

wanted = sys.argv[1:]
for path in sorted(Path(__file__).parent.glob("bench_*.py")):
    name = path.stem.removeprefix("bench_")
    if not wanted or name in wanted:
        print(f"== {name}", flush=True)
        asyncio.run(import_module(f"bench.{path.stem}").main())
