"""Figure 9: what a second worker gains, for work that needs a core and for work that only waits."""

from dataclasses import dataclass

import load
from figures import Figure
from pools import ServicePool

SECONDS = 0.05  # that an item sleeps; those that burn take about as long
SQUARES = 1_500_000
BACKTRACKING = ["(x|xx)+\\1y", "x" * 29]


class Workers:
    """Pools of one and of two workers of a runtime and kind."""

    def __init__(self, service, runtime, kind):
        self.runtime, self.kind = runtime, kind
        self.pools = [ServicePool(service, f"{runtime} {kind}", runtime=runtime, kind=kind, processes=count) for count in (1, 2)]
        self.name = self.pools[0].name

    def prepare(self):
        for pool in self.pools:
            pool.prepare()

    def check(self):
        """Every value of every map is compared."""

    def dismiss(self):
        for pool in self.pools:
            pool.dismiss()


@dataclass
class Work:
    name: str
    verb: str
    call: load.MapCall


def works(runtime, items):
    """What burns and what sleeps in this runtime. Java's are the JDK's own: a search that fails after trying all ways, and sleep."""
    if runtime == "java":
        burning = load.MapCall("java.util.regex.Pattern.matches", [BACKTRACKING] * items, [False] * items, chunksize=1)
        sleeping = load.MapCall("java.lang.Thread.sleep", [round(SECONDS * 1000)] * items, [None] * items, chunksize=1)
        return [Work("CPU-bound", "starmap", burning), Work("sleeping", "map", sleeping)]
    total = (SQUARES - 1) * SQUARES * (2 * SQUARES - 1) // 6
    burning = load.MapCall("work.squares", [SQUARES] * items, [total] * items, chunksize=1)
    sleeping = load.MapCall("work.nap", [SECONDS] * items, [SECONDS] * items, chunksize=1)
    return [Work("CPU-bound", "map", burning), Work("sleeping", "map", sleeping)]


def scaling(contenders, rounds, items, warm_up):
    loads = {runtime: works(runtime, items) for runtime in ("python", "java")}
    short = {runtime: works(runtime, warm_up) for runtime in ("python", "java")}

    def checks(contender):
        # Twice: a JVM compiles, on the other core, what the first calls run.
        for _ in range(2):
            for pool in contender.pools:
                for work in short[contender.runtime]:
                    pool.map(work.call, work.verb)

    def measure(contender):
        rows = {}
        for work in loads[contender.runtime]:
            one, two = (pool.map(work.call, work.verb) for pool in contender.pools)
            rows[f"{work.name}, items per second of 1 worker"] = items / one
            rows[f"{work.name}, speed-up by a second worker"] = one / two
        return rows

    return Figure("9. one worker and two", contenders, rounds, measure, False, checks, compared=False)
