"""The OpenAPI document as third parties meet it: linted, and made into clients in TypeScript and
Python, which walk from an import to the log of an export against a live installation.

Run with the Python of the environment that .ci/run makes. Usage: check-clients.py TALENTATS_BINARY
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import documents
from installation import installation
from tools import NODE_FOR_CLIENTS, ROOT, has_node, node_folder

DOCUMENT = ROOT / "openapi/openapi.json"
NEEDS_NODE = "the TypeScript client, its lines in docs/clients.md, and redocly lint"
HERE = pathlib.Path(sys.executable).parent
# What the Python generator cannot make, and says so: uploads of NDJSON, which take five lines by hand,
# and streams of events.
UNKNOWN_TO_PYTHON = ["POST /v1/import ", "GET /v1/exports/events ", "GET /v1/exports/{id}/events "]


def tool(folder, name):
    return folder / "node_modules/.bin" / name


def lint(folder):
    command = [tool(folder, "redocly"), "lint", "--format=json", DOCUMENT]
    # Its hints about newer versions of itself are no findings.
    told = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    problems = json.loads(told.stdout)["problems"]
    for problem in problems:
        print(problem["ruleId"], problem["message"], problem["location"][0]["pointer"], file=sys.stderr)
    assert not problems, "redocly lint has something to say"
    print("redocly lint: 0 errors, 0 warnings")


def make_typescript(folder):
    made = [tool(folder, "openapi-typescript"), DOCUMENT, "--output", "talentats.ts"]
    subprocess.run(made, cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return folder


def make_python():
    source, folder = ROOT / ".ci/clients/python", ROOT / "target/ci-python"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(source / "walk.py", folder)
    command = [HERE / "openapi-python-client", "generate", "--path", DOCUMENT, "--meta", "none",
               "--output-path", folder / "talentats", "--config", source / "config.yaml"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    said = (told.stdout + told.stderr).splitlines()
    warned = [line for line in said if line.startswith(("WARNING", "ERROR", "Unable"))]
    news = [line for line in warned if not any(known in line for known in UNKNOWN_TO_PYTHON)]
    assert not news, "\n".join(said)
    return folder


def walk(folder, command, env):
    token = env["TALENTATS_ADMIN_TOKEN"]
    given = {**os.environ, **env, "TALENTATS_TOKEN": token}
    subprocess.run(command, cwd=folder, env=given, check=True, stdin=subprocess.DEVNULL, timeout=120)


def main(binary):
    python = make_python()
    typescript = make_typescript(node_folder()) if has_node(NEEDS_NODE, NODE_FOR_CLIENTS) else None
    if typescript:
        lint(typescript)
        documents.write_typescript(typescript)
        shutil.rmtree(typescript / "built", ignore_errors=True)
        subprocess.run([tool(typescript, "tsc")], cwd=typescript, check=True)
    with installation(binary) as env:
        walk(python, [sys.executable, "walk.py"], env)
        if typescript:
            walk(typescript, ["node", "built/walk.js"], env)
            documents.run_typescript(typescript, env)
        documents.run_python(python, env)
        documents.run_shell(env)


main(sys.argv[1])
