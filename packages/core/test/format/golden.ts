// Compares with a file of the repository; COMPOSURE_GOLDEN=write writes it instead.
import { assert } from "@effect/vitest";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

export const expectGolden = (actual: string, file: URL): void => {
  if (process.env["COMPOSURE_GOLDEN"] === "write") {
    mkdirSync(new URL(".", file), { recursive: true });
    writeFileSync(file, actual);
  }
  assert.isTrue(existsSync(file), `${file.pathname} is missing; make it with COMPOSURE_GOLDEN=write`);
  assert.strictEqual(actual, readFileSync(file, "utf8"));
};
