"""Which contenders meet in which figure, in which order, for how long."""

import time

import figures
import figures_imap
import figures_java
import figures_scaling
import processes
from contenders import HttpPool, Pool, Procpool, Server
from pools import RecyclingPool, ServicePool

PLANNED = ("1", "2", "3", "4", "5", "6", "7", "8", "9")
# Figures 4 and 6 to 8 take `few` rounds, 9 two at most; `stream` has the items of a stream by its chunksize.
FULL = {
    "rounds": 5, "few": 3, "seconds": 2, "warm_up": 10, "maps": 3, "starts": 5, "limit": 590,
    "java_warm_up": 3, "stream": {1: 30_000, 100: 500_000, 1000: 1_000_000}, "calls": 16, "items": 40, "short": 5,
}  # fmt: skip
QUICK = {
    "rounds": 2, "few": 1, "seconds": 1, "warm_up": 8, "maps": 2, "starts": 1, "limit": 150,
    "java_warm_up": 1, "stream": {1: 10_000, 100: 100_000, 1000: 200_000}, "calls": 6, "items": 8, "short": 2,
}  # fmt: skip


class Run:
    def __init__(self, options, folder, jar, java):
        self.options, self.sizes = options, QUICK if options.quick else FULL
        self.folder = folder
        count = options.processes
        debian = {"needs": "uwsgi", "package": "uwsgi uwsgi-plugin-python3"}
        self.procpool = Procpool(count, folder, java[0], jar)
        self.fork, self.forkserver = Pool(count, folder, "fork"), Pool(count, folder, "forkserver")
        self.http_pool = HttpPool(count, folder)
        self.gunicorn = Server("gunicorn sync", count, folder, "run-gunicorn", "gunicorn", "gunicorn")
        self.uwsgi = Server("uwsgi http-socket", count, folder, "run-uwsgi", **debian, KEEP_ALIVE="no")
        self.keeping = Server("uwsgi http keep-alive", count, folder, "run-uwsgi", **debian, KEEP_ALIVE="yes")
        self.steady = [self.procpool, self.fork, self.http_pool, self.gunicorn, self.uwsgi, self.keeping]
        self.mapping = [self.procpool, self.fork, self.http_pool]
        self.servers = [one for one in self.steady if isinstance(one, Server)]
        self.figures = []

    def chosen(self, contenders):
        words = self.options.only.lower().split(",") if self.options.only else [""]
        return [one for one in contenders if any(word in one.name.lower() for word in words)]

    def measure(self):
        began = time.monotonic()
        deadline = began + self.sizes["limit"]
        self.warm_up()
        # Starts come last: they want the services of the other figures gone.
        for number in ("1", "2", "3", "4", "6", "7", "8", "9", "5"):
            if number not in self.options.wanted:
                continue
            if number == "5":
                self.close()
            for figure in getattr(self, f"_figure_{number}")():
                self.figures.append(figure)
                figure.run(deadline)
            self.dismiss()
        self.figures.sort(key=lambda figure: figure.title[0])
        return time.monotonic() - began

    def _figure_1(self):
        yield figures.one_connection(self.chosen(self.steady), self.sizes["rounds"], self.sizes["seconds"])

    def _figure_2(self):
        yield figures.many_connections(self.chosen(self.steady), self.sizes["rounds"], self.sizes["seconds"])

    def _figure_3(self):
        yield figures.big_map(self.chosen(self.mapping), self.sizes["rounds"], 1_000_000)

    def _figure_4(self):
        count, thorough = self.options.processes, not self.options.quick
        for number in (1, 100):
            http_pool = HttpPool(count, self.folder, number)
            self.servers.append(http_pool)
            pools = [Pool(count, self.folder, method, number) for method in ("fork", "forkserver")]
            them = self.chosen([RecyclingPool(self.procpool, "", number, processes=count), *pools, http_pool])
            yield figures.recycling(them, self.sizes["few"], self.sizes["seconds"], number, thorough=thorough)

    def _figure_5(self):
        starting = [self.procpool, self.fork, self.forkserver, self.http_pool, self.gunicorn, self.uwsgi]
        yield figures.first_answer(self.chosen(starting), self.sizes["starts"])

    def _figure_6(self):
        rounds, seconds, warm_up = self.sizes["few"], self.sizes["seconds"], self.sizes["java_warm_up"]
        both = [ServicePool(self.procpool, f"{it} pool", runtime=it, processes=self.options.processes) for it in ("java", "python")]
        them = self.chosen([*both, self.fork])
        yield figures_java.java_apply(them, rounds, seconds, 32, warm_up)
        yield figures_java.java_apply(them, rounds, seconds, 1, warm_up)
        yield figures_java.java_map(them, rounds, 1_000_000, self.sizes["maps"])

    def _figure_7(self):
        yield figures_imap.imap(self.chosen([self.procpool, self.fork]), self.sizes["few"], self.sizes["stream"])

    def _figure_8(self):
        count, few = self.options.processes, self.sizes["few"]
        for number in (1, 100):
            # A JVM for each task is slow: few of them would end in a second or two.
            seconds = max(4, self.sizes["seconds"]) if number == 1 else self.sizes["seconds"]
            pools = [RecyclingPool(self.procpool, f"{it} pool", number, runtime=it, processes=count) for it in ("java", "python")]
            yield figures_java.java_recycling(self.chosen(pools), few, seconds, number, thorough=not self.options.quick)
            self.dismiss()
        life = figures_java.LIFE
        pools = [RecyclingPool(self.procpool, f"{it} pool", life, runtime=it, processes=1) for it in ("java", "python")]
        yield figures_java.replacement(self.chosen(pools), min(few, 2), self.sizes["calls"])

    def _figure_9(self):
        them = [figures_scaling.Workers(self.procpool, it, kind) for it in ("python", "java") for kind in ("process", "thread")]
        yield figures_scaling.scaling(self.chosen(them), min(self.sizes["few"], 2), self.sizes["items"], self.sizes["short"])

    def dismiss(self):
        """Ends the pools that the last figure made."""
        for contender in self.figures[-1].contenders if self.figures else []:
            if hasattr(contender, "dismiss"):
                contender.dismiss()

    def warm_up(self):
        """The JVM compiles what is called often; the others get a second, too."""
        wanted = set(self.options.wanted)
        if wanted == {"5"}:
            return
        warm = self.steady if wanted & {"1", "2"} else self.mapping if "3" in wanted else [self.procpool]
        # Whatever --only says of the names of its pools, the service is measured.
        for contender in self.chosen(warm) or [self.procpool]:
            figures.progress(f"warm-up: {contender.name}")
            try:
                contender.prepare()
                if contender is self.procpool:
                    self.warm_up_procpool(wanted)
                elif isinstance(contender, Server):
                    contender.applies(32, 1)
            except (processes.Skipped, figures.load.WrongAnswer, OSError) as why:
                # The figures try it again and say so in their rows.
                figures.progress(f"warm-up: {contender.name}: {why}")

    def warm_up_procpool(self, wanted):
        seconds, maps = self.sizes["warm_up"], self.sizes["maps"] if "3" in wanted else 0
        self.procpool.applies(32, seconds * 7 // 10)
        self.procpool.applies(1, seconds * 3 // 10)
        if maps:
            call = figures.load.MapCall.of_integers("math.sqrt", 1_000_000)
            for _ in range(maps):
                self.procpool.map(call)
        note = f"procpool's JVM was warmed up by {seconds} s of apply" + (f" and {maps} maps" if maps else "")
        processes.print_note(note + "; figure 5 is cold")

    def close(self):
        for server in self.servers:
            server.close()
