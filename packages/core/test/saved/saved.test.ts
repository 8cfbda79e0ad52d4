// Saved plans: the same text for the same plan, no secret, refused when the world has moved on.
import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import { planShape } from "../../src/format/planShape.ts";
import { arrange } from "../../src/format/shape.ts";
import type { Observed, ObservedContainer } from "../../src/observed/Observed.ts";
import { pinImages } from "../../src/saved/pins.ts";
import { preconditions } from "../../src/saved/preconditions.ts";
import { fillSecrets, type SecretSource } from "../../src/saved/references.ts";
import type { SavedMeta, SavedPlan } from "../../src/saved/Saved.ts";
import { decodeSaved, encodeSaved } from "../../src/saved/savedFile.ts";
import { savedQuery, staleness } from "../../src/saved/staleness.ts";
import { idOf, imageIdOf, shop } from "../format/shop.ts";
import { observed, source } from "./world.ts";

const meta: SavedMeta = {
  createdAt: 1_700_010_000,
  createdBy: "ci@runner",
  version: "0.1.0",
  target: observed.target,
  salt: "c2FsdA",
};
const success = <A>(result: Result.Result<A, unknown>): A => {
  if (Result.isFailure(result)) throw new Error(JSON.stringify(result.failure));
  return result.success;
};
const codes = (result: Result.Result<unknown, ReadonlyArray<{ readonly code: string; readonly message: string }>>) =>
  Result.isFailure(result) ? result.failure.map(({ code, message }) => `${code}: ${message}`) : [];

const text = success(encodeSaved(shop, preconditions(shop, observed), meta, source));
const saved = success(decodeSaved(text));

const change = (
  edit: (container: ObservedContainer) => ObservedContainer | undefined,
  more: Partial<Observed> = {},
): Observed => ({
  ...observed,
  containers: observed.containers.flatMap((container) => edit(container) ?? []),
  ...more,
});
const lines = (world: Observed) => staleness(saved, world).map(({ address, was, is }) => `${address}: ${was} -> ${is}`);

describe("a saved plan", () => {
  it("holds no secret, and comes back whole with the project at hand", () => {
    assert.notInclude(text, "hunter2");
    assert.notInclude(text, "theme = dark");
    assert.deepStrictEqual(success(fillSecrets(saved, source)), arrange(planShape.node, shop));
  });

  it("is the same text for the same plan", () => {
    assert.strictEqual(success(encodeSaved(shop, preconditions(shop, observed), meta, source)), text);
  });

  it("refers to each secret where the project has it", () => {
    const paths = new Set(saved.secrets.map(({ path }) => path.join(".")));
    for (const path of [
      "services.db.environment.POSTGRES_PASSWORD",
      "services.cache.command.2",
      "services.api.build.args.NPM_TOKEN",
      "services.api.environment.DATABASE_URL",
      "services.web.labels.traefik.http.middlewares.gate.basicauth.users",
      "services.api.pre_stop.0.environment.DRAIN_TOKEN",
      "volumes.cache.driver_opts.o",
      "proxyEnvironment.HTTP_PROXY",
    ]) {
      assert.isTrue(paths.has(path), path);
    }
    assert.notStrictEqual(saved.secrets[0]?.digest, saved.secrets.at(-1)?.digest);
  });

  it("digests tell nothing across files", () => {
    const other = success(decodeSaved(success(encodeSaved(shop, [], { ...meta, salt: "other" }, source))));
    assert.notStrictEqual(other.secrets[0]?.digest, saved.secrets[0]?.digest);
  });

  it("refuses changed and missing secrets and contents, all at once, without naming values", () => {
    const { project } = source;
    const { api, db } = project.services;
    const changed: SecretSource = {
      ...source,
      project: {
        ...project,
        services: {
          ...project.services,
          db: { name: "db", ...db, environment: { POSTGRES_PASSWORD: "correct horse" } },
          api: { name: "api", ...api, environment: {} },
        },
        configs: { settings: { content: "theme = light" } },
      },
    };
    const found = codes(fillSecrets(saved, changed));
    assert.include(
      found,
      "secret-changed: services.db.environment.POSTGRES_PASSWORD is not what it was when the plan was made",
    );
    assert.include(found, "secret-missing: services.api.environment.DATABASE_URL is not in the project any more");
    assert.include(found, "secret-changed: the content of config settings is not what it was when the plan was made");
    assert.notMatch(found.join(), /hunter2|correct horse|theme/);
  });

  it("cannot be made with a secret that the files do not have", () => {
    const { HTTP_PROXY: _, ...none } = source.proxyEnvironment;
    const found = codes(encodeSaved(shop, [], meta, { ...source, proxyEnvironment: none }));
    assert.lengthOf(found, 2);
    assert.match(found[0] ?? "", /secret-without-place: steps\[\d+\]\.operation\.spec\.proxyEnvironment\.HTTP_PROXY/);
  });

  it("refuses what is no saved plan", () => {
    assert.match(codes(decodeSaved("{"))[0] ?? "", /invalid-json/);
    assert.match(codes(decodeSaved("{}"))[0] ?? "", /wrong-document/);
    const broken: SavedPlan = JSON.parse(text) as SavedPlan;
    assert.match(codes(decodeSaved(JSON.stringify({ ...broken, version: 7 })))[0] ?? "", /wrong-version/);
    assert.match(
      codes(decodeSaved(JSON.stringify({ ...broken, secrets: [{}] })))[0] ?? "",
      /secrets: expected references/,
    );
    assert.match(
      codes(decodeSaved(JSON.stringify({ ...broken, meta: {} })))[0] ?? "",
      /meta\.createdAt: expected a value/,
    );
    assert.match(
      codes(decodeSaved(JSON.stringify({ ...broken, plan: { ...broken.plan, steps: [{}] } })))[0] ?? "",
      /steps\.0/,
    );
  });

  it("a path of the file cannot reach outside of the project's own data", () => {
    const evil: SavedPlan = {
      ...saved,
      secrets: [{ at: ["steps", 0, "operation", "image"], path: ["services", "constructor", "name"], digest: "x" }],
    };
    assert.match(codes(fillSecrets(evil, source))[0] ?? "", /secret-missing/);
  });
});

describe("preconditions", () => {
  it("cover what is touched and what is left alone", () => {
    const lines = preconditions(shop, observed).map((fact) => {
      const what = fact._tag === "Free" ? `Free ${fact.kind}` : fact._tag;
      return "name" in fact ? `${what} ${fact.name.replace(/^[0-9a-f]{12}_/, "TEMPORARY ")}` : what;
    });
    assert.deepStrictEqual(lines, [
      "Container shop-api-1",
      "Container shop-api-2",
      "Container shop-cron-1",
      "Container shop-db-1",
      "Container shop-mailer-1",
      "Container shop-web-1",
      "Container shop-worker-1",
      "Volume shop_data",
      "Image",
      "Free container TEMPORARY shop-api-1",
      "Free container TEMPORARY shop-api-2",
      "Free container TEMPORARY shop-db-1",
      "Free container TEMPORARY shop-web-1",
      "Free container shop-cache-1",
      "Free network shop_back",
      "Free volume shop_cache",
      "OnlyContainers",
    ]);
  });

  it("say what must be read again", () => {
    assert.deepStrictEqual(savedQuery(saved), {
      project: "shop",
      images: ["nginx:1.27"],
      imageDetails: [],
      volumes: true,
      foreign: true,
    });
  });
});

describe("staleness", () => {
  it("an unchanged world is fresh, whatever its clock says", () => {
    assert.deepStrictEqual(
      lines({
        ...observed,
        readAt: observed.readAt + 3600,
        containers: observed.containers.map((container) => ({ ...container, status: "Up 4 hours", health: "healthy" })),
      }),
      [],
    );
  });

  it("tells what changed, once each", () => {
    const id = idOf("shop-web-1").slice(0, 12);
    assert.deepStrictEqual(lines(change((container) => (container.name === "shop-web-1" ? undefined : container))), [
      `service:web:1: shop-web-1 (${id}), running -> absent`,
    ]);
    assert.deepStrictEqual(
      lines(
        change((container) => (container.name === "shop-web-1" ? { ...container, id: "f".repeat(64) } : container)),
      ),
      [`service:web:1: shop-web-1 (${id}), running -> made anew (ffffffffffff), running`],
    );
    assert.deepStrictEqual(
      lines(
        change((container) => (container.name === "shop-mailer-1" ? { ...container, state: "exited" } : container)),
      ),
      ["service:mailer:1: running -> exited"],
    );
    assert.deepStrictEqual(
      lines(
        change((container) =>
          container.name === "shop-db-1" ? { ...container, imageId: "sha256:123456789012345" } : container,
        ),
      ),
      [`service:db:1: image ${imageIdOf("db").slice(7, 19)} -> image 123456789012`],
    );
  });

  it("sees newcomers, moved tags, taken names and lost volumes", () => {
    const newcomer = {
      ...(observed.containers[0] as ObservedContainer),
      id: "e".repeat(64),
      name: "shop-extra-1",
      labels: {},
    };
    assert.deepStrictEqual(lines({ ...observed, containers: [...observed.containers, newcomer] }), [
      "container:shop-extra-1: absent -> shop-extra-1 (eeeeeeeeeeee), running",
    ]);
    assert.deepStrictEqual(lines({ ...observed, images: [] }), [
      `image:nginx:1.27: image ${imageIdOf("nginx:1.27").slice(7, 19)} -> absent`,
    ]);
    const network = { id: "1", name: "shop_back", driver: "bridge", scope: "local", subnets: [], labels: {} };
    assert.deepStrictEqual(lines({ ...observed, networks: [network] }), [
      "network:back: no network shop_back -> network shop_back exists",
    ]);
    assert.deepStrictEqual(lines({ ...observed, volumes: [] }), ["volume:data: volume shop_data -> absent"]);
  });
});

describe("pins", () => {
  it("hold pulled images and what is made of them by digest", () => {
    const plan = pinImages(
      shop,
      new Map([
        ["postgres:16.4", "sha256:abc"],
        ["nginx:1.27", "sha256:def"],
      ]),
    );
    const images = plan.steps.flatMap(({ operation }) =>
      operation._tag === "PullImage"
        ? [operation.image]
        : operation._tag === "CreateContainer"
          ? [operation.spec.image]
          : [],
    );
    assert.deepStrictEqual(images, [
      "postgres:16.4@sha256:abc",
      "postgres:16.4@sha256:abc",
      "redis:7",
      "shop-api",
      "shop-api",
      "nginx:1.27",
    ]);
    assert.deepStrictEqual(pinImages(plan, new Map([["postgres:16.4", "sha256:other"]])), plan);
  });
});
