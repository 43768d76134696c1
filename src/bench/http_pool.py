"""HTTP + Pool in Python: what one writes in an afternoon instead of Procpool, with the standard library alone.

usage: http_pool.py PORT PROCESSES [MAXTASKSPERCHILD]
"""

import json
import multiprocessing
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from served import CALLABLE


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave as one packet: two would meet Nagle's algorithm and wait 40 ms for the client's ACK.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self):
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        function = CALLABLE[call["func"]]
        if self.path == "/map":
            value = self.server.pool.map(function, call["iterable"])
        else:
            value = self.server.pool.apply(function, call["args"])
        body = json.dumps(value, separators=(",", ":")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def main():
    port, processes, *rest = (int(word) for word in sys.argv[1:])
    pool = multiprocessing.Pool(processes, maxtasksperchild=rest[0] if rest else None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with pool, Server(("127.0.0.1", port), Handler) as server:
        server.pool = pool
        server.serve_forever()


if __name__ == "__main__":
    main()
