"""llama.cpp's own HTTP server in a process of its own: ``llama_server.py FILE [THREADS]``.

Prints its address as the first line and serves, on loopback, until its standard input is closed.
"""

from __future__ import annotations

import sys


def main() -> None:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = sys.argv[1]
    parameters.n_ctx, parameters.n_parallel, parameters.warmup = 8192, 1, False
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.verbosity, parameters.port = -1, 0
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
