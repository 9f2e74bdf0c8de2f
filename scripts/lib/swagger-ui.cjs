// swagger-ui.cjs CHROMIUM ROUNDS NAME=URL…: milliseconds of Swagger UI's steps, by turns, and their medians at the end.
const puppeteer = require("puppeteer-core")

const [chromium, rounds, ...named] = process.argv.slice(2)
const steps = ["list", "open", "execute", "all"]
const shown = (times) => steps.map((step) => `${step} ${Math.round(times[step])} ms`).join(", ")

const measure = async (browser, url) => {
  const context = await browser.createBrowserContext() // without the cache of the round before
  const page = await context.newPage()
  const start = performance.now()
  await page.goto(`${url}/docs/`, { waitUntil: "domcontentloaded" })
  await page.waitForSelector(".opblock-tag")
  const listed = performance.now()
  await page.click(".opblock-tag")
  const operation = await page.waitForSelector(".opblock .opblock-summary-control")
  await operation.click()
  const button = await page.waitForSelector(".opblock-body .execute")
  const opened = performance.now()
  await button.click()
  const status = await page.waitForSelector(".live-responses-table .response-col_status")
  const done = performance.now()
  const text = await status.evaluate((cell) => cell.textContent)
  const answered = await page.$$eval(".live-responses-table tbody .response-col_status", (cells) => cells.map((cell) => cell.textContent))
  if (!`${text} ${answered}`.includes("200")) throw new Error(`${url} answered ${text} ${answered}`)
  await context.close()
  return { list: listed - start, open: opened - listed, execute: done - opened, all: done - start }
}

const main = async () => {
  const sides = named.map((one) => ({ name: one.slice(0, one.lastIndexOf("=")), url: one.slice(one.lastIndexOf("=") + 1), times: [] }))
  const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] })
  for (let round = 1; round <= Number(rounds); round++) {
    for (const side of sides) {
      const times = await measure(browser, side.url)
      side.times.push(times)
      console.log(`round ${round}, ${side.name}: ${shown(times)}`)
    }
  }
  await browser.close()
  const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)]
  const middle = (side) => Object.fromEntries(steps.map((step) => [step, median(side.times.map((times) => times[step]))]))
  for (const side of sides) {
    const part = (middle(side).all / middle(sides[0]).all).toFixed(2)
    console.log(`median of ${side.name}: ${shown(middle(side))}; ${part} of the first`)
  }
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
