// Where plugins are found, what they are told of our engine, and what BuildKit's progress says.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { endpointFor } from "../src/connect.ts";
import { childEnvironment, findPlugin, findProgram } from "../src/plugins.ts";
import { solveReader } from "../src/solve.ts";

const root = mkdtempSync(join(tmpdir(), "composure-plugins-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const program = (path: string, mode = 0o755): string => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), "#!/bin/sh\n", { mode });
  return join(root, path);
};

describe("plugins", () => {
  test("are found in docker's folders, extra ones first, and only when they can be run", () => {
    const own = program("home/.docker/cli-plugins/docker-cloud");
    const configured = program("config/cli-plugins/docker-cloud");
    const extra = program("extra/docker-cloud");
    program("extra/docker-notes", 0o644);
    const home = join(root, "home");
    expect(findPlugin("cloud", { env: {}, home })).toBe(own);
    expect(findPlugin("cloud", { env: { DOCKER_CONFIG: join(root, "config") }, home })).toBe(configured);
    expect(findPlugin("cloud", { env: {}, home, extra: [join(root, "extra")] })).toBe(extra);
    expect(findPlugin("notes", { env: {}, home, extra: [join(root, "extra")] })).toBeUndefined();
    expect(findProgram("docker-cloud", { PATH: `/nonexistent:${join(root, "extra")}` })).toBe(extra);
    expect(findProgram("../extra/docker-cloud", { PATH: join(root, "extra") })).toBeUndefined();
  });

  test("are told the engine that we use, and keep the rest of the environment", () => {
    const files: Record<string, string> = { "/h/.docker/config.json": '{"currentContext":"far"}' };
    const endpoint = (env: Record<string, string>, options = {}, used?: string) =>
      endpointFor(env, "/h", options, (path) => files[path], used);
    expect(endpoint({})).toEqual({ DOCKER_HOST: undefined, DOCKER_CONTEXT: "far" });
    expect(endpoint({ DOCKER_HOST: "tcp://a:1" })).toEqual({ DOCKER_HOST: "tcp://a:1", DOCKER_CONTEXT: undefined });
    expect(endpoint({ DOCKER_HOST: "tcp://a:1" }, { context: "near" })).toEqual({ DOCKER_HOST: undefined, DOCKER_CONTEXT: "near" });
    expect(endpoint({}, { context: "default" })).toEqual({ DOCKER_HOST: undefined, DOCKER_CONTEXT: undefined });
    expect(endpoint({}, {}, "unix:///tunnel")).toEqual({ DOCKER_HOST: "unix:///tunnel", DOCKER_CONTEXT: undefined });
    const env = { BUILDX_BUILDER: "big", BUILDKIT_HOST: "tcp://b:1", DOCKER_CONTEXT: "old", DOCKER_CLI_PLUGIN_SOCKET: "@x" };
    expect(childEnvironment(env, endpoint({ DOCKER_HOST: "tcp://a:1" }), { SECRET: "s" })).toEqual({
      BUILDX_BUILDER: "big",
      BUILDKIT_HOST: "tcp://b:1",
      DOCKER_HOST: "tcp://a:1",
      SECRET: "s",
    });
  });
});

describe("BuildKit's progress", () => {
  const line = (status: object) => JSON.stringify(status);
  const log = (vertex: string, text: string) => line({ logs: [{ vertex, data: Buffer.from(text).toString("base64") }] });

  test("steps are told once, output line by line, and the last words are those of the step that failed", () => {
    const { read, end, complaints, lastWords } = solveReader();
    const said = (text: string) => read(text).map((each) => `${each.id}: ${each.text}`);
    expect(said(line({ vertexes: [{ digest: "a", name: "[internal] load local bake definitions", started: "t" }] }))).toEqual([]);
    const started = line({ vertexes: [{ digest: "b", name: "[2/3] RUN make", started: "t" }] });
    expect(said(started)).toEqual(["2/3: [2/3] RUN make"]);
    expect(said(started)).toEqual([]);
    // A character and a line, each cut in two.
    const bytes = Buffer.from("grün\nhalf");
    expect(said(line({ logs: [{ vertex: "b", data: bytes.subarray(0, 3).toString("base64") }] }))).toEqual([]);
    expect(said(line({ logs: [{ vertex: "b", data: bytes.subarray(3).toString("base64") }] }))).toEqual(["2/3: grün"]);
    expect(said(log("c", "other step\n"))).toEqual([": other step"]);
    said(line({ vertexes: [{ digest: "b", name: "[2/3] RUN make", error: "exit code: 2" }] }));
    expect(said("Dockerfile:2")).toEqual([]);
    expect(end().map(({ text }) => text)).toEqual(["half"]);
    expect(complaints()).toEqual(["Dockerfile:2"]);
    expect(lastWords()).toEqual(["grün", "half"]);
  });

  test("numbers are progress of a thing with a size", () => {
    const { read } = solveReader();
    expect(read(line({ statuses: [{ id: "sha256:1", vertex: "a", name: "downloading", current: 5, total: 10 }] }))).toEqual([
      { id: "sha256:1", text: "downloading", current: 5, total: 10 },
    ]);
    expect(read(line({ statuses: [{ id: "transferring context:", vertex: "a", current: 5 }] }))).toEqual([]);
  });
});
