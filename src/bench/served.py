"""What the contenders other than procpool serve: the functions of the figures, by the name a request gives."""

import json
import math

CALLABLE = {"math.factorial": math.factorial, "math.sqrt": math.sqrt, "math.isqrt": math.isqrt}


def application(environ, start_response):
    """WSGI, for gunicorn and uwsgi: the call runs in the process that has read the request."""
    call = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    value = CALLABLE[call["func"]](*call["args"])
    body = json.dumps(value).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
