// What holds for all projects, on worlds that earlier plans have made.
import { it } from "@effect/vitest";
import * as Schema from "effect/Schema";
import { describe, expect } from "vitest";
import type { Observed } from "../../src/observed/Observed.ts";
import { apply, empty, type ModelOptions } from "./applyModel.ts";
import { plan, text, up } from "./planning.ts";
import { desired, type ProjectText } from "./projects.ts";
import { type Drawn, drawn, ProjectDraw } from "./generate.ts";

const timeout = 60_000;
const runs = 60;
/** A pull that is asked for every time says nothing about convergence. */
const settled = { pull: "missing" } as const;

const optionsOf = (...all: ReadonlyArray<Drawn>): ModelOptions => ({ jobs: all.flatMap(({ jobs }) => jobs) });

/** Applies `project` to `observed`, expects no refusal and an empty second plan. */
const converge = (project: Drawn, observed: Observed, options: ModelOptions = optionsOf(project)): Observed => {
  const wanted = desired(project.text);
  const made = plan(wanted, observed, up, { removeOrphans: true });
  const applied = apply(made, observed, options);
  expect(applied.refusals, text(made)).toEqual([]);
  expect(apply(made, observed, { ...options, pick: "last" }).refusals, `last first:\n${text(made)}`).toEqual([]);
  const second = plan(wanted, applied.observed, up, { removeOrphans: true, ...settled });
  expect(text(second), text(made)).toBe("");
  return applied.observed;
};

const finalNames = (project: Drawn, observed: Observed): void => {
  for (const container of observed.containers) expect(container.name).toMatch(/^(p-s\d-\d+|box\d)$/);
  const { services } = project.text;
  const expected = Object.values(services).reduce((sum, { scale }) => sum + (scale ?? 1), 0);
  expect(observed.containers).toHaveLength(expected);
};

const reversed = (project: ProjectText): ProjectText => ({
  ...project,
  services: Object.fromEntries(Object.entries(project.services).toReversed()),
  networks: Object.fromEntries(Object.entries(project.networks ?? {}).toReversed()),
});

const shuffled = (observed: Observed): Observed => ({
  ...observed,
  containers: observed.containers.toReversed(),
  networks: observed.networks.toReversed(),
  volumes: observed.volumes.toReversed(),
  images: observed.images.toReversed(),
});

const crash = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }));

describe("every up", () => {
  it.prop(
    "settles an empty engine, old or new",
    [ProjectDraw, Schema.Boolean],
    ([draw, old]) => {
      const project = drawn(draw);
      finalNames(project, converge(project, { ...empty, apiVersion: old ? "1.41" : "1.51" }));
    },
    { timeout, arbitrary: { runs } },
  );

  it.prop(
    "settles what another project version left",
    [ProjectDraw, ProjectDraw],
    ([before, now]) => {
      const [first, second] = [drawn(before), drawn(now)];
      const options = optionsOf(second);
      finalNames(
        second,
        converge(second, apply(plan(desired(first.text), empty), empty, optionsOf(first)).observed, options),
      );
    },
    { timeout, arbitrary: { runs } },
  );

  it.prop(
    "settles what a run that was killed left",
    [ProjectDraw, ProjectDraw, crash],
    ([before, now, count]) => {
      const [first, second] = [drawn(before), drawn(now)];
      const there = converge(first, empty);
      const made = plan(desired(second.text), there, up, { removeOrphans: true });
      const cut = {
        ...made,
        steps: made.steps
          .slice(0, count)
          .filter(({ guard }) => guard === undefined || !JSON.stringify(guard).includes("Failed")),
      };
      const left = apply(cut, there, optionsOf(second)).observed;
      finalNames(second, converge(second, left));
    },
    { timeout, arbitrary: { runs } },
  );

  it.prop(
    "settles what a run with a failure left, and keeps anonymous volumes",
    [ProjectDraw, ProjectDraw, crash],
    ([before, now, at]) => {
      const [first, second] = [drawn(before), drawn(now)];
      const there = converge(first, empty);
      const made = plan(desired(second.text), there, up, { removeOrphans: true });
      const failed = apply(made, there, { ...optionsOf(second), failing: [at + 1] });
      const volumes = new Set(failed.observed.volumes.map(({ name }) => name));
      for (const { name } of there.volumes) expect(volumes.has(name)).toBe(true);
      const end = converge(second, failed.observed);
      finalNames(second, end);
      // Every replica that had an anonymous volume and still wants one has the same.
      for (const container of end.containers) {
        const old = there.containers.find(
          (each) =>
            each.labels["com.docker.compose.service"] === container.labels["com.docker.compose.service"] &&
            each.labels["com.docker.compose.container-number"] ===
              container.labels["com.docker.compose.container-number"],
        );
        const cache = (
          mounts: ReadonlyArray<{ readonly destination: string; readonly name?: string }> | undefined,
        ): string | undefined => mounts?.find(({ destination }) => destination === "/cache")?.name;
        const [was, is] = [cache(old?.mounts), cache(container.mounts)];
        if (was !== undefined && is !== undefined) expect(is).toBe(was);
      }
    },
    { timeout, arbitrary: { runs } },
  );

  it.prop(
    "gives the same plan for the same input, in whatever order it comes",
    [ProjectDraw, ProjectDraw],
    ([before, now]) => {
      const there = apply(plan(desired(drawn(before).text), empty), empty, optionsOf(drawn(before))).observed;
      const { text: project } = drawn(now);
      const made = JSON.stringify(plan(desired(project), there));
      expect(JSON.stringify(plan(desired(project), there))).toBe(made);
      expect(JSON.stringify(plan(desired(reversed(project)), shuffled(there)))).toBe(made);
    },
    { timeout, arbitrary: { runs } },
  );

  it.prop(
    "can be taken down again",
    [ProjectDraw],
    ([draw]) => {
      const project = drawn(draw);
      const there = converge(project, empty);
      const down = plan(desired(project.text), there, { _tag: "Down", services: [], volumes: true, images: "all" });
      const applied = apply(down, there);
      expect(applied.refusals).toEqual([]);
      expect(applied.observed).toMatchObject({ containers: [], networks: [], volumes: [], images: [] });
    },
    { timeout, arbitrary: { runs } },
  );
});
