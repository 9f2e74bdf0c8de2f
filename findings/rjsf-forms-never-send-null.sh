#!/usr/bin/env bash
# What it shows: a form that @rjsf/core 6.11.1 draws from a schema whose members may be null gives no null when the user empties a field:
#   the member is undefined and vanishes from the JSON, in text, number and date fields and inside objects alike.
# Why it matters to such a register: what a form holds is sent as a merge patch (RFC 7396), where only null deletes. The clerk removes the
#   e-mail of a person who left, saves, sees success, and the register still has it.
# What we do about it: null deletes and absence keeps, as RFC 7396 has it, and the answer shows the whole record: show that after saving.
#   Makers of forms compare with what was read before and send null for what went away. "ui:emptyValue": null does it for texts and
#   numbers, as the second half shows, but not for dates.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts @rjsf/core@6.11.1 @rjsf/utils@6.11.1 @rjsf/validator-ajv8@6.11.1 \
  react@18.3.1 react-dom@18.3.1 jsdom@26.1.0 >/dev/null
cat > check.cjs <<'JS'
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('');
for (const name of ['navigator', 'document', 'HTMLElement', 'Element', 'Node', 'Event', 'MutationObserver']) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
Object.assign(globalThis, { window, IS_REACT_ACT_ENVIRONMENT: true });
const { act, createElement } = require('react');
const { createRoot } = require('react-dom/client');
const Form = require('@rjsf/core').default;
const validator = require('@rjsf/validator-ajv8').default;

const text = { type: ['string', 'null'] };
const schema = { type: 'object', properties: {
  remarks: text, approved_on: { ...text, format: 'date' }, rank: { type: ['integer', 'null'] },
  contact: { type: 'object', properties: { email: text } },
} };
const before = { remarks: 'old', approved_on: '2026-01-01', rank: 3, contact: { email: 'lab@example.org' } };
const cleared = (uiSchema) => {
  let formData = before;
  const place = document.body.appendChild(document.createElement('div'));
  const form = { schema, uiSchema, validator, formData, onChange: (change) => { formData = change.formData; } };
  act(() => createRoot(place).render(createElement(Form, form)));
  const value = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, 'value');
  for (const field of place.querySelectorAll('input')) {
    act(() => { value.set.call(field, ''); field.dispatchEvent(new window.Event('input', { bubbles: true })); });
  }
  place.remove();
  return formData;
};
const empty = { 'ui:emptyValue': null };
const plain = JSON.stringify(cleared({}));
const told = cleared({ remarks: empty, approved_on: empty, rank: empty, contact: { email: empty } });
console.log('every field of', JSON.stringify(before), 'emptied by the user, @rjsf/core 6.11.1');
console.log('guess: null in each of them, since null is allowed');
console.log('seen: ', plain);
console.log('seen:  with ui:emptyValue null:', JSON.stringify(told));
const known = '{"remarks":null,"rank":null,"contact":{"email":null}}';
if (plain !== '{"contact":{}}' || JSON.stringify(told) !== known) { console.error('the behaviour changed'); process.exit(1); }
JS
node check.cjs 2> errors || { cat errors >&2; exit 1; }
