// What goes wrong is said once, clearly, with its place and a way out; and nothing is touched that need not be.
import { chmod, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { remains } from "../src/engineUnderTest.ts";
import { openProxy, type Proxy } from "../src/proxy.ts";
import { fates, look, states } from "../src/snapshot.ts";
import { type Finished, readableByAll, type Subject } from "../src/subject.ts";
import { betterThanPeer, onEngine } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

interface Told {
  /** All must be said. */
  readonly says: ReadonlyArray<RegExp>;
  /** And these, which the peer does not say. */
  readonly better?: ReadonlyArray<RegExp>;
  /** "compose.yaml:4:5", which the peer does not tell. */
  readonly place?: string;
}

// The insides of a program are no message for its user.
const innards = /^\s+at .+:\d+:\d+\)?$|FiberFailure|\[object Object\]|\bundefined\b(?! [a-z]+ )|UnhandledPromise|panic:|Cannot read prop/m;

const expectTold = (subject: Subject, finished: Finished, told: Told): void => {
  const said = `${finished.args.join(" ")}\n${finished.output}`;
  expect(finished.code, said).toBe(1);
  for (const words of told.says) expect(finished.stderr, said).toMatch(words);
  expect(finished.output).not.toMatch(innards);
  if (subject.name === "peer") return;
  for (const words of told.better ?? []) expect(finished.stderr, said).toMatch(words);
  if (told.place !== undefined) expect(finished.stderr, said).toContain(told.place);
  const sentences = finished.stderr.split("\n").filter((line) => /^(error:|unknown |\S+:\d+:\d+: error:)/.test(line));
  expect(sentences, `said once:\n${said}`).toHaveLength(1);
};

interface BrokenFile {
  readonly what: string;
  readonly text: string;
  readonly told: Told;
  readonly args?: ReadonlyArray<string>;
}

const brokenFiles: ReadonlyArray<BrokenFile> = [
  {
    what: "broken YAML",
    text: "services:\n  web:\n    image: composure/test-idle\n   command: x\n",
    told: { says: [/yaml/i], place: "compose.yaml:4:" },
  },
  {
    what: "a key that does not exist",
    text: "services:\n  web:\n    image: composure/test-idle\n    enviroment:\n      A: b\n",
    told: { says: [/enviroment/], place: "compose.yaml:4:5" },
  },
  {
    what: "a value of the wrong type",
    text: "services:\n  web:\n    image: composure/test-idle\n    ports: 8080\n",
    told: { says: [/ports/], place: "compose.yaml:4:" },
  },
  {
    what: "services that wait for each other",
    text: "services:\n  hen:\n    image: composure/test-idle\n    depends_on: [egg]\n  egg:\n    image: composure/test-idle\n    depends_on: [hen]\n",
    told: { says: [/(hen.*egg|egg.*hen)/], place: "compose.yaml:" },
  },
  {
    what: "a dependency that does not exist",
    text: "services:\n  web:\n    image: composure/test-idle\n    depends_on:\n      - databse\n",
    told: { says: [/databse/], place: "compose.yaml:5:" },
  },
  {
    what: "a network that is not declared",
    text: "services:\n  web:\n    image: composure/test-idle\n    networks:\n      - fronted\nnetworks:\n  frontend:\n",
    told: { says: [/fronted/], place: "compose.yaml:5:" },
  },
  {
    what: "an env file that is not there",
    text: "services:\n  web:\n    image: composure/test-idle\n    env_file:\n      - secrets.env\n",
    told: { says: [/secrets\.env/], place: "compose.yaml:5:" },
  },
  {
    what: "a variable that must be set",
    text: "services:\n  web:\n    image: composure/test-idle\n    environment:\n      KEY: ${CONF_KEY:?ask the vault keeper}\n",
    told: { says: [/CONF_KEY/, /ask the vault keeper/], place: "compose.yaml:5:" },
  },
  {
    what: "a service without image and build",
    text: "services:\n  web:\n    command: idle\n",
    told: { says: [/web/], place: "compose.yaml:2:" },
  },
  {
    what: "an extended service that is not there",
    text: "services:\n  web:\n    extends:\n      service: base\n    image: composure/test-idle\n",
    told: { says: [/base/], place: "compose.yaml:" },
  },
  {
    what: "a service nobody declared on the command line",
    text: "services:\n  web:\n    image: composure/test-idle\n",
    args: ["up", "-d", "wbe"],
    told: { says: [/wbe/] },
  },
  {
    what: "flags that contradict each other",
    text: "services:\n  web:\n    image: composure/test-idle\n",
    args: ["up", "-d", "--force-recreate", "--no-recreate"],
    told: { says: [/--force-recreate/] },
  },
  {
    what: "a flag that does not exist",
    text: "services:\n  web:\n    image: composure/test-idle\n",
    args: ["up", "--detatch"],
    told: { says: [/--detatch/] },
  },
];

onEngine("broken input", ({ client, subject }) => {
  let checkout: Checkout;
  beforeAll(async () => {
    checkout = await checkOut({ client, purpose: "broken" });
  });
  afterAll(() => checkout.dispose());
  for (const { what, text, told, args } of brokenFiles) {
    test(`${what}: nothing is made`, async () => {
      await checkout.write("compose.yaml", text);
      expectTold(subject, await checkout.run(subject, args ?? ["up", "-d"]), told);
      expect(await remains(client, checkout.project)).toEqual([]);
    });
  }
  test("no file at all", async () => {
    await rm(join(checkout.directory, "compose.yaml"), { force: true });
    expectTold(subject, await checkout.run(subject, ["up", "-d"]), { says: [/no configuration file|no compose file/i] });
  });
  betterThanPeer("every problem of a file is told at once", async () => {
    await checkout.write("compose.yaml", "services:\n  web:\n    imge: x\n    ports: 8080\n  api:\n    image: composure/test-idle\n    depends_on: [nowhere]\n");
    const finished = await checkout.run(subject, ["config", "-q"]);
    expect(finished.code).toBe(1);
    for (const place of ["compose.yaml:3:5", "compose.yaml:4:"]) expect(finished.stderr).toContain(place);
  });
});

const running = "services:\n  web:\n    image: composure/test-idle\n    labels: {kept: as-is}\n";

onEngine("the engine says no", ({ client, subject }) => {
  const open: Array<() => Promise<void>> = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  const opened = async (purpose: string, text: string): Promise<Checkout> => {
    const checkout = await checkOut({ client, purpose });
    open.push(checkout.dispose);
    await checkout.write("compose.yaml", text);
    return checkout;
  };

  test("an image that is nowhere: what runs is left alone", async () => {
    const checkout = await opened("no-image", running);
    succeeded(await checkout.run(subject, ["up", "-d"]));
    const before = await look(checkout);
    await checkout.write("compose.yaml", `${running}  ghost:\n    image: composure/no-such-image:9\n`);
    expectTold(subject, await checkout.run(subject, ["up", "-d"]), { says: [/ghost/], better: [/composure\/no-such-image/] });
    expect(fates(before, await look(checkout))).toEqual({ "web-1": "untouched" });
  });

  test("pull_policy never without the image", async () => {
    const checkout = await opened("never", "services:\n  ghost:\n    image: composure/no-such-image:9\n    pull_policy: never\n");
    expectTold(subject, await checkout.run(subject, ["up", "-d"]), { says: [/composure\/no-such-image/] });
  });

  test("a port that another container has", async () => {
    const ports = '    ports: ["127.0.0.1:${WEB_PORT}:80"]\n';
    const holder = await opened("port-holder", `services:\n  holder:\n    image: composure/test-idle\n${ports}`);
    succeeded(await holder.run(subject, ["up", "-d"]));
    const checkout = await opened("port-taken", `services:\n  web:\n    image: composure/test-idle\n${ports}`);
    const finished = await checkout.run(subject, ["up", "-d"], { env: { WEB_PORT: holder.env["WEB_PORT"] ?? "" } });
    expectTold(subject, finished, { says: [new RegExp(holder.env["WEB_PORT"] ?? "no port")] });
    // Once the port is free the same command does what is left.
    await holder.run(subject, ["down"]);
    succeeded(await checkout.run(subject, ["up", "-d"], { env: { WEB_PORT: holder.env["WEB_PORT"] ?? "" } }));
    expect(states(await look(checkout))).toEqual(["web-1 running"]);
  });

  betterThanPeer("a replacement that cannot start leaves the old container serving", async () => {
    const holder = await opened("swap-holder", 'services:\n  holder:\n    image: composure/test-idle\n    ports: ["127.0.0.1:${WEB_PORT}:80"]\n');
    succeeded(await holder.run(subject, ["up", "-d"]));
    const checkout = await opened("swap", 'services:\n  web:\n    image: composure/test-cache\n    ports: ["127.0.0.1:${WEB_PORT}:80"]\n');
    succeeded(await checkout.run(subject, ["up", "-d"]));
    const before = await look(checkout);
    const taken = { env: { WEB_PORT: holder.env["WEB_PORT"] ?? "" } };
    expectTold(subject, await checkout.run(subject, ["up", "-d"], taken), { says: [new RegExp(holder.env["WEB_PORT"] ?? "no port")] });
    const after = await look(checkout);
    expect(states(after)).toEqual(["web-1 running"]);
    expect(after.get("web-1")?.row.id).toBe(before.get("web-1")?.row.id);
    expect(after.get("web-1")?.volumes).toEqual(before.get("web-1")?.volumes);
  });

  test("a command that is not in the image", async () => {
    const checkout = await opened("no-command", 'services:\n  web:\n    image: composure/test-idle\n    command: ["no-such-program"]\n');
    expectTold(subject, await checkout.run(subject, ["up", "-d"]), { says: [/no-such-program/] });
  });

  test("a dependency that never gets healthy: its dependents are not started", async () => {
    const sick = '    healthcheck: {test: ["CMD", "false"], interval: 200ms, retries: 2}\n';
    const text = `services:\n  sick:\n    image: composure/test-idle\n${sick}  waiting:\n    image: composure/test-idle\n    depends_on: {sick: {condition: service_healthy}}\n  other:\n    image: composure/test-idle\n`;
    const checkout = await opened("unhealthy", text);
    expectTold(subject, await checkout.run(subject, ["up", "-d"]), { says: [/sick.*unhealthy|unhealthy.*sick/] });
    const after = await look(checkout);
    expect(after.get("waiting-1")?.state ?? "created").toBe("created");
    expect(after.get("sick-1")?.state).toBe("running");
    betterOnly(subject, () => expect(after.get("other-1")?.state).toBe("running"));
  });

  test("a one-shot that fails: the code is told and its dependents are not started", async () => {
    const text = `services:\n  job:\n    image: composure/test-idle\n    command: ["sh", "-c", "echo no room left; exit 7"]\n  after:\n    image: composure/test-idle\n    depends_on: {job: {condition: service_completed_successfully}}\n`;
    const checkout = await opened("job", text);
    expectTold(subject, await checkout.run(subject, ["up", "-d"]), { says: [/job.*7/] });
    expect((await look(checkout)).get("after-1")?.state ?? "created").toBe("created");
  });

  test("an external network that is not there: nothing is made", async () => {
    const checkout = await opened("external", "services:\n  web:\n    image: composure/test-idle\n    networks: [corporate]\nnetworks:\n  corporate:\n    external: true\n");
    expectTold(subject, await checkout.run(subject, ["up", "-d"]), { says: [/corporate/], place: "compose.yaml:" });
    expect(await remains(client, checkout.project)).toEqual([]);
  });

  test("exec where nothing runs", async () => {
    const checkout = await opened("absent", running);
    expectTold(subject, await checkout.run(subject, ["exec", "-T", "web", "true"]), { says: [/web.*not running/] });
  });
});

// Something that listens on a unix socket, and the way to end it with all its connections.
const listenOn = async (path: string, answer: string): Promise<() => Promise<void>> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
};

const betterOnly = (subject: Subject, check: () => void): void => {
  if (subject.name !== "peer") check();
};

onEngine("the engine is not there", ({ client, subject }) => {
  let checkout: Checkout;
  let proxy: Proxy;
  beforeAll(async () => {
    checkout = await checkOut({ client, purpose: "gone" });
    proxy = await openProxy(client.host);
    await checkout.write("compose.yaml", running);
  });
  afterAll(async () => {
    await proxy.close();
    await checkout.dispose();
  });

  test("no socket", async () => {
    const finished = await checkout.run(subject, ["up", "-d"], { host: `unix://${checkout.directory}/no.sock` });
    expectTold(subject, finished, { says: [/no\.sock/] });
    betterOnly(subject, () => expect(finished.stderr).toMatch(/DOCKER_HOST|running/));
  });

  test("a socket that nobody listens on", async () => {
    const path = join(checkout.directory, "dead.sock");
    // Closing a node server removes its socket file; a listener that is killed leaves it, as a crashed engine does.
    const child = checkout.start(
      { name: "peer", launch: [process.execPath, "-e", `require("net").createServer().listen(${JSON.stringify(path)}, () => console.log("listening"))`] },
      [],
    );
    await child.line(/listening/);
    child.signal("SIGKILL");
    await child.done;
    expectTold(subject, await checkout.run(subject, ["up", "-d"], { host: `unix://${path}` }), { says: [/dead\.sock/] });
  });

  test.skipIf(process.getuid?.() !== 0)("a socket that the user may not use", async () => {
    await chmod(checkout.directory, 0o755);
    const path = join(checkout.directory, "closed.sock");
    const close = await listenOn(path, "");
    await chmod(path, 0o600);
    const nobody = 65_534;
    const program = await readableByAll(subject, checkout.directory);
    const finished = await checkout.run(program, ["up", "-d"], { host: `unix://${path}`, uid: nobody, env: { HOME: "/nonexistent" } });
    await close();
    expectTold(subject, finished, { says: [/permission/i] });
    betterOnly(subject, () => expect(finished.stderr).toMatch(/closed\.sock/));
  });

  test("something that is no engine", async () => {
    const path = join(checkout.directory, "echo.sock");
    const close = await listenOn(path, "220 mail.example ESMTP\r\n");
    const finished = await checkout.run(subject, ["up", "-d"], { host: `unix://${path}` });
    await close();
    expect(finished.code, finished.output).toBe(1);
    expect(finished.output).not.toMatch(innards);
  });

  for (const moment of ["before", "after"] as const) {
    test(`the engine goes away ${moment} the create: said, and the next up does the rest`, async () => {
      proxy.restore();
      proxy.arm({ _tag: "Cut", moment, matches: (request) => request.template === "/containers/create" });
      const finished = await checkout.run(subject, ["up", "-d"], { host: proxy.host });
      expect(proxy.struck()).toBe(true);
      expect(finished.code, finished.output).toBe(1);
      expect(finished.output).not.toMatch(innards);
      betterOnly(subject, () => expect(finished.stderr).toMatch(/engine/i));
      succeeded(await checkout.run(subject, ["up", "-d"]));
      expect(states(await look(checkout))).toEqual(["web-1 running"]);
      succeeded(await checkout.run(subject, ["down"]));
    });
  }

  test("config needs no engine", async () => {
    succeeded(await checkout.run(subject, ["config", "-q"], { host: `unix://${checkout.directory}/no.sock` }));
  });
});
