"""The tools that checks find or install: a Node that is new enough, packages by their lock files,
and scratch folders under target/."""

import filecmp
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What the packages of receivers ask for, and @redocly/cli: Debian 12 has 18.
OLDEST_NODE, NODE_FOR_CLIENTS = (18, 0), (20, 19)


def not_checked(what):
    print(f"\n*** NOT CHECKED: {what}\n", file=sys.stderr)


def has_node(what, oldest=OLDEST_NODE):
    """Whether node and npm are there and new enough; tells what is not checked when not."""
    if not (shutil.which("node") and shutil.which("npm")):
        why = "this machine has no node and npm"
    else:
        told = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout
        version = tuple(map(int, re.findall(r"\d+", told)[:2]))
        if version >= oldest:
            return True
        why = f"node {told.strip()} is older than {'.'.join(map(str, oldest))}"
    not_checked(f"{what}: {why}")
    return False


def node_folder():
    """The TypeScript project, copied below target/ with its packages as the lock file names them."""
    source, folder = ROOT / ".ci/clients/typescript", ROOT / "target/ci-typescript"
    folder.mkdir(parents=True, exist_ok=True)
    locked = folder / "node_modules/.locked"
    lock = source / "package-lock.json"
    for file in source.iterdir():
        shutil.copy(file, folder)
    if not (locked.exists() and filecmp.cmp(lock, locked, shallow=False)):
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True,
                       stdin=subprocess.DEVNULL)
        shutil.copy(lock, locked)
    return folder
