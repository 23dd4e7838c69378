"""Exports to a real receiver, whose request the official Standard Webhooks packages must accept,
and whose body the published JSON Schema, read by Ajv in its strict mode. They must make the published
test vectors, and accept what `talentats send` posts.

Run in an environment that has the PyPI package; the npm package is tried where node and npm are.
Usage: verify-signatures.py TALENTATS_BINARY
"""

import datetime
import http.server
import json
import queue
import subprocess
import sys
import threading
import urllib.request

from installation import installation
from standardwebhooks import Webhook
from tools import ROOT, has_node

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
VECTORS_PROGRAM = """
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
for (const { title, secrets, id, timestamp, body, signature } of JSON.parse(readFileSync(0, "utf8"))) {
  const made = secrets.map((secret) => new Webhook(secret).sign(id, new Date(timestamp * 1000), body));
  if (made.join(" ") !== signature) throw new Error(title);
}
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


def send(binary, secret, url):
    """What `talentats send` posts is signed like an export, and is one."""
    command = [binary, "send", "--url", url, "--secret", secret]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "answered 200" in told and "accepted both candidates" in told, told
    headers, body = Receiver.requests.get(timeout=30)
    payload = json.loads(body)
    assert payload["test"] is True and payload["export"]["id"] == headers["webhook-id"], payload
    verify_with_python(secret, headers, body)


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


def verify_vectors():
    """Those of the OpenAPI document, with the Python package; what the JavaScript one is asked."""
    document = json.loads((ROOT / "openapi/openapi.json").read_text())
    vectors = document["webhooks"]["candidatesExported"]["post"]["x-signature-vectors"]
    assert len(vectors) >= 3, "the document has no vectors"
    for vector in vectors:
        at = datetime.datetime.fromtimestamp(vector["timestamp"], tz=datetime.timezone.utc)
        signed = [Webhook(secret).sign(vector["id"], at, vector["body"]) for secret in vector["secrets"]]
        assert " ".join(signed) == vector["signature"], vector["title"]
    print(f"the Python package makes the {len(vectors)} test vectors")
    return vectors


def main(binary):
    vectors = verify_vectors()
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    with receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        with installation(binary) as env:
            hook = f"http://127.0.0.1:{receiver.server_port}/hook"
            secret, headers, body, count = export(env, hook)
            send(binary, secret, hook)
            documents = list(published(env))
        receiver.shutdown()
    verify_with_python(secret, headers, body)
    print(f"the Python package accepts the signature of {count} candidates")
    if has_node("the JavaScript package and the schema"):
        verify_with_javascript(secret, headers, body, count)
        run_javascript("vectors.mjs", VECTORS_PROGRAM, "standardwebhooks@1", vectors)
        print("the JavaScript package accepts it, too, and makes the test vectors")
        verify_schema(documents, body)
        print("Ajv's strict mode takes the schema, which takes the sample, the export and later words")


main(sys.argv[1])
