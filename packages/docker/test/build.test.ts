// What a build asks of the engine.
import type { Operation } from "@composure/core/plan/Operation";
import { buildQuery } from "@composure/docker/build";
import { proxyArguments } from "@composure/docker/proxies";
import { expect, test } from "vitest";

type BuildImage = Extract<Operation, { readonly _tag: "BuildImage" }>;
const operation = (build: BuildImage["build"], more: Partial<BuildImage> = {}): BuildImage => ({
  _tag: "BuildImage",
  image: "p-web",
  service: "web",
  build,
  labels: { l: "1" },
  pull: false,
  noCache: false,
  ...more,
});
const classic = { dockerfile: "Dockerfile", builder: "classic" } as const;

test("the least", () => {
  expect(buildQuery(operation({ context: "/ctx" }), classic, {})).toEqual({
    t: ["p-web"],
    dockerfile: "Dockerfile",
    labels: { l: "1", "com.docker.compose.image.builder": "classic" },
    rm: 1,
    forcerm: 1,
    version: "1",
  });
});

test("everything", () => {
  const build = {
    context: "https://github.com/a/b.git#v1:dir",
    args: { A: "1", EMPTY: "", NONE: null },
    labels: { own: "2", l: "0" },
    target: "last",
    tags: ["p-web", "other:2"],
    network: "host",
    shm_size: 1024,
    extra_hosts: { h: ["1.2.3.4", "::1"] },
    cache_from: ["cache:1"],
    ulimits: { nofile: { soft: 1, hard: 2 }, nproc: { single: 3 } },
    isolation: "default",
    platforms: ["linux/arm64"],
    no_cache: true,
  };
  expect(
    buildQuery(
      operation(build, { pull: true }),
      { dockerfile: "x", builder: "buildkit" },
      { HTTP_PROXY: "p", A: "no" },
    ),
  ).toEqual({
    t: ["p-web", "other:2"],
    dockerfile: "x",
    remote: "https://github.com/a/b.git#v1:dir",
    buildargs: { HTTP_PROXY: "p", A: "1", EMPTY: "" },
    labels: { own: "2", l: "1" },
    target: "last",
    networkmode: "host",
    shmsize: 1024,
    extrahosts: ["h:1.2.3.4", "h:::1"],
    cachefrom: '["cache:1"]',
    ulimits: '[{"Name":"nofile","Soft":1,"Hard":2},{"Name":"nproc","Soft":3,"Hard":3}]',
    isolation: "default",
    platform: "linux/arm64",
    pull: 1,
    nocache: 1,
    rm: 1,
    forcerm: 1,
    version: "2",
  });
  // Several platforms make several images; the one that runs here is the engine's own.
  expect(
    buildQuery(operation({ context: "/c", platforms: ["linux/arm64", "linux/amd64"] }), classic, {}),
  ).not.toHaveProperty("platform");
  expect(
    buildQuery(operation({ context: "/c", platforms: ["linux/arm64"] }, { platform: "linux/amd64" }), classic, {})[
      "platform"
    ],
  ).toBe("linux/amd64");
});

test("proxies of config.json, an engine's own before the default", () => {
  const config = {
    proxies: { default: { httpProxy: "http://p:1", noProxy: "x" }, "tcp://e:2375": { httpsProxy: "https://q" } },
  };
  expect(proxyArguments(config, "unix:///s")).toEqual({
    HTTP_PROXY: "http://p:1",
    http_proxy: "http://p:1",
    NO_PROXY: "x",
    no_proxy: "x",
  });
  expect(proxyArguments(config, "tcp://e:2375")).toEqual({ HTTPS_PROXY: "https://q", https_proxy: "https://q" });
  expect(proxyArguments({}, "unix:///s")).toEqual({});
});
