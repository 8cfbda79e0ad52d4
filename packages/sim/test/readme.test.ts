// The library example of README.md, word for word but for the file.
import { expect, test } from "vitest";
import { simulate } from "../src/index.ts";

const file = `
name: shop
services:
  web: { image: web, depends_on: { db: { condition: service_healthy } } }
  db: { image: db, healthcheck: { test: ["CMD", "true"], interval: 1s, retries: 2 } }
`;

test("web is not started while db is unhealthy", () => {
  const sim = simulate({
    files: { "compose.yaml": file },
    engine: { behaviours: { db: { healthyAt: 0 } } },
  });
  const up = sim.up();
  expect(up.report?.exitCode).toBe(1);
  expect(sim.running()).toEqual(["shop-db-1"]);
});
