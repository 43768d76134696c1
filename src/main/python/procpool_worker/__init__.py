"""The Python side of Procpool: a forkserver that imports the functions once, and the workers that run them;
or a thread host, whose workers are its threads.

Standard library only, Python 3.9 to 3.14. What is said over the sockets is in docs/protocol.md.
"""

PROTOCOL_VERSIONS = [1]
