"""`python -m bench`: measure on a database of its own, print the table, write bench/results/latest.json."""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> int:
    django.setup()
    # The log is made as in operation, but does not run through the table.
    nowhere = open(os.devnull, "w")  # noqa: SIM115 (open to the end of the process)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(nowhere)
    from bench import briefings, exports, imports, maps, pages, searches, turns
    from bench.measuring import Result
    from bench.place import bench_database, bench_tenant

    gc.freeze()  # as web servers and workers do
    results: list[Result] = []
    with bench_database():
        tenant = bench_tenant()
        for part in (imports, pages, maps, briefings, searches, exports, turns):
            print(f"… {part.__doc__.splitlines()[0]}", flush=True)
            results += part.measure(tenant)
    width = max(len(result.name) for result in results)
    print(f"{'':{width}}  {'value':>10} {'reference':>10}  unit     ratio  limit")
    for result in results:
        mark = "" if result.is_good else "  ← over"
        print(
            f"{result.name:{width}}  {result.value:>10.2f} {result.reference:>10.2f}  {result.unit:7} "
            f"{result.ratio:>6.2f} {result.limit:>6.2f}{mark}"
        )
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([result.as_dict() for result in results], ensure_ascii=False, indent=1))
    return 0 if all(result.is_good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
