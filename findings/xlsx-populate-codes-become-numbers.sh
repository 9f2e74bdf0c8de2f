#!/usr/bin/env bash
# What it shows: xlsx-populate 1.21.0 makes a number of every text cell that looks as a number would be printed, and leaves the others:
#   in one column of division codes 510100 is a number and 030122 a text; of the sectors 01 stays and 13 does not; a year 2025 becomes
#   a number, a version 1.10 does not. Of codes of eighteen digits those become numbers that a float prints as they are (…4560, not …4567). It
#   does not end with reading: open a workbook, write one other cell, save, and all those text cells are number cells in the file.
# Why it matters to such a register: a workbook made here is opened by a partner's program, which fills in one column and sends it back;
#   the codes in the other columns are of two kinds then. A comparison or a lookup by text finds those that begin with a zero and misses
#   the rest, and with few rows in the trial nobody sees it.
# What we do about it: codes are texts wherever they leave the register, and a reader of cells must not take a number for a code
#   unless it has the full length. Partners: String(value) mends what was read; what was saved is mended for no other reader.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx-populate@1.21.0 exceljs@4.4.0 >/dev/null
cat > show.cjs <<'JS'
const ExcelJS = require("exceljs");
const XlsxPopulate = require("xlsx-populate");
const texts = [  // the text in the cell, and whether xlsx-populate leaves it
  ["510100", false], ["030122", true], ["01", true], ["13", false], ["1.10", true], ["2025", false], ["-5", false], ["1E3", true],
  ["500000123456", false], ["512345678901234567", true], ["512345678901234560", false], ["重庆大学", true],
];
const version = (name) => `${name} ${require(`${name}/package.json`).version}`;
const column = (book) => texts.map((_, place) => book.worksheets[0].getCell(place + 1, 1).value);

(async () => {
  const made = new ExcelJS.Workbook(), sheet = made.addWorksheet("codes");
  texts.forEach(([text]) => { sheet.addRow([text]).getCell(1).numFmt = "@"; });
  await made.xlsx.writeFile("codes.xlsx");
  const book = await XlsxPopulate.fromFileAsync("codes.xlsx");
  const read = texts.map((_, place) => book.sheet(0).cell(place + 1, 1).value());
  book.sheet(0).cell("B1").value("checked");
  await book.toFileAsync("saved.xlsx");
  const before = new ExcelJS.Workbook(), after = new ExcelJS.Workbook();
  await before.xlsx.readFile("codes.xlsx");
  await after.xlsx.readFile("saved.xlsx");
  console.log(version("xlsx-populate"), version("exceljs"));
  console.log("text cells, formatted as text; guess: as in the file, and so they stay when another cell is written");
  let changed = false;
  texts.forEach(([text, kept], place) => {
    const seen = [column(before)[place], read[place], column(after)[place]];
    console.log(`  ${JSON.stringify(text)}: in the file ${JSON.stringify(seen[0])}, read ${JSON.stringify(seen[1])}, in the saved file ${JSON.stringify(seen[2])}`);
    changed ||= JSON.stringify(seen) !== JSON.stringify([text, ...(kept ? [text, text] : [Number(text), Number(text)])]);
  });
  console.log(changed ? "the behaviour changed" : "six of twelve texts became numbers");
  process.exit(changed ? 1 : 0);
})();
JS
node show.cjs
