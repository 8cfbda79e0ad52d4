// Containers that are stopped by SIGKILL: removing them by force is the same, in one call instead of two.
import { expect, test } from "vitest";
import { desired } from "./projects.ts";
import { after, plan, up } from "./planning.ts";
import { renderSteps } from "../../src/plan/render.ts";
import type { Intent } from "../../src/policy/Intent.ts";
import type { ServiceText } from "./projects.ts";

const down: Intent = { _tag: "Down", services: [], volumes: false, images: "none" };
const killed: ServiceText = { image: "web:1", stop_signal: "SIGKILL" };
const world = (services: Readonly<Record<string, ServiceText>>) => after({ services });
const steps = (text: Parameters<typeof desired>[0], observed: ReturnType<typeof world>, intent: Intent) =>
  plan(desired(text), observed, intent).steps.map(({ operation }) => operation._tag);

test("down removes them at once, dependents first", () => {
  const services = { db: killed, web: { ...killed, depends_on: ["db"] } };
  const text = renderSteps(plan(desired({ services }), world(services), down));
  expect(text).toMatchInlineSnapshot(`
    "[] -> #1 service:web:1 RemoveContainer p-web-1, down was asked for
    [1] -> #2 service:db:1 RemoveContainer p-db-1, down was asked for
    [1,2] -> #3 network:default RemoveNetwork p_default, down was asked for"
  `);
});

test("a replacement that starts first removes the old one at once", () => {
  const services = { web: killed };
  const changed = { web: { ...killed, environment: { A: "1" } } };
  expect(steps({ services: changed }, world(services), up)).toEqual([
    "CreateContainer",
    "StartContainer",
    "RemoveContainer",
    "RenameContainer",
    "RemoveContainer",
  ]);
});

test("what must be there to come back is stopped first all the same", () => {
  const services = { web: { ...killed, container_name: "web" } };
  const changed = { web: { ...killed, container_name: "web", environment: { A: "1" } } };
  expect(steps({ services: changed }, world(services), up)).toContain("StopContainer");
});

test("hooks run before, so there is a stop to run before", () => {
  const services = { web: { ...killed, pre_stop: [{ command: ["bye"] }] } };
  expect(steps({ services }, world(services), down)).toEqual([
    "RunHook",
    "StopContainer",
    "RemoveContainer",
    "RemoveNetwork",
  ]);
});

test("other signals, and containers without a record, get a stop", () => {
  const gentle = { web: { ...killed, stop_signal: "SIGTERM" } };
  expect(steps({ services: gentle }, world(gentle), down)).toEqual([
    "StopContainer",
    "RemoveContainer",
    "RemoveNetwork",
  ]);
  const services = { web: killed };
  const foreign = world(services);
  const bare = {
    ...foreign,
    containers: foreign.containers.map((container) => ({
      ...container,
      labels: Object.fromEntries(Object.entries(container.labels).filter(([name]) => name !== "composure.config")),
    })),
  };
  expect(steps({ services }, bare, down)).toEqual(["StopContainer", "RemoveContainer", "RemoveNetwork"]);
});
