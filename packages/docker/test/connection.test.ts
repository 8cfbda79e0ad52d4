// The way to an engine: what fails on it, what travels on it, and how often. Most of it against servers of the tests' own.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineApi } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import { afterAll, describe, expect, test } from "vitest";
import { refusal, using } from "./engine.ts";

const folder = mkdtempSync(join(tmpdir(), "composure-conn-"));
const closing: Array<() => void> = [];
afterAll(() => {
  for (const close of closing) close();
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;
/** A server on a socket of its own; gives its address. */
const serve = async (listener: RequestListener): Promise<string> => {
  const path = join(folder, `${(count += 1)}.sock`);
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `unix://${path}`;
};

const answer = (response: ServerResponse, body: unknown, version = "1.45", status = 200): void => {
  response.writeHead(status, { "Content-Type": "application/json", "Api-Version": version });
  response.end(JSON.stringify(body));
};
const look = (engine: EngineApi) =>
  engine.observe({ project: "p", images: [], imageDetails: [], volumes: false, foreign: false });

describe("no engine", () => {
  test("no socket", async () => {
    expect(await refusal(look, { host: "unix:///no/such.sock" })).toMatchObject({
      _tag: "Unavailable",
      cause: "missing",
      target: "unix:///no/such.sock",
    });
  });
  test("a socket that nobody serves", async () => {
    const path = join(folder, "dead.sock");
    // A process that is killed leaves its socket behind.
    spawnSync(process.execPath, [
      "-e",
      `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`,
    ]);
    expect(await refusal(look, { host: `unix://${path}` })).toMatchObject({ _tag: "Unavailable", cause: "refused" });
  });
  test("a host that does not exist, a port that nobody serves", async () => {
    expect(await refusal(look, { host: "tcp://no-such-host.invalid:2375" })).toMatchObject({
      _tag: "Unavailable",
      cause: "missing",
    });
    expect(await refusal(look, { host: "tcp://127.0.0.1:1" })).toMatchObject({ _tag: "Unavailable", cause: "refused" });
  });
  test("a context that does not exist fails before any call", async () => {
    expect(await refusal((engine) => engine.version, { host: "npipe:////./pipe/docker_engine" })).toMatchObject({
      _tag: "Unsupported",
    });
  });
});

describe("an engine that goes away", () => {
  test("in the middle of an answer", async () => {
    const host = await serve((_request, response) => {
      response.writeHead(200, { "Content-Length": 1000, "Api-Version": "1.45" });
      response.write("[{");
      setImmediate(() => response.destroy());
    });
    expect(await refusal(look, { host })).toMatchObject({ _tag: "Unavailable", cause: "lost" });
  });
  test("in the middle of a change, which is not sent again", async () => {
    const seen: Array<string> = [];
    const host = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url === "/_ping") answer(response, "OK");
      else response.destroy();
    });
    expect(await refusal((engine) => engine.startContainer("c"), { host })).toMatchObject({
      _tag: "Unavailable",
      cause: "lost",
    });
    expect(seen).toEqual(["GET /_ping", "POST /v1.45/containers/c/start"]);
  });
  test("between two reads: a kept connection that is dead does no harm", async () => {
    let dropped = false;
    const host = await serve((request, response) => {
      if (request.url?.includes("/json") === true && request.url.includes("containers") && !dropped) {
        dropped = true;
        return void response.destroy();
      }
      answer(response, []);
    });
    expect(await using((engine) => engine.listContainers({ labels: [], all: true }), { host })).toEqual([]);
    expect(dropped).toBe(true);
  });
  test("in the middle of the events, and of a followed log", async () => {
    const host = await serve((request, response) => {
      if (request.url === "/_ping") return answer(response, "OK");
      response.writeHead(200, { "Content-Type": "application/json" });
      response.write(
        request.url?.includes("/events") === true ? '{"Action":"start","Actor":{"ID":"a"}}\n' : "half a line",
      );
      setTimeout(() => response.destroy(), 20);
    });
    const events = (engine: EngineApi) => Effect.flatMap(engine.containerEvents("p"), Stream.runDrain);
    expect(await refusal(events, { host })).toMatchObject({ _tag: "Unavailable", cause: "lost" });
    expect(
      await refusal((engine) => Stream.runDrain(engine.logs("c", { follow: true, timestamps: false })), { host }),
    ).toMatchObject({ _tag: "Unavailable", cause: "lost" });
  });
  test("events that simply end are a loss too", async () => {
    const host = await serve((_request, response) => answer(response, { Action: "start", Actor: { ID: "a" } }));
    expect(
      await refusal((engine) => Effect.flatMap(engine.containerEvents("p"), Stream.runDrain), { host }),
    ).toMatchObject({ _tag: "Unavailable", cause: "lost" });
  });
});

describe("versions", () => {
  const versioned = async (offered: string) => {
    const urls: Array<string> = [];
    const host = await serve((request, response) => {
      urls.push(request.url ?? "");
      answer(response, [], offered);
    });
    return { urls, host };
  };
  test("the first response tells; later calls carry the lower of both newest", async () => {
    for (const [offered, used] of [
      ["1.41", "1.41"],
      ["1.45", "1.45"],
      ["1.60", "1.51"],
    ] as const) {
      const { urls, host } = await versioned(offered);
      const observed = await using(
        (engine) => Effect.tap(look(engine), () => engine.listContainers({ labels: [], all: false })),
        { host },
      );
      expect(observed.apiVersion).toBe(used);
      expect(urls.slice(0, 2).map((url) => url.startsWith("/v"))).toEqual([false, false]);
      expect(urls[2]).toMatch(new RegExp(`^/v${used}/containers/json`));
    }
  });
  test("an engine that is too old is named with what it needs", async () => {
    const { host } = await versioned("1.40");
    expect(await refusal(look, { host })).toMatchObject({
      _tag: "Unsupported",
      feature: expect.stringContaining("1.40"),
      needs: expect.stringContaining("20.10"),
    });
  });
  test("DOCKER_API_VERSION decides", async () => {
    const { urls, host } = await versioned("1.51");
    await using(look, { host, env: { DOCKER_API_VERSION: "1.43" } });
    expect(urls[0]).toMatch(/^\/v1\.43\//);
  });
});

describe("changes", () => {
  test("an interrupted change is finished; the next one does not begin", async () => {
    const seen: Array<string> = [];
    let begun = () => {};
    const arrival = new Promise<void>((resolve) => (begun = resolve));
    const host = await serve((request, response) => {
      seen.push(request.url ?? "");
      if (request.url === "/_ping") return answer(response, "OK");
      begun();
      setTimeout(() => {
        seen.push("answered");
        response.writeHead(204).end();
      }, 100);
    });
    await using(
      (engine) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(
            Effect.andThen(engine.startContainer("one"), engine.startContainer("two")),
            { startImmediately: true },
          );
          yield* Effect.promise(() => arrival);
          yield* Fiber.interrupt(fiber);
        }),
      { host },
    );
    expect(seen).toEqual(["/_ping", "/v1.45/containers/one/start", "answered"]);
  });
  test("an interrupted read is broken off", async () => {
    let begun = () => {};
    let ended = () => {};
    const arrival = new Promise<void>((resolve) => (begun = resolve));
    const departure = new Promise<void>((resolve) => (ended = resolve));
    const host = await serve((request) => {
      request.socket.once("close", () => ended());
      begun();
    });
    await using(
      (engine) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(engine.inspectContainer("c"), { startImmediately: true });
          yield* Effect.promise(() => arrival);
          yield* Fiber.interrupt(fiber);
          yield* Effect.promise(() => departure);
        }),
      { host },
    );
  });
});

describe("other roads", () => {
  test("tcp, with a path in front", async () => {
    const seen: Array<{ url: string | undefined; host: string | undefined }> = [];
    const server = createServer((request, response) => {
      seen.push({ url: request.url, host: request.headers.host });
      answer(response, []);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    await using(
      (engine) =>
        Effect.andThen(
          engine.listContainers({ labels: [], all: true }),
          engine.listContainers({ labels: [], all: true }),
        ),
      { host: `tcp://127.0.0.1:${port}/proxy` },
    );
    expect(seen.map((one) => one.url?.split("?")[0])).toEqual([
      "/proxy/containers/json",
      "/proxy/v1.45/containers/json",
    ]);
    expect(seen[0]?.host).toBe(`127.0.0.1:${port}`);
  });

  test("TLS with both certificates; a stranger's is refused", async () => {
    const openssl = (...args: ReadonlyArray<string>) =>
      execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    const certify = (name: string, subject: string) => {
      openssl(
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        `${name}-key.pem`,
        "-out",
        `${name}.csr`,
        "-subj",
        `/CN=${subject}`,
      );
      writeFileSync(join(folder, `${name}.ext`), "subjectAltName=IP:127.0.0.1\n");
      openssl(
        "x509",
        "-req",
        "-in",
        `${name}.csr`,
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca-key.pem",
        "-CAcreateserial",
        "-days",
        "2",
        "-out",
        `${name}.pem`,
        "-extfile",
        `${name}.ext`,
      );
    };
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      "ca-key.pem",
      "-out",
      "ca.pem",
      "-days",
      "2",
      "-subj",
      "/CN=test",
    );
    certify("server", "engine");
    certify("cert", "client");
    const text = (name: string) => readFileSync(join(folder, name));
    writeFileSync(join(folder, "key.pem"), text("cert-key.pem"));
    const options = {
      key: text("server-key.pem"),
      cert: text("server.pem"),
      ca: text("ca.pem"),
      requestCert: true,
      rejectUnauthorized: true,
    };
    const server = createSecure(options, (_request, response) => answer(response, []));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await using(look, { host, env: { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder } })).apiVersion).toBe(
      "1.45",
    );
    const empty = mkdtempSync(join(folder, "empty-"));
    expect(await refusal(look, { host, env: { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: empty } })).toMatchObject({
      _tag: "Unavailable",
      cause: "tls",
    });
  });

  test("ssh: without a way through the socket, connections are dial-stdio on the far side; what ssh says is in the error", async () => {
    const far = await serve((_request, response) => answer(response, []));
    const bin = mkdtempSync(join(folder, "bin-"));
    const script = `#!${process.execPath}
      const args = process.argv.slice(2);
      require("fs").appendFileSync(${JSON.stringify(join(bin, "log"))}, args.join(" ") + "\\n");
      if (args.includes("-O")) process.exit(0);
      if (args.includes("locked")) { console.error("Permission denied (publickey)."); process.exit(255); }
      if (args.includes("-M")) process.exit(0);
      const socket = require("net").connect(${JSON.stringify(far.slice("unix://".length))});
      process.stdin.pipe(socket).pipe(process.stdout);`;
    writeFileSync(join(bin, "ssh"), script);
    chmodSync(join(bin, "ssh"), 0o755);
    const path = process.env["PATH"];
    process.env["PATH"] = `${bin}:${path}`;
    try {
      expect((await using(look, { host: "ssh://me@open:2200" })).apiVersion).toBe("1.45");
      const log = readFileSync(join(bin, "log"), "utf8").split("\n");
      expect(log[0]).toMatch(/^-M -N .* -L \S+:\/var\/run\/docker\.sock -l me -p 2200 -- open$/);
      expect(log[1]).toMatch(/ControlMaster=auto .* -l me -p 2200 -T -- open docker system dial-stdio$/);
      expect(await refusal(look, { host: "ssh://locked" })).toMatchObject({
        _tag: "Unavailable",
        detail: expect.stringContaining("Permission denied (publickey)"),
      });
    } finally {
      process.env["PATH"] = path;
    }
  });
});
