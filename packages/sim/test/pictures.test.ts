// Pictures and documents of simulations, as golden files; the JSON fits its published schema.
import { assert, describe, it } from "@effect/vitest";
import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { simulationDocument, simulationSchema } from "../src/document.ts";
import { exploreCrashPoints } from "../src/explore.ts";
import { drawMarkdown } from "../src/picture/markdown.ts";
import { spell, ticks } from "../src/picture/scale.ts";
import { drawSvg } from "../src/picture/svg.ts";
import { drawText } from "../src/picture/text.ts";
import { rehearse } from "../src/rehearse.ts";
import { shop, subjectOf, violated, withFaults } from "./subject.ts";

const changed = subjectOf(shop("1"), shop("2"));
const plain = { columns: 100, paint: (_: string, text: string) => text };
const runs = {
  change: rehearse(changed),
  killed: withFaults(changed, `kill@${changed.plan.steps.find(({ operation, address }) => operation._tag === "StopContainer" && address === "service:db:1")?.id}`),
  unhealthy: withFaults(changed, "db: unhealthy"),
  first: rehearse(subjectOf(undefined, { ...shop("1"), services: { ...shop("1").services, migrate: { image: "web:1", command: ["migrate"] }, ui: { image: "web:1", depends_on: { migrate: { condition: "service_completed_successfully" } } } } })),
  looping: withFaults(subjectOf(undefined, { name: "p", services: { web: { image: "web", restart: "always" } } }), "web: exits 1 after 2s"),
};
const names = Object.keys(runs) as ReadonlyArray<keyof typeof runs>;

describe("for terminals", { timeout: 240_000 }, () => {
  it.each(names)("%s", async (name) => {
    const { timeline, services } = runs[name];
    await expect(`${drawText(timeline, services, plain).join("\n")}\n`).toMatchFileSnapshot(`golden/timeline-${name}.txt`);
  });
  it("never wider than asked, never without a sign for what happened", () => {
    for (const columns of [40, 60, 80, 200]) {
      for (const name of names) {
        const lines = drawText(runs[name].timeline, runs[name].services, { ...plain, columns });
        const widest = Math.max(...lines.map((line) => Array.from(line).length));
        assert.isAtMost(widest, columns, `${name} at ${columns}`);
        for (const lane of runs[name].timeline.lanes) for (const { phase } of lane.spans) if (phase === "unhealthy") assert.include(lines.join("\n"), "x");
      }
    }
  });
  it("colours do not change the text", () => {
    const { timeline, services } = runs.killed;
    const marked = drawText(timeline, services, { columns: 100, paint: (_, text) => `\u0001${text}\u0002` }).join("\n");
    // oxlint-disable-next-line no-control-regex
    assert.strictEqual(marked.replaceAll(/[\u0001\u0002]/g, ""), drawText(timeline, services, plain).join("\n"));
  });
  it("nothing to do is no picture", () => {
    const idle = rehearse(subjectOf(shop("1"), shop("1")));
    assert.deepStrictEqual([drawText(idle.timeline, idle.services, plain), idle.exitCode], [[], 0]);
    assert.include(drawSvg(idle.timeline, idle.services, "idle"), "Nothing to do.");
  });
});

describe("as SVG", { timeout: 240_000 }, () => {
  it.each(["change", "killed"] as const)("%s", async (name) => {
    const { timeline, services } = runs[name];
    const svg = drawSvg(timeline, services, `up shop, simulated`);
    await expect(svg).toMatchFileSnapshot(`../../../docs/pictures/simulate-${name}.svg`);
    assert.notMatch(svg, /<script|href|NaN|undefined|Infinity/);
  });
  it("escapes what people wrote", () => {
    assert.include(drawSvg(runs.change.timeline, runs.change.services, `<b> & "q"`), "&lt;b&gt; &amp; &quot;q&quot;");
  });
});

const judged = [
  { assertion: "healthy(db) >= 1", violation: violated(changed, "healthy(db) >= 1", runs.change) },
  { assertion: "healthy(web) >= 0", violation: violated(changed, "healthy(web) >= 0", runs.change) },
];
const explorations = [exploreCrashPoints(changed)];

it("as Markdown", async () => {
  await expect(drawMarkdown(runs.change, "up shop, simulated", judged, explorations)).toMatchFileSnapshot("golden/simulation.md");
});

describe("as JSON", { timeout: 240_000 }, () => {
  const documents = names.map((name) => simulationDocument(runs[name], { command: "up", judged, explorations }));
  it("fits its schema, and leaves nothing undescribed", () => {
    const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(simulationSchema("closed"));
    for (const document of documents) assert.isTrue(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors?.slice(0, 3)));
    assert.isFalse(validate({ ...documents[0], surprise: 1 }));
    assert.isFalse(validate({ ...documents[0], exitCode: "0" }));
  });
  it("the schema in the repository is the one that is meant", async () => {
    const file = new URL("../schema/simulation.schema.json", import.meta.url);
    await expect(`${JSON.stringify(simulationSchema(), null, 2)}\n`).toMatchFileSnapshot("../schema/simulation.schema.json");
    const published = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(readFileSync(file, "utf8")) as object);
    assert.isTrue(published({ ...JSON.parse(JSON.stringify(documents[0])), future: 1 }), "readers of version 1 accept new fields");
  });
  it("is the same for the same run", () => {
    assert.deepStrictEqual(simulationDocument(rehearse(changed), { command: "up", judged, explorations }), documents[0]);
  });
});

describe("time", () => {
  it("is spelt so that it can be read", () => {
    assert.deepStrictEqual([0, 350, 3400, 59_960, 65_000, 7_380_000].map(spell), ["0s", "350ms", "3.4s", "1m00s", "1m05s", "2h03m"]);
  });
  it("has round ticks", () => {
    assert.deepStrictEqual(ticks(7000, 8), [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000]);
    assert.deepStrictEqual(ticks(100_000, 5), [0, 30_000, 60_000, 90_000]);
  });
});
