"""Requests that schemathesis makes of the OpenAPI document, to a live installation, once as each role
and once as nobody: no server error, no answer that the document does not tell, no authentication that
is ignored. Bounded: a fixed seed, and so many cases an operation.

Run with the Python of the environment that .ci/run makes. Usage: fuzz.py TALENTATS_BINARY
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

from installation import installation
from tools import ROOT

HERE = pathlib.Path(sys.executable).parent
SEED, PATIENCE_S = 20261126, 180
# The admin comes last: what it deletes, the others would miss.
# Token and cases an operation: beside these come those that are made of the document's own examples
# and limits, some 900 as each role.
ROLES = {
    "recruiter": ("TALENTATS_RECRUITER_TOKEN", 20),
    "support": ("TALENTATS_SUPPORT_TOKEN", 10),
    "nobody": (None, 5),
    "org_admin": ("TALENTATS_ADMIN_TOKEN", 25),
}
# What a schema cannot say is refused all the same (an id of nothing, a name that is taken, a key that
# stands for another request), so this check of schemathesis is wrong about us.
NOT_FOR_US = "positive_data_acceptance"
# Streams that last: they end when their export does, which may be never.
ENDLESS = ["follow_export", "follow_exports"]
# A run is one caller, and asks more than people do.
NO_LIMITS = {"CALLER_LIMIT": "0", "ORGANISATION_LIMIT": "0"}


def command(env, role, report):
    token, cases = ROLES[role]
    yield from [HERE / "schemathesis", "run", env["TALENTATS_URL"] + "/openapi.json"]
    yield from ["--phases", "examples,coverage,fuzzing", "--exclude-checks", NOT_FOR_US]
    yield from ["--seed", str(SEED), "--generation-deterministic", "--max-examples", str(cases)]
    yield from ["--request-timeout", "20", "--warnings", "off"]
    yield from ["--continue-on-failure", "--no-color", "--report", "junit", "--report-dir", report]
    for operation in ENDLESS:
        yield from ["--exclude-operation-id", operation]
    if token:
        yield from ["--header", f"Authorization: Bearer {env[token]}"]


def fuzz(env, role):
    hooks = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(ROOT / ".ci")}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as report:
        ran = subprocess.run(list(command(env, role, report)), cwd=report, env={**os.environ, **hooks},
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
    if ran.returncode:
        print(ran.stdout, ran.stderr, file=sys.stderr)
        sys.exit(f"schemathesis found something as {role}")
    cases = next((line.strip() for line in ran.stdout.splitlines() if "generated" in line), "?")
    print(f"schemathesis as {role}: {cases}, no issue ({time.monotonic() - began:.0f} s)")


def main(binary):
    with installation(binary, NO_LIMITS) as env:
        for role in ROLES:
            fuzz(env, role)


main(sys.argv[1])
