// Which engine is meant: addresses, contexts, certificates.
import { createHash } from "node:crypto";
import { resolveTarget, type Target, type TargetOptions } from "@composure/docker/connect";
import type { EngineError } from "@composure/engine/EngineError";
import * as Result from "effect/Result";
import { describe, expect, test } from "vitest";

type Files = Readonly<Record<string, string>>;
const resolve = (env: Readonly<Record<string, string>>, options: TargetOptions = {}, files: Files = {}): Target => {
  const result = resolveTarget(env, "/home/me", options, (path) => files[path]);
  if (Result.isFailure(result)) throw result.failure;
  return result.success;
};
const refusal = (
  env: Readonly<Record<string, string>>,
  options: TargetOptions = {},
  files: Files = {},
): EngineError => {
  const result = resolveTarget(env, "/home/me", options, (path) => files[path]);
  if (Result.isSuccess(result)) throw new Error(`resolved to ${result.success.name}`);
  return result.failure;
};

const id = (name: string) => createHash("sha256").update(name).digest("hex");
const contextFiles = (name: string, endpoint: object, tls: Files = {}): Files => ({
  [`/home/me/.docker/contexts/meta/${id(name)}/meta.json`]: JSON.stringify({
    Name: name,
    Endpoints: { docker: endpoint },
  }),
  ...Object.fromEntries(
    Object.entries(tls).map(([file, text]) => [`/home/me/.docker/contexts/tls/${id(name)}/docker/${file}`, text]),
  ),
});

describe("docker's --tls flags", () => {
  const files = { "/certs/ca.pem": "CA", "/mine/cert.pem": "CERT", "/certs/cert.pem": "other", "/certs/key.pem": "KEY" };
  test("files that are named come before those of DOCKER_CERT_PATH", () =>
    expect(resolve({ DOCKER_CERT_PATH: "/certs" }, { host: "tcp://e", tls: { verify: true, cert: "/mine/cert.pem" } }, files)).toMatchObject({
      port: 2376,
      tls: { verify: true, ca: "CA", cert: "CERT", key: "KEY" },
    }));
  test("--tls alone encrypts and does not verify", () =>
    expect(resolve({}, { host: "tcp://e", tls: { verify: false } })).toMatchObject({ port: 2376, tls: { verify: false } }));
});

describe("addresses", () => {
  test("without any setting: the usual socket, and where else an engine may listen", () => {
    expect(resolve({ XDG_RUNTIME_DIR: "/run/user/1000" })).toEqual({
      _tag: "Unix",
      name: "unix:///var/run/docker.sock",
      path: "/var/run/docker.sock",
      fallbacks: [
        "/run/user/1000/docker.sock",
        "/home/me/.docker/run/docker.sock",
        "/run/user/1000/podman/podman.sock",
        "/run/podman/podman.sock",
      ],
    });
  });
  test("an address that somebody gave has no fallbacks", () => {
    expect(resolve({ DOCKER_HOST: "unix:///tmp/e.sock" })).toEqual({
      _tag: "Unix",
      name: "unix:///tmp/e.sock",
      path: "/tmp/e.sock",
      fallbacks: [],
    });
  });
  test.each([
    ["tcp://10.0.0.1:2375", "10.0.0.1", 2375, ""],
    ["tcp://10.0.0.1", "10.0.0.1", 2375, ""],
    ["10.0.0.1:4000", "10.0.0.1", 4000, ""],
    ["http://engine.test:80", "engine.test", 80, ""],
    ["tcp://[fd00::1]:2375", "fd00::1", 2375, ""],
    ["tcp://proxy:8000/engine/a/", "proxy", 8000, "/engine/a"],
  ])("%s", (address, host, port, prefix) => {
    expect(resolve({}, { host: address })).toMatchObject({ _tag: "Tcp", host, port, prefix });
    expect(resolve({}, { host: address })).not.toHaveProperty("tls");
  });
  test("https is TLS with the system's authorities", () => {
    expect(resolve({ DOCKER_HOST: "https://engine.test" })).toMatchObject({ port: 443, tls: { verify: true } });
  });
  test("DOCKER_TLS_VERIFY takes the material of DOCKER_CERT_PATH, and port 2376", () => {
    const files = { "/certs/ca.pem": "CA", "/certs/cert.pem": "CERT", "/certs/key.pem": "KEY" };
    expect(
      resolve({ DOCKER_HOST: "tcp://h", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" }, {}, files),
    ).toMatchObject({
      port: 2376,
      tls: { ca: "CA", cert: "CERT", key: "KEY", verify: true },
    });
  });
  test("DOCKER_TLS alone encrypts without looking at the certificate", () => {
    expect(resolve({ DOCKER_HOST: "tcp://h", DOCKER_TLS: "1" })).toMatchObject({ tls: { verify: false } });
  });
  test("ssh", () => {
    expect(resolve({ DOCKER_HOST: "ssh://me@build.test:2222" })).toEqual({
      _tag: "Ssh",
      name: "ssh://me@build.test:2222",
      host: "build.test",
      port: 2222,
      user: "me",
    });
    expect(resolve({ DOCKER_HOST: "ssh://build.test/run/user/1/docker.sock" })).toMatchObject({
      socket: "/run/user/1/docker.sock",
    });
  });
  test("an ssh address cannot smuggle options to ssh", () => {
    expect(refusal({ DOCKER_HOST: "ssh://-oProxyCommand=evil" }).reason._tag).toBe("Unavailable");
    expect(refusal({ DOCKER_HOST: "ssh://-l@host" }).reason._tag).toBe("Unavailable");
  });
  test("what cannot be reached from here is refused in words", () => {
    expect(refusal({ DOCKER_HOST: "npipe:////./pipe/docker_engine" }).reason).toMatchObject({
      _tag: "Unsupported",
      feature: expect.stringContaining("named pipes"),
    });
    expect(refusal({ DOCKER_HOST: "fd://3" }).reason).toMatchObject({ _tag: "Unsupported" });
    expect(refusal({ DOCKER_HOST: "tcp://" }).reason).toMatchObject({ _tag: "Unavailable", cause: "missing" });
  });
  test("a password in an ssh address is not repeated", () => {
    expect(JSON.stringify(refusal({ DOCKER_HOST: "ssh://me:hunter2@host" }))).not.toContain("hunter2");
  });
});

describe("which setting wins", () => {
  const files = {
    ...contextFiles(
      "remote",
      { Host: "tcp://remote:2376", SkipTLSVerify: false },
      { "ca.pem": "CA", "cert.pem": "C", "key.pem": "K" },
    ),
    ...contextFiles("other", { Host: "unix:///other.sock" }),
    "/home/me/.docker/config.json": JSON.stringify({ currentContext: "remote" }),
  };
  test("currentContext of config.json, with its TLS material", () => {
    expect(resolve({}, {}, files)).toMatchObject({
      name: "tcp://remote:2376",
      tls: { ca: "CA", cert: "C", key: "K", verify: true },
    });
  });
  test("DOCKER_CONTEXT over currentContext", () => {
    expect(resolve({ DOCKER_CONTEXT: "other" }, {}, files)).toMatchObject({ path: "/other.sock" });
  });
  test("DOCKER_HOST over both contexts", () => {
    expect(resolve({ DOCKER_HOST: "unix:///h.sock", DOCKER_CONTEXT: "other" }, {}, files)).toMatchObject({
      path: "/h.sock",
    });
  });
  test("--host over DOCKER_HOST, --context over all", () => {
    expect(resolve({ DOCKER_HOST: "unix:///h.sock" }, { host: "unix:///o.sock" }, files)).toMatchObject({
      path: "/o.sock",
    });
    expect(resolve({ DOCKER_HOST: "unix:///h.sock" }, { context: "other" }, files)).toMatchObject({
      path: "/other.sock",
    });
  });
  test("the context named default is the environment's", () => {
    expect(resolve({ DOCKER_CONTEXT: "default" }, {}, files)).toMatchObject({ path: "/var/run/docker.sock" });
    expect(resolve({ DOCKER_HOST: "unix:///h.sock" }, { context: "default" }, files)).toMatchObject({
      path: "/h.sock",
    });
  });
  test("DOCKER_CONFIG moves the configuration", () => {
    const moved = {
      "/cfg/config.json": JSON.stringify({ currentContext: "x" }),
      [`/cfg/contexts/meta/${id("x")}/meta.json`]: JSON.stringify({
        Endpoints: { docker: { Host: "unix:///x.sock" } },
      }),
    };
    expect(resolve({ DOCKER_CONFIG: "/cfg" }, {}, moved)).toMatchObject({ path: "/x.sock" });
  });
  test("an unknown context is named", () => {
    expect(refusal({}, { context: "gone" }, files).reason).toMatchObject({
      _tag: "Unavailable",
      detail: expect.stringContaining('"gone"'),
    });
  });
  test("--host and --context together are a mistake", () => {
    expect(refusal({}, { host: "unix:///a", context: "other" }, files).reason).toMatchObject({
      detail: expect.stringContaining("exclude"),
    });
  });
  test("a broken config.json is none", () => {
    expect(resolve({}, {}, { "/home/me/.docker/config.json": "{" })).toMatchObject({ path: "/var/run/docker.sock" });
  });
});
