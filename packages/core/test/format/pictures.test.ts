// One realistic plan in every form that people look at.
import { assert, describe, it } from "@effect/vitest";
import { processorTime } from "../cost.ts";
import { planDot } from "../../src/format/dot.ts";
import { planMarkdown } from "../../src/format/markdown.ts";
import { planMermaid } from "../../src/format/mermaid.ts";
import { planSvg } from "../../src/format/svg.ts";
import { expectGolden } from "./golden.ts";
import { imageAddress, replicaAddress } from "../../src/plan/Address.ts";
import type { Plan, Step } from "../../src/plan/Plan.ts";
import { shop } from "./shop.ts";

const golden = (name: string): URL => new URL(`./golden/${name}`, import.meta.url);

describe("a realistic plan", () => {
  it("as Markdown", () => expectGolden(planMarkdown(shop), golden("shop.md")));
  it("in Graphviz' language", () => expectGolden(planDot(shop), golden("shop.dot")));
  it("as a Mermaid flowchart", () => expectGolden(planMermaid(shop), golden("shop.mmd")));
  it("as a picture", () => expectGolden(planSvg(shop), golden("shop.svg")));
  it("never shows a secret", () => {
    for (const text of [planMarkdown(shop), planDot(shop), planMermaid(shop), planSvg(shop)])
      assert.notInclude(text, "hunter2");
  });
});

const hostile = 'a"b<script>|`c`&#x;]\\n*@everyone';
const strange: Plan = {
  ...shop,
  project: { ...shop.project, name: hostile },
  steps: [
    {
      id: 1,
      address: imageAddress(hostile),
      operation: { _tag: "PullImage", image: hostile, services: [], tolerateFailure: false },
      reason: { _tag: "Missing" },
      needs: [],
    },
  ],
  notices: [{ _tag: "Warning", message: `${hostile}\nnext line` }],
  confirmations: [],
  untouched: [],
};

describe("names that look like markup", () => {
  it("stay text in Markdown", () => {
    const text = planMarkdown(strange).replace(/(`{3,})[\s\S]*?\1/g, "");
    assert.notMatch(text, /[^\\]<script>/);
    assert.notInclude(text, "@everyone");
    const row = text.split("\n").find((line) => line.includes("pull |"));
    assert.strictEqual(row?.replaceAll("\\|", "").split("|").length, 7, "five cells");
  });
  it("stay text in SVG, which is well-formed", () => {
    const text = planSvg(strange);
    assert.notInclude(text, "<script>");
    assert.notMatch(text, /&(?!amp;|lt;|gt;|quot;)/);
  });
  it("stay inside their quotes in dot and Mermaid", () => {
    const dotLine = planDot(strange)
      .split("\n")
      .find((line) => line.includes("s1 ["));
    assert.include(dotLine, String.raw`a\"b<script>`);
    const mermaidLine = planMermaid(strange)
      .split("\n")
      .find((line) => line.includes("s1["));
    assert.strictEqual(mermaidLine?.split('"').length, 3);
  });
  it("values with fences do not end the block they stand in", () => {
    const fields = [{ path: "command", before: "```\nx", after: "````" }];
    const step = {
      ...strange.steps[0],
      address: replicaAddress("web", 1),
      operation: { _tag: "StartContainer", container: { _tag: "Existing", id: "1", name: "web" } },
      reason: { _tag: "ConfigChanged", fields },
    };
    assert.include(
      planMarkdown({ ...strange, steps: [step as Step] }),
      "`````diff\n@@ command @@\n- ```\n- x\n+ ````\n`````",
    );
  });
});

describe("any size", () => {
  const many = (count: number): Plan => ({
    ...shop,
    steps: Array.from({ length: count }, (_, index): Step => ({
      id: index + 1,
      address: replicaAddress(`service-${index % 100}`, 1 + Math.floor(index / 100)),
      operation: {
        _tag: "StartContainer",
        container: { _tag: "Existing", id: String(index), name: `project-service-${index}` },
      },
      reason: { _tag: "NotRunning", state: "exited" },
      needs: index < 7 ? [] : [index - 6, index - 2, index],
    })),
  });
  it("Markdown keeps to its limit, what matters first", () => {
    for (const limit of [65_000, 5_000, 300]) {
      const text = planMarkdown(many(2_000), { limit, graph: true });
      assert.isAtMost(text.length, limit);
      assert.include(text, "### shop: up");
      assert.include(text, "Left out for length");
    }
  });
  it("an empty plan draws too", () => {
    const empty: Plan = { ...shop, steps: [], notices: [], confirmations: [] };
    assert.include(planSvg(empty), "Plan: nothing to do.");
    assert.include(planMarkdown(empty), "Plan: nothing to do.");
    assert.include(planDot(empty), "digraph plan {");
    assert.strictEqual(planMermaid(empty), "flowchart LR\n");
  });
  it("two thousand steps take no more than seconds of processor time", { timeout: 120_000 }, () => {
    const plan = many(2_000);
    const cost = processorTime(() => {
      planSvg(plan);
      planDot(plan);
    });
    assert.isBelow(cost, 8_000);
  });
});
