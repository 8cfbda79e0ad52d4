// Contexts to build from, and images in the registries beside a test engine: what tests of pulls and builds stand on.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Progress } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import { afterAll } from "vitest";
import { raw, socketPath, using } from "./engine.ts";

export const folder = mkdtempSync(join(tmpdir(), "composure-docker-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export const write = (files: Readonly<Record<string, string>>, name: string): string => {
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
};

export const gather = () => {
  const seen: Array<Progress> = [];
  return { seen, onProgress: (progress: Progress) => Effect.sync(() => void seen.push(progress)) };
};
export const silent = () => Effect.void;

export const pull = (image: string) =>
  ({ _tag: "PullImage", image, services: ["web"], tolerateFailure: false }) as const;
export const OPEN = "127.0.0.1:5000";
export const CLOSED = "127.0.0.1:5001";
export const credentials = Buffer.from("user:secret").toString("base64");
const registryAuth = Buffer.from(
  JSON.stringify({ username: "user", password: "secret", serveraddress: CLOSED }),
).toString("base64url");

/** A POST that carries the closed registry's credentials, past everything under test. */
const rawPush = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request(
      { socketPath, method: "POST", path, headers: { "X-Registry-Auth": registryAuth } },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve(text));
      },
    );
    sent.on("error", reject);
    sent.end();
  });

export const noSecret = (key: string): string => {
  throw new Error(`nobody asked for the secret ${key}`);
};

/** Puts an image with a layer of its own into a registry, and out of the engine again; false when there is no registry. */
export const push = async (project: string, name: string): Promise<boolean> => {
  const context = write(
    { Dockerfile: "FROM busybox\nCOPY layer /layer\n", layer: `${name} ${process.hrtime.bigint()}\n`.repeat(5000) },
    `push-${name.replace(/\W/g, "-")}`,
  );
  await using((engine) =>
    engine.buildImage(
      {
        _tag: "BuildImage",
        image: `${name}:1`,
        service: "web",
        build: { context },
        labels: { "com.docker.compose.project": project },
        pull: false,
        noCache: true,
      },
      silent,
      noSecret,
    ),
  );
  const said = await rawPush(`/images/${name}/push?tag=1`);
  await raw("DELETE", `/images/${name}:1?force=1`);
  return !said.includes("errorDetail");
};
