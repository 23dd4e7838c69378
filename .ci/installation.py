"""An installation of its own for a check: `talentats up` in a folder that goes away with it."""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 120


@contextlib.contextmanager
def installation(binary, settings=None):
    """Starts it on free ports; what `up.env` says, as a dictionary. Its log is shown when the check
    fails."""
    with tempfile.TemporaryDirectory() as folder, open(f"{folder}/log", "w+") as log:
        up = subprocess.Popen([binary, "up", "--data-dir", f"{folder}/data", "--port", "0"],
                              env={**os.environ, **(settings or {})}, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(up, pathlib.Path(log.name))
            yield environment(pathlib.Path(f"{folder}/data/up.env").read_text())
        except BaseException:
            # What its processes say; the rest is for people, tokens included.
            lines = pathlib.Path(log.name).read_text().splitlines()
            said = [line for line in lines if line.startswith(("api  ", "worker  ", "receiver |"))]
            print(*said[-40:], sep="\n", file=sys.stderr)
            raise
        finally:
            up.terminate()
            up.wait(timeout=60)


def wait_for(up, log):
    deadline = time.monotonic() + PATIENCE_S
    while "up.env" not in log.read_text():
        assert up.poll() is None, "`talentats up` ended before it was ready"
        assert time.monotonic() < deadline, "`talentats up` is not ready in time"
        time.sleep(0.1)


def environment(text):
    lines = (line.removeprefix("export ").partition("=") for line in text.splitlines() if "=" in line)
    return {name: value.strip("'\"") for name, _, value in lines}
