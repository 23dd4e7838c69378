"""The walk of a third party in Python, with what openapi-python-client makes of the document:
import, register, preview, export, wait, read the log and the receipt, make an API key and revoke it.
`talentats` is the generated package."""

import json
import os
import time

from talentats import AuthenticatedClient
from talentats.api.api_keys import create_api_key, revoke_api_key
from talentats.api.attempts import list_attempts
from talentats.api.exports import create_export, get_export, get_export_receipt, preview_export
from talentats.api.me import get_me
from talentats.api.vacancies import list_applications, list_vacancies
from talentats.api.webhooks import create_webhook
from talentats.models import (
    AcceptedExport,
    ApiKeyRole,
    ApplicationStatus,
    CreateApiKey,
    CreatedApiKey,
    CreatedWebhook,
    CreateExport,
    CreateWebhook,
    ExportPreview,
    ExportStatus,
    ImportCounts,
    Outcome,
    PreviewExport,
    ProblemType,
    Role,
    SignedReceipt,
    UnauthenticatedProblem,
    WebhookExistsProblem,
)

client = AuthenticatedClient(os.environ["TALENTATS_URL"], os.environ["TALENTATS_TOKEN"])


def import_lines(lines: list[dict]) -> ImportCounts:
    """By hand: the generator knows no NDJSON."""
    body = "\n".join(json.dumps(line) for line in lines)
    head = {"Content-Type": "application/x-ndjson"}
    answer = client.get_httpx_client().post("/v1/import", content=body, headers=head, timeout=600)
    answer.raise_for_status()
    return ImportCounts.from_dict(answer.json())


me = get_me.sync(client=client)
assert me.role == Role.ORG_ADMIN, me

run = time.time_ns()
imported = import_lines([
    {"kind": "vacancy", "reference": f"PY-{run}", "title": "Walker", "stages": ["Applied", "Shortlisted"]},
    {"kind": "candidate", "reference": f"PY-C-{run}", "first_name": "Zoë", "last_name": "Typed"},
    {"kind": "application", "reference": f"PY-A-{run}", "candidate": f"PY-C-{run}", "vacancy": f"PY-{run}",
     "stage": "Applied", "applied_at": "2026-11-23T10:00:00Z"},
])
assert imported.applications.created == 1, imported

url = f"{os.environ['RECEIVER_URL']}/python-{run}"
webhook = create_webhook.sync(client=client, body=CreateWebhook(url=url))
assert isinstance(webhook, CreatedWebhook) and webhook.secret.startswith("whsec_"), webhook

# Kinds of problems are types, and what they speak of are members.
again = create_webhook.sync(client=client, body=CreateWebhook(url=url))
assert isinstance(again, WebhookExistsProblem) and again.webhook_id == webhook.id, again
assert again.type_ == ProblemType.WEBHOOK_EXISTS, again

vacancies = list_vacancies.sync(client=client, limit=200).items
vacancy = next(vacancy for vacancy in vacancies if vacancy.reference == f"PY-{run}")
people = list_applications.sync(vacancy.id, client=client, status=[ApplicationStatus.ACTIVE, ApplicationStatus.HIRED])
selection = {
    "vacancy_id": vacancy.id,
    "webhook_id": webhook.id,
    "application_ids": [application.id for application in people.items],
}

preview = preview_export.sync(client=client, body=PreviewExport(**selection, sample=1))
assert isinstance(preview, ExportPreview) and preview.can_be_created, preview
assert [person.full_name for person in preview.sample] == ["Zoë Typed"], preview

# The key goes into somebody else's program; it may export, and see what it asked for.
wanted = CreateApiKey(name=f"python-{run}", role=ApiKeyRole.RECRUITER, expires_in_days=1)
made = create_api_key.sync(client=client, body=wanted)
assert isinstance(made, CreatedApiKey), made
program = AuthenticatedClient(os.environ["TALENTATS_URL"], made.secret)

confirmed = CreateExport(**selection, selection_digest=preview.selection_digest)
export = create_export.sync(client=program, body=confirmed, idempotency_key=f"python-{run}", prefer="wait=10")
assert isinstance(export, AcceptedExport), export
export = get_export.sync(export.id, client=program)
assert export.status == ExportStatus.DELIVERED, export.explanation

attempts = list_attempts.sync(client=client, export_id=export.id, outcome=[Outcome.DELIVERED]).items
assert [attempt.http_status for attempt in attempts] == [200], attempts

receipt = get_export_receipt.sync(export.id, client=program)
assert isinstance(receipt, SignedReceipt) and receipt.receipt.export_id == export.id, receipt

assert revoke_api_key.sync_detailed(made.id, client=client).status_code == 204
assert isinstance(get_me.sync(client=program), UnauthenticatedProblem), "a key that works no longer"

print(f"Python: {export.explanation}")
