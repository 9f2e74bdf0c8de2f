// A generated TypeScript client makes a joint lab official: create, submit, confirm by both provinces, read.
// `schema.d.ts` is made by openapi-typescript beside this file; compiled by `tsc --strict`.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [baseUrl, secret, lab] = process.argv.slice(2) as [string, string, string];
const content = JSON.parse(lab) as components["schemas"]["JointLab"];

function must<T>(result: { data?: T; error?: unknown; response: Response }, status: number): T {
  if (result.response.status !== status || result.data === undefined) {
    throw new Error(`${result.response.status} instead of ${status}: ${JSON.stringify(result.error)}`);
  }
  return result.data;
}

async function client(name: string) {
  const { POST } = createClient<paths>({ baseUrl });
  const answer = await POST("/oauth2/token", {
    body: { grant_type: "client_credentials", client_id: name, client_secret: secret },
    bodySerializer: (body) => new URLSearchParams(body as Record<string, string>),
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  });
  const { access_token } = must(answer, 200);
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${access_token}` } });
}

const university = await client("cq-university");
const made = await university.POST("/api/v1/joint-labs", { body: content });
const draft = must(made, 201);
const path = { ref: draft.id };

const stale = await university.POST("/api/v1/joint-labs/{ref}/transitions", {
  params: { path, header: { "If-Match": '"99"' } },
  body: { to: "submitted" },
});
if (stale.error?.code !== "revision-conflict" || stale.error.current_revision !== draft.revision) {
  throw new Error(`no conflict: ${JSON.stringify(stale.error)}`);
}

const moved = await university.POST("/api/v1/joint-labs/{ref}/transitions", {
  params: { path, header: { "If-Match": made.response.headers.get("ETag") ?? "" } },
  body: { to: "submitted" },
});
const submitted = must(moved, 200);
const digest = submitted.digest ?? "";

for (const name of ["cq-agency", "sc-agency"]) {
  const agency = await client(name);
  const result = await agency.POST("/api/v1/joint-labs/{ref}/confirmations", {
    params: { path },
    body: { decision: "confirm", digest, signatory: { zh: "示例签署单位" } },
  });
  must(result, 201);
}

// Anybody reads it now, by its code, and in a list.
const anybody = createClient<paths>({ baseUrl });
const record = must(await anybody.GET("/api/v1/joint-labs/{ref}", { params: { path: { ref: submitted.code } } }), 200);
if (record.state !== "active") throw new Error(`the lab is ${record.state}`);
const page = must(await anybody.GET("/api/v1/joint-labs", { params: { query: { code: [record.code], limit: 1 } } }), 200);
if (page.items[0]?.id !== record.id) throw new Error("the list does not have it");
console.log(`TypeScript client: ${record.code} is ${record.state}`);
