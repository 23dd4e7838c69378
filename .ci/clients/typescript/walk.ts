// The walk of a third party in TypeScript, with what openapi-typescript and openapi-fetch make of
// the document: import, register, export, wait, read the log. Everything below is typed by the
// document alone; `tsc --strict` is half of the check, running it is the other half.
import createClient from "openapi-fetch";
import type { components, paths } from "./talentats.js";

type Problem = components["schemas"]["ProblemDocument"];
type Attempt = components["schemas"]["Attempt"];
type Outcome = components["schemas"]["Outcome"];

const { TALENTATS_URL, TALENTATS_TOKEN, RECEIVER_URL } = process.env;
const client = createClient<paths>({
  baseUrl: TALENTATS_URL!,
  headers: { Authorization: `Bearer ${TALENTATS_TOKEN}` },
});

/** The answer, or the problem in its own words. */
function told<T>(answer: { data?: T; error?: Problem }): T {
  if (answer.error) throw new Error(`${answer.error.type}: ${answer.error.detail}`);
  if (answer.data === undefined) throw new Error("neither an answer nor a problem");
  return answer.data;
}

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`expected ${what}`);
}

const me = told(await client.GET("/v1/me"));
expect(me.role === "org_admin", "an admin");

// NDJSON is text: it goes out as it is.
const run = Date.now();
const lines = [
  { kind: "vacancy", reference: `TS-${run}`, title: "Walker", stages: ["Applied", "Shortlisted"] },
  { kind: "candidate", reference: `TS-C-${run}`, first_name: "Zoë", last_name: "Typed" },
  { kind: "application", reference: `TS-A-${run}`, candidate: `TS-C-${run}`, vacancy: `TS-${run}`,
    stage: "Applied", applied_at: "2026-11-23T10:00:00Z" },
];
const imported = told(await client.POST("/v1/import", {
  body: lines.map((line) => JSON.stringify(line)).join("\n"),
  bodySerializer: (text) => text,
  headers: { "Content-Type": "application/x-ndjson" },
}));
expect(imported.applications.created === 1, "one application");

const url = `${RECEIVER_URL}/typescript-${run}`;
const webhook = told(await client.POST("/v1/webhooks", { body: { url } }));
expect(webhook.secret.startsWith("whsec_"), "a secret");

// Kinds of problems are words of the type, and what they speak of are members.
const again = await client.POST("/v1/webhooks", { body: { url } });
expect(again.error?.type === "/problems/webhook_exists", "a URL that is there already");
expect(again.error.webhook_id === webhook.id, "the id of the other one");

const vacancies = told(await client.GET("/v1/vacancies", { params: { query: { limit: 200 } } }));
const vacancy = vacancies.items.find((vacancy) => vacancy.reference === `TS-${run}`);
expect(vacancy !== undefined, "the imported vacancy");
const people = told(await client.GET("/v1/vacancies/{id}/applications", {
  params: { path: { id: vacancy.id }, query: { status: ["active", "hired"] } },
}));
const selection = {
  vacancy_id: vacancy.id,
  webhook_id: webhook.id,
  application_ids: people.items.map((application) => application.id),
};

let sent = told(await client.POST("/v1/exports", {
  body: selection,
  params: { header: { "Idempotency-Key": `typescript-${run}` } },
}));
while (["queued", "delivering", "retrying"].includes(sent.status)) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  sent = told(await client.GET("/v1/exports/{id}", { params: { path: { id: sent.id } } }));
}
expect(sent.status === "delivered", `a delivery, and not: ${sent.explanation}`);

const outcome: Outcome[] = ["delivered"];
const log = told(await client.GET("/v1/attempts", {
  params: { query: { export_id: sent.id, outcome } },
}));
const attempts: Attempt[] = log.items;
expect(attempts.length === 1 && attempts[0]?.http_status === 200, "one attempt, answered 200");

console.log(`TypeScript: ${sent.explanation}`);
