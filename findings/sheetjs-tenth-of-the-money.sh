#!/usr/bin/env bash
# What it shows: sums in cells that are shown in units of ten thousand yuan come out of SheetJS (xlsx 0.18.5, and 0.20.3 as packed in
#   @e965/xlsx) as a tenth of what they are. Spreadsheets have no format that divides by ten thousand, so Chinese offices write
#   0"."0,"万元" (or 0\.0,"万元"): divide by a thousand, and put a literal point before the last digit. The cell of 35,000,000 yuan is
#   3500.0万元 in a spreadsheet program and to Excelize (excelize-wasm 0.1.3); SheetJS's sheet_to_csv, which writes the cell's text
#   unless told otherwise, has 350.00万元, and so has sheet_to_json with raw: false. xlsx-stream-reader 1.1.1 has it from SheetJS.
# Why it matters to such a register: budgets and prices of instruments are kept in such columns. A tenth of a sum is a good sum with a
#   good unit behind it, and the readers of the CSV file never see the original cell.
# What we do about it: money is exchanged in yuan as plain numbers, with no format that scales. Partners: give sheet_to_csv
#   rawNumbers: true, which writes 35000000.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 @e965/xlsx@0.20.3 excelize-wasm@0.1.3 xlsx-stream-reader@1.1.1 >/dev/null
cat > show.cjs <<'JS'
const fs = require("fs");
const readers = { "xlsx 0.18.5": require("xlsx"), "@e965/xlsx 0.20.3": require("@e965/xlsx") };
const { init } = require("excelize-wasm");
const StreamReader = require("xlsx-stream-reader");
const formats = ['0"."0,"万元"', '0\\.0,"万元"', "#,##0"];
const sums = [[12000, "1.2", ".12"], [1234567, "123.5", "12.35"], [35000000, "3500.0", "350.00"]];

const stream = (file) => new Promise((done, failed) => {
  const book = new StreamReader(), rows = [];
  book.on("error", failed).on("worksheet", (sheet) => {
    sheet.on("row", (row) => rows.push(row.values.slice(1))).on("end", () => done(rows));
    sheet.process();
  });
  fs.createReadStream(file).pipe(book);
});

(async () => {
  const X = readers["xlsx 0.18.5"];
  const sheet = X.utils.aoa_to_sheet(sums.map(([sum]) => formats.map((z) => ({ t: "n", v: sum, z }))));
  X.writeFile({ SheetNames: ["经费"], Sheets: { 经费: sheet } }, "sums.xlsx");
  const seen = {};
  for (const [name, reader] of Object.entries(readers)) {
    const read = reader.readFile("sums.xlsx"), table = read.Sheets["经费"];
    seen[`${name}, sheet_to_csv`] = reader.utils.sheet_to_csv(table, { FS: "|" }).trim().split("\n").map((row) => row.split("|"));
    seen[`${name}, sheet_to_json with raw: false`] = reader.utils.sheet_to_json(table, { header: 1, raw: false });
    seen[`${name}, sheet_to_csv with rawNumbers`] = reader.utils.sheet_to_csv(table, { FS: "|", rawNumbers: true }).trim().split("\n").map((row) => row.split("|"));
  }
  seen["xlsx-stream-reader 1.1.1"] = await stream("sums.xlsx");
  const excelize = await init("node_modules/excelize-wasm/excelize.wasm.gz");
  seen["excelize-wasm 0.1.3"] = excelize.OpenReader(fs.readFileSync("sums.xlsx")).GetRows("经费").result;
  let changed = false;
  console.log(`formats: ${formats.join("  ")}`);
  for (const [name, rows] of Object.entries(seen)) {
    console.log(name);
    sums.forEach(([sum, guess, known], place) => {
      const cells = (shown) => [`${shown}万元`, `${shown}万元`, sum.toLocaleString("en-US")];
      const [wanted, expected] = name.endsWith("rawNumbers") ? [Array(3).fill(String(sum)), Array(3).fill(String(sum))]
        : [cells(guess), cells(name.startsWith("excelize") ? guess : known)];
      console.log(`  ${sum} yuan\n    guess: ${wanted.join(" ")}\n    seen:  ${rows[place].join(" ")}`);
      changed ||= JSON.stringify(rows[place]) !== JSON.stringify(expected);
    });
  }
  console.log(changed ? "the behaviour changed" : "a tenth of the money, with the unit behind it");
  process.exit(changed ? 1 : 0);
})();
JS
node show.cjs
