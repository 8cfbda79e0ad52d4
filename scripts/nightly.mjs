// npm run nightly -- --minutes 30 [--seed N] [--report FILE]: tries every property of the simulated engine for as long as told.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { load } from "./bundle.mjs";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, seed: { type: "string" }, report: { type: "string", default: "nightly-report.json" }, survey: { type: "string" } },
});
const minutes = Number(values.minutes);
// Another night, other seeds; the report tells them.
const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) % 1_000_000_000 : Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error("usage: npm run nightly -- --minutes 30 [--seed 1] [--report nightly-report.json]");
  process.exit(2);
}
const { night, survey } = await load("packages/sim/test/night.ts");
if (values.survey !== undefined) {
  console.table(survey(seed, Number(values.survey), Date.now).map(({ failing, ...row }) => ({ ...row, failing: failing.join(" ") })));
  process.exit(0);
}
const report = night({ minutes, seed, now: Date.now, say: (line) => console.log(line) });
writeFileSync(values.report, `${JSON.stringify(report, null, 1)}\n`);
const { findings, ...numbers } = report;
console.log(JSON.stringify(numbers, null, 1));
for (const { kind, seeds, text, test } of findings) console.log(`\n== ${kind}\nseeds ${seeds.join(" ")}\n${text}\n${test}`);
console.log(`${findings.length} findings; the report is in ${values.report}`);
process.exitCode = findings.length === 0 ? 0 : 1;
