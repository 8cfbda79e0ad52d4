// The list call's texts: states, health, exit codes.
import { familiarText, mayBeId, parseReference } from "@composure/docker/reference";
import { parseExitCode, parseHealth, parseState } from "@composure/docker/status";
import { expect, test } from "vitest";

test.each([
  ["Up 3 minutes", "none", undefined],
  ["Up 3 minutes (healthy)", "healthy", undefined],
  ["Up 3 minutes (unhealthy)", "unhealthy", undefined],
  ["Up Less than a second (health: starting)", "starting", undefined],
  ["Up 2 hours (Paused)", "none", undefined],
  ["Exited (0) 3 seconds ago", "none", 0],
  ["Exited (137) 2 weeks ago", "none", 137],
  ["Restarting (1) 5 seconds ago", "none", 1],
  ["Created", "none", undefined],
  ["Dead", "none", undefined],
])("status %s", (status, health, code) => {
  expect(parseHealth(status)).toBe(health);
  expect(parseExitCode(status)).toBe(code);
});

test("states, Podman's too", () => {
  expect(["running", "Exited", "configured", "stopped"].map(parseState)).toEqual([
    "running",
    "exited",
    "created",
    "exited",
  ]);
});

test.each([
  ["nginx", "docker.io", "library/nginx", "nginx:latest"],
  ["nginx:alpine", "docker.io", "library/nginx", "nginx:alpine"],
  ["docker.io/library/redis", "docker.io", "library/redis", "redis:latest"],
  ["index.docker.io/me/app:1", "docker.io", "me/app", "me/app:1"],
  ["localhost/app", "localhost", "app", "localhost/app:latest"],
  ["127.0.0.1:5000/a/b", "127.0.0.1:5000", "a/b", "127.0.0.1:5000/a/b:latest"],
  ["ghcr.io/o/n:v1@sha256:abc", "ghcr.io", "o/n", "ghcr.io/o/n@sha256:abc"],
])("reference %s", (text, domain, path, familiar) => {
  expect(parseReference(text)).toMatchObject({ domain, path });
  expect(familiarText(parseReference(text))).toBe(familiar);
});

test("texts that may be ids", () => {
  expect(["sha256:0123abcd", "beef", "0123456789ab", "nginx", "bee", "dead.beef"].map(mayBeId)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
