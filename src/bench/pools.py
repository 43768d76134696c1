"""Pools of the service under test, made by PUT. They have no process of their own: the service is procpool's."""

import json
import time

import load
from processes import Skipped, print_note


class ServicePool:
    def __init__(self, service, name, **spec):
        self.service, self.spec = service, spec
        self.name = f"procpool, {name}" if name else "procpool"
        self.runtime = spec.get("runtime", "python")
        self.call = load.MULTIPLY if self.runtime == "java" else load.FACTORIAL
        self.path = "/v1/pools/" + "-".join(["bench", *(str(value) for value in spec.values())])

    def prepare(self):
        self.service.prepare()
        self.ask((200, 201), "PUT", self.path, json.dumps(self.spec))

    def check(self):
        load.check_apply(self.service.port, self.path + "/apply", self.call)

    def applies(self, connections, seconds, check=False):
        return load.wrk(self.name, self.service.port, self.path + "/apply", connections, seconds, check, self.call)

    def map(self, call, verb="map"):
        return call.measure(self.service.port, f"{self.path}/{verb}")

    def dismiss(self):
        """The end of the pool: its workers would be there in the figures that follow."""
        if self.service.child:
            self.ask((204, 404), "DELETE", self.path)

    def ask(self, wanted, method, path, body=None):
        status, answer = load.request(self.service.port, method, path, body)
        if status not in wanted:
            raise load.WrongAnswer(f"{method} {path} answered {status} {answer[:300]!r}")
        return answer


class RecyclingPool(ServicePool):
    """Its workers run `maxtasksperchild` tasks each, which is checked."""

    def __init__(self, service, name, maxtasksperchild, **spec):
        super().__init__(service, name, maxtasksperchild=maxtasksperchild, **spec)
        self.maxtasksperchild = maxtasksperchild

    def applies(self, connections, seconds, check=False):
        before = self._pids()
        measured = super().applies(connections, seconds, check)
        self._settle()
        if not measured["requests"]:
            raise Skipped(f"no call was answered within {seconds} s")
        # Whoever does not recycle would win this figure.
        if before & self._pids() and measured["requests"] > 3 * self.maxtasksperchild * len(before):
            raise load.WrongAnswer(f"workers of {self.path} outlived their {self.maxtasksperchild} tasks")
        return measured

    def _settle(self, patience=60):
        """Until the calls that wrk left behind at its end are over: each costs a worker, whose start the next round would meet."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            state = json.loads(self.ask((200,), "GET", self.path))
            if not (state["queued"] or state["workers"]["busy"] or state["workers"]["starting"]):
                return
            time.sleep(0.02)
        print_note(f"{self.path} still had calls of wrk {patience} s after its end")

    def _pids(self):
        workers = json.loads(self.ask((200,), "GET", self.path + "/workers"))["workers"]
        return {worker["pid"] for worker in workers}
