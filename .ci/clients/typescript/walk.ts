// The walk of a third party in TypeScript, with what openapi-typescript and openapi-fetch make of
// the document: import, register, preview, export, wait, follow, read the log and the receipt, make an API
// key and revoke it. Everything below is typed by the document alone; `tsc --strict` is half of the check, running it is the other half.
import createClient from "openapi-fetch";
import { follow } from "./follow.js";
import type { components, paths } from "./talentats.js";

type Problem = components["schemas"]["ProblemDocument"];
type Attempt = components["schemas"]["Attempt"];
type Export = components["schemas"]["Export"];
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
expect(webhook.secret?.startsWith("whsec_") === true, "a secret");

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

const preview = told(await client.POST("/v1/exports/preview", { body: { ...selection, sample: 1 } }));
expect(preview.can_be_created && preview.candidate_count === 1, "one person who can go");
expect(preview.sample[0]?.full_name === "Zoë Typed", "the person as it goes out");

// The key goes into somebody else's program; it may export, and see what it asked for.
const made = told(await client.POST("/v1/api-keys", {
  body: { name: `typescript-${run}`, role: "recruiter", expires_in_days: 1 },
}));
const program = createClient<paths>({
  baseUrl: TALENTATS_URL!,
  headers: { Authorization: `Bearer ${made.secret}` },
});

const sent: Export = told(await program.POST("/v1/exports", {
  body: { ...selection, selection_digest: preview.selection_digest },
  params: { header: { "Idempotency-Key": `typescript-${run}`, Prefer: "wait=10" } },
}));
expect(sent.status === "delivered", `a delivery, and not: ${sent.explanation}`);
let streamed = "";
await follow(`${TALENTATS_URL}/v1/exports/${sent.id}/events`, async () => made.secret!, (event, data) => {
  if (event === "status") streamed = data.status;
});
expect(streamed === "delivered", "the stream to tell the end, and to end");

/** Follows a scripted stream, and tells the whole seconds of each pause. */
async function pauses(script: (() => Response)[]): Promise<number[]> {
  const [fetched, timed, waited] = [globalThis.fetch, globalThis.setTimeout, [] as number[]];
  globalThis.fetch = async () => script.shift()!();
  globalThis.setTimeout = ((run: () => void, ms: number) => {
    waited.push(Math.floor(ms / 1000));
    queueMicrotask(run);
  }) as typeof setTimeout;
  await follow("/", async () => "", () => {}).finally(() => {
    [globalThis.fetch, globalThis.setTimeout] = [fetched, timed];
  });
  return waited;
}

const ends = (reason: string) => () => new Response(`event: end\ndata: {"reason":"${reason}"}\n\n`);
const refusing = () => { throw new Error("refused"); };
const busy = (status: number) => () => new Response("", { status, headers: { "Retry-After": "7" } });
const waited = await pauses([ends("stopping"), refusing, busy(503), busy(429), ends("behind"), ends("finished")]);
expect(waited.length === 4, `a pause wherever no stream was got, and not: ${waited}`);
expect(waited.slice(1, 3).every((seconds) => seconds >= 7), `Retry-After to be kept, and not: ${waited}`);
const over = await pauses([ends("unauthenticated"), () => new Response("over", { status: 401 })]).catch(String);
expect(String(over).includes("over"), "no more following once the token is not accepted");

const outcome: Outcome[] = ["delivered"];
const log = told(await client.GET("/v1/attempts", {
  params: { query: { export_id: sent.id, outcome } },
}));
const attempts: Attempt[] = log.items;
expect(attempts.length === 1 && attempts[0]?.http_status === 200, "one attempt, answered 200");

const receipt = told(await program.GET("/v1/exports/{id}/receipt", {
  params: { path: { id: sent.id } },
}));
expect(typeof receipt !== "string" && receipt.receipt.export_id === sent.id, "a receipt");

const revoked = await client.DELETE("/v1/api-keys/{id}", { params: { path: { id: made.id } } });
expect(revoked.response.status === 204, "a revoked key");
const refused = await program.GET("/v1/me");
expect(refused.error?.type === "/problems/unauthenticated", "a key that works no longer");

console.log(`TypeScript: ${sent.explanation}`);
