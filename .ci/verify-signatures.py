"""Exports to a real receiver, whose request the official Standard Webhooks packages must accept,
and whose body the published JSON Schema, read by Ajv in its strict mode.

Run in an environment that has the PyPI package; the npm package is tried where node and npm are.
Usage: verify-signatures.py TALENTATS_BINARY
"""

import http.server
import json
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request

from standardwebhooks import Webhook

ROOT = pathlib.Path(__file__).resolve().parent.parent
NODE_PACKAGES = ROOT / "target" / "ci-node"
NODE_PROGRAM = """
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
const payload = new Webhook(secret).verify(body, headers);
if (payload.candidates.length !== Number(process.argv[2])) throw new Error("candidates are missing");
try { new Webhook(secret).verify(body + " ", headers); } catch { process.exit(0); }
throw new Error("a changed body was accepted");
"""
SCHEMA_PROGRAM = """
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
const { schema, bodies } = JSON.parse(readFileSync(0, "utf8"));
const accepts = new Ajv({ strict: true, allErrors: true }).compile(schema);
const check = (body, expected) => {
  if (accepts(body) !== expected) throw new Error(JSON.stringify(accepts.errors));
};
for (const body of bodies.map((text) => JSON.parse(text))) {
  check(body, true);
  // What may come within version 1: more members, and words that nobody knows yet.
  const later = structuredClone(body);
  later.schema_version = "1.9";
  later.surprise = { nested: [1] };
  later.type = "candidates.updated";
  later.export.include.push("references");
  later.export.requested_by.type = "schedule";
  later.candidates[0].application_status = "on_hold";
  later.candidates[0].application.status = "on_hold";
  later.candidates[0].surprise = null;
  check(later, true);
  delete later.candidates[0].full_name;
  check(later, false);
}
"""


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what comes and answers 200."""

    requests: "queue.Queue[tuple[dict, bytes]]" = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        Receiver.requests.put(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def call(env, token, path, body=None):
    request = urllib.request.Request(
        env["TALENTATS_URL"] + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {env[token]}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def export(env, url):
    """Registers the receiver, exports everybody who is listed; secret, request, count."""
    webhook = call(env, "TALENTATS_ADMIN_TOKEN", "/v1/webhooks", {"url": url})
    vacancy = call(env, "TALENTATS_RECRUITER_TOKEN", "/v1/vacancies")["items"][0]["id"]
    people = call(env, "TALENTATS_RECRUITER_TOKEN", f"/v1/vacancies/{vacancy}/applications")["items"]
    chosen = [person["id"] for person in people if person["status"] == "active" and not person["restricted"]]
    call(env, "TALENTATS_RECRUITER_TOKEN", "/v1/exports",
         {"vacancy_id": vacancy, "webhook_id": webhook["id"], "application_ids": chosen})
    headers, body = Receiver.requests.get(timeout=30)
    order = [person["application_id"] for person in json.loads(body)["candidates"]]
    assert order == chosen, "one request with all selected candidates, in their order"
    return webhook["secret"], headers, body, len(chosen)


def verify_with_python(secret, headers, body):
    Webhook(secret).verify(body, headers)
    try:
        Webhook(secret).verify(body + b" ", headers)
    except Exception:
        return
    raise AssertionError("a changed body was accepted")


def verify_with_javascript(secret, headers, body, count):
    request = {"secret": secret, "headers": headers, "body": body.decode()}
    run_javascript("verify.mjs", NODE_PROGRAM, "standardwebhooks@1", request, count)


def verify_schema(documents, body):
    schema, sample = (json.loads(text) for text in documents)
    request = {"schema": schema, "bodies": [json.dumps(sample), body.decode()]}
    run_javascript("schema.mjs", SCHEMA_PROGRAM, "ajv@8", request)


def run_javascript(name, text, package, request, *arguments):
    NODE_PACKAGES.mkdir(parents=True, exist_ok=True)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", NODE_PACKAGES, package]
    subprocess.run(install, check=True, stdin=subprocess.DEVNULL)
    program = NODE_PACKAGES / name
    program.write_text(text)
    command = ["node", program, *map(str, arguments)]
    subprocess.run(command, input=json.dumps(request), text=True, check=True)


def published(env):
    for path in ["/schemas/candidates-exported-1.json", "/samples/candidates-exported.json"]:
        with urllib.request.urlopen(env["TALENTATS_URL"] + path, timeout=30) as answer:
            yield answer.read().decode()


def environment(text):
    lines = (line.removeprefix("export ").partition("=") for line in text.splitlines() if "=" in line)
    return {name: value.strip("'\"") for name, _, value in lines}


def main(binary):
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    with tempfile.TemporaryDirectory() as folder, receiver:

        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        up = subprocess.Popen([binary, "up", "--data-dir", f"{folder}/data", "--port", "0"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        try:
            ready = next((line for line in up.stdout if "up.env" in line), None)
            assert ready, "`talentats up` ended before it was ready"
            env = environment(pathlib.Path(f"{folder}/data/up.env").read_text())
            secret, headers, body, count = export(env, f"http://127.0.0.1:{receiver.server_port}/hook")
            documents = list(published(env))
        finally:
            up.terminate()
            up.wait(timeout=60)
            receiver.shutdown()
    verify_with_python(secret, headers, body)
    print(f"the Python package accepts the signature of {count} candidates")
    if shutil.which("node") and shutil.which("npm"):
        verify_with_javascript(secret, headers, body, count)
        print("the JavaScript package accepts it, too")
        verify_schema(documents, body)
        print("Ajv's strict mode takes the schema, which takes the sample, the export and later words")
    else:
        print("NOT CHECKED: the JavaScript package and the schema, because this machine has no node and npm", file=sys.stderr)


main(sys.argv[1])
