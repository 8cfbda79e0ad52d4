// Pulls from registries that ask who is there, that nobody vouches for, and that fail for a while.
import { describe, expect, test } from "vitest";
import { isTransient } from "../src/pull.ts";
import { EngineError, Rejected } from "@composure/engine/EngineError";
import { onEngine, raw, refusal, using } from "./engine.ts";
import { gather, pull, silent, write } from "./imageGround.ts";
import { type Manners, openRegistry, type Registry } from "./registry.ts";

const config = (content: object, name: string) => ({ DOCKER_CONFIG: write({ "config.json": JSON.stringify(content) }, name) });
const loginFor = (host: string, password = "hush-hush") => ({
  auths: { [host]: { auth: Buffer.from(`somebody:${password}`).toString("base64") } },
});

describe("what is worth another try", () => {
  test.each([
    "toomanyrequests: toomanyrequests",
    "error parsing HTTP 429 response body: unexpected end of JSON input",
    "received unexpected HTTP status: 503 Service Unavailable",
    'Get "http://r/v2/": read tcp 1->2: read: connection reset by peer',
    'Get "http://r/v2/app/manifests/1": EOF',
  ])("%s", (detail) => {
    const failed = (text: string) => new EngineError({ call: "pullImage", subject: "x", reason: new Rejected({ status: 500, detail: text }) });
    expect(isTransient(failed(detail))).toBe(true);
    expect(isTransient(failed("invalid reference format"))).toBe(false);
  });
});

onEngine("registries", (project) => {
  const inRegistry = async (manners: Manners, body: (registry: Registry, image: string) => Promise<void>): Promise<void> => {
    const registry = await openRegistry(manners);
    const image = `${registry.host}/${project}:1`;
    try {
      await body(registry, image);
    } finally {
      await raw("DELETE", `/images/${image}?force=1`);
      await registry.close();
    }
  };

  test.each<readonly [string, Manners]>([
    ["name and password", { auth: "basic" }],
    ["a token for name and password", { auth: "token" }],
    ["a certificate of its own making", { tls: true }],
    ["such a certificate, and a token", { tls: true, auth: "token" }],
  ])("%s", (_, manners) =>
    inRegistry(manners, async (registry, image) => {
      const env = config(loginFor(registry.host), `login-${registry.host.replace(":", "-")}`);
      const { seen, onProgress } = gather();
      const { id } = await using((engine) => engine.pullImage(pull(image), onProgress), { env });
      expect(id).toMatch(/^sha256:/);
      expect(seen.some(({ text }) => text === "Pull complete")).toBe(true);
      if (manners.auth === undefined) return;
      expect(await using((engine) => engine.imageDigest(image), { env })).toMatch(/^sha256:/);
      await raw("DELETE", `/images/${image}?force=1`);
      expect(await refusal((engine) => engine.pullImage(pull(image), silent))).toMatchObject({ _tag: "Unauthorized" });
      const wrong = config(loginFor(registry.host, "guessed-it"), `wrong-${registry.host.replace(":", "-")}`);
      const refused = await refusal((engine) => engine.pullImage(pull(image), silent), { env: wrong });
      expect(refused).toMatchObject({ _tag: "Unauthorized" });
      expect(JSON.stringify(refused)).not.toMatch(/guessed-it|hush-hush|c29tZWJvZHk6/);
    }),
  );

  test("an identity token", () =>
    inRegistry({ auth: "token", identityToken: "who-i-am" }, async (registry, image) => {
      const env = config({ auths: { [registry.host]: { identitytoken: "who-i-am" } } }, "identity");
      expect(await using((engine) => engine.pullImage(pull(image), silent), { env })).toHaveProperty("id");
      expect(registry.asked).toContain("POST /token");
    }));

  test.each<readonly [string, Manners["failures"] & {}]>([
    ["too many requests", ["429", "429"]],
    ["unavailable", ["503", "503"]],
    ["a connection that breaks", ["reset", "reset"]],
  ])("%s, for a while", (_, failures) =>
    inRegistry({ failures }, async (_registry, image) => {
      const { seen, onProgress } = gather();
      expect(await using((engine) => engine.pullImage(pull(image), onProgress))).toHaveProperty("id");
      expect(seen.map(({ text }) => text).join("\n")).toMatch(/trying again/);
    }),
  );

  test("not for ever", () =>
    inRegistry({ failures: Array<"503">(100).fill("503") }, async (registry, image) => {
      expect(await refusal((engine) => engine.pullImage(pull(image), silent))).toMatchObject({ _tag: "Rejected" });
      expect(registry.asked.filter((line) => line.includes("/manifests/")).length).toBeLessThan(20);
    }));
});
