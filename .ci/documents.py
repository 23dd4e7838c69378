"""Runs the lines of docs/clients.md: each block of code that is marked `run`, in its language. The one
that follows a stream is compiled, and used by the walk."""

import os
import re
import subprocess
import sys

from tools import ROOT

PAGE = ROOT / "docs/clients.md"
BLOCK = re.compile(r"^```(\w+) run\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOLLOW = re.compile(r"^```ts\n(export async function follow.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language):
    found = BLOCK.findall(PAGE.read_text())
    return [text for known, text in found if known == language]


def run(folder, command, env):
    given = {**os.environ, **env, "TALENTATS_TOKEN": env["TALENTATS_ADMIN_TOKEN"]}
    ran = subprocess.run(command, cwd=folder, env=given, stdin=subprocess.DEVNULL, timeout=120,
                         capture_output=True, text=True)
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"


def run_shell(env):
    for text in (shell := blocks("sh")):
        run(ROOT, ["bash", "-euo", "pipefail", "-c", text], env)
    assert len(shell) >= 2, "the page has lost its lines"
    print(f"docs/clients.md: {len(shell)} blocks of curl run")


def run_python(folder, env):
    [text] = blocks("python")
    run(folder, [sys.executable, "-c", text], env)
    print("docs/clients.md: the lines in Python run")


def write_typescript(folder):
    [first] = blocks("ts")
    (folder / "first.ts").write_text(first)
    [follow] = FOLLOW.findall(PAGE.read_text())
    (folder / "follow.ts").write_text(follow)


def run_typescript(folder, env):
    run(folder, ["node", "built/first.js"], env)
    print("docs/clients.md: the lines in TypeScript run")
