#!/usr/bin/env bash
# What it shows: nzh 1.0.14 reads Chinese numbers without 两, the word for two before hundreds, thousands and ten thousands. It does not
#   refuse it, it skips it with the unit behind it: 两千五百 (2,500) is 500, 三万两千 (32,000) is 30,000, 一亿两千万 (120 million) is
#   100 million, and 两万 alone is 0. With 二 for 两 all of them are right. A year written by its digits is lost too: 二〇二五 is 225,
#   and so is 二零二五. What it writes, it reads: encodeS has 二千五百 and never 两.
# Why it matters to such a register: 两 is how people write such numbers; 两千五百台套, two thousand five hundred sets, is 500 then, with
#   no error. A trial with numbers that the library has written itself passes.
# What we do about it: counts and sums are sent in digits; where the service reads the words of a quotation (百分之两百), 两 is two. Partners who must: chinese-parseint2
#   2.0.6 reads each of these, but only where all is in characters: 1万5千 is 1 to it.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund nzh@1.0.14 chinese-parseint2@2.0.6 >/dev/null
cat > show.cjs <<'JS'
const nzh = require("nzh").cn, other = require("chinese-parseint2").default;
const cases = [  // text, guess, nzh
  ["二千五百", 2500, 2500], ["两千五百", 2500, 500], ["三万二千", 32000, 32000], ["三万两千", 32000, 30000],
  ["一亿二千万", 120000000, 120000000], ["一亿两千万", 120000000, 100000000], ["两万", 20000, 0], ["两百三十", 230, 30],
  ["二〇二五", 2025, 225], ["二零二五", 2025, 225],
];
const version = (name) => JSON.parse(require("fs").readFileSync(`node_modules/${name}/package.json`)).version;
console.log(`nzh ${version("nzh")}, chinese-parseint2 ${version("chinese-parseint2")}`);
let changed = false;
for (const [text, guess, known] of cases) {
  const seen = [nzh.decodeS(text), other(text)];
  console.log(`${text}\n  guess: ${guess}\n  seen:  nzh: ${seen[0]}; chinese-parseint2: ${seen[1]}`);
  changed ||= seen[0] !== known || seen[1] !== guess;
}
const back = [2500, 32000, 120000000, 20000, 230].filter((number) => nzh.decodeS(nzh.encodeS(number)) !== number);
console.log(`written and read again by nzh, another number: ${back.length} of 5`);
console.log(`1万5千\n  seen:  chinese-parseint2: ${other("1万5千")}`);
if (changed || back.length || other("1万5千") !== 1) { console.log("the behaviour changed"); process.exit(1); }
JS
node show.cjs
