// What goes over the wire to the engine: nothing secret in URLs or headers, and nothing twice.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Operation } from "@composure/core/plan/Operation";
import type { EngineApi } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import { afterAll, expect, test } from "vitest";
import { IDLE, labelsOf, onEngine, refusal, socketPath, specOf, using } from "./engine.ts";
import { record } from "./recorder.ts";

const folder = mkdtempSync(join(tmpdir(), "composure-travels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

onEngine("what travels", (project) => {
  const SECRET = "hunter2-in-the-environment";

  test("no value of an environment, label or file reaches a URL or a header", async () => {
    const recorder = await record(socketPath);
    const secretLabels = labelsOf(project, { secret: SECRET });
    const network: Extract<Operation, { readonly _tag: "CreateNetwork" }> = {
      _tag: "CreateNetwork",
      name: `${project}_n`,
      network: { driver_opts: { "com.example": SECRET } },
      labels: secretLabels,
    };
    try {
      await using(
        (engine) =>
          Effect.gen(function* () {
            yield* engine.createNetwork(network);
            yield* engine.createVolume({
              _tag: "CreateVolume",
              name: `${project}_v`,
              volume: {},
              labels: secretLabels,
            });
            const endpoint = { network: `${project}_n`, aliases: [SECRET], links: [], settings: null };
            const { id } = yield* engine.createContainer(
              `${project}-s`,
              specOf(
                project,
                { environment: { PASSWORD: SECRET }, command: ["sh", "-c", `: ${SECRET}; exec idle`] },
                { labels: secretLabels },
              ),
            );
            yield* engine.startContainer(id);
            yield* engine.injectFiles(
              id,
              [{ kind: "secret", key: "s", target: "/s", uid: "", gid: "", mode: 0o400 }],
              () => SECRET,
            );
            yield* engine.exec(
              id,
              { argv: ["true", SECRET], environment: [`X=${SECRET}`], privileged: false },
              () => Effect.void,
            );
            yield* engine.disconnectNetwork("none", id);
            yield* engine.connectNetwork(endpoint, id);
            yield* engine.stopContainer(id, 3);
            yield* engine.removeContainer(id, { force: true, volumes: true });
          }),
        { host: recorder.host },
      );
    } finally {
      await recorder.close();
    }
    expect(recorder.requests.length).toBe(13);
    for (const { url, headers } of recorder.requests) {
      expect(decodeURIComponent(url)).not.toContain(SECRET);
      expect(JSON.stringify(headers)).not.toContain(SECRET);
      expect(url.length).toBeLessThan(200);
    }
    // It did travel: in the bodies, where it belongs.
    expect(recorder.requests.filter((request) => request.body.includes(SECRET)).length).toBe(6);
  });

  test("observing is four lists, and one ping at most when nothing was read before a change", async () => {
    const recorder = await record(socketPath);
    try {
      const query = { project, images: [IDLE, "busybox", "no-such:1"], imageDetails: [], volumes: true, foreign: true };
      await using((engine) => Effect.andThen(engine.observe(query), engine.observe(query)), { host: recorder.host });
      expect(recorder.requests.map(({ method, url }) => `${method} ${url.split("?")[0]}`)).toEqual([
        "GET /containers/json",
        "GET /networks",
        "GET /volumes",
        // The containers' answer, which tells the version, also tells which images are still to be asked for.
        expect.stringMatching(/^GET (\/v1\.\d+)?\/images\/json$/),
        ...["containers/json", "networks", "volumes", "images/json"].map(
          (path) => expect.stringMatching(new RegExp(`^GET /v1\\.\\d+/${path}$`)) as string,
        ),
      ]);
      recorder.requests.length = 0;
      await refusal(
        (engine) =>
          Effect.andThen(
            engine.createVolume({ _tag: "CreateVolume", name: `${project}_w`, volume: {}, labels: labelsOf(project) }),
            engine.startContainer("none"),
          ),
        { host: recorder.host },
      );
      expect(recorder.requests.map(({ url }) => url.replace(/^\/v[\d.]+/, ""))).toEqual([
        "/_ping",
        "/volumes/create",
        "/containers/none/start",
      ]);
    } finally {
      await recorder.close();
    }
  });

  test("registry credentials go with pulls of their registry, and with no other call", async () => {
    const config = mkdtempSync(join(folder, "cfg-"));
    writeFileSync(
      join(config, "config.json"),
      JSON.stringify({ auths: { "r.invalid": { auth: Buffer.from(`me:${SECRET}`).toString("base64") } } }),
    );
    const recorder = await record(socketPath, ({ url }) =>
      url.includes("/images/create") ? { status: 404, body: { message: "no" } } : undefined,
    );
    const pull = (image: string) => (engine: EngineApi) =>
      engine.pullImage({ _tag: "PullImage", image, services: [], tolerateFailure: false }, () => Effect.void);
    try {
      const at = { host: recorder.host, env: { DOCKER_CONFIG: config } };
      await refusal(pull("r.invalid/app:1"), at);
      await refusal(pull("other.invalid/app:1"), at);
      const [withAuth, without] = recorder.requests.filter(({ url }) => url.includes("/images/create"));
      expect(JSON.parse(Buffer.from(String(withAuth?.headers["x-registry-auth"]), "base64url").toString())).toEqual({
        username: "me",
        password: SECRET,
        serveraddress: "r.invalid",
      });
      expect(without?.headers).not.toHaveProperty("x-registry-auth");
      expect(withAuth?.url).toMatch(/fromImage=r\.invalid%2Fapp&tag=1$/);
      expect(withAuth?.body).toBe("");
    } finally {
      await recorder.close();
    }
  });
});
