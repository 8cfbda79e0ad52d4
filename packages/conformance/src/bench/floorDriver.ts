// The floor: a bare program that reaches the same states with the fewest engine calls. It knows no Compose file, compares one
// hash per container, waits for health on one event stream, and has no messages, no safety and no way back.
// Usage: node floor.mjs PROJECT SPEC.json up|ps|logs|down. The last line on stderr is "requests=N".
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import { endpoint } from "../EngineClient.ts";
import type { BenchProject, BenchService } from "./projects.ts";

const [project = "", specFile = "", command = ""] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const engine = endpoint(process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock");
let requests = 0;

const open = (method: string, path: string, body?: unknown): Promise<http.IncomingMessage> => {
  requests += 1;
  const text = body === undefined ? "" : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    http.request({ ...engine, method, path, headers, agent }, resolve).on("error", reject).end(text);
  });
};

const ask = async <A>(method: string, path: string, body?: unknown): Promise<A> => {
  const response = await open(method, path, body);
  let text = "";
  for await (const part of response.setEncoding("utf8")) text += part;
  if ((response.statusCode ?? 0) >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as A;
};

interface Listed {
  readonly Id: string;
  readonly Names: ReadonlyArray<string>;
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

const projectLabel = "com.docker.compose.project";
const filter = encodeURIComponent(JSON.stringify({ label: [`${projectLabel}=${project}`] }));
const list = (): Promise<ReadonlyArray<Listed>> => ask("GET", `/containers/json?all=1&filters=${filter}`);
const networks = (): Promise<ReadonlyArray<{ readonly Id: string }>> => ask("GET", `/networks?filters=${filter}`);
const network = `${project}_default`;
const nameOf = (service: BenchService, number: number): string => `${project}-${service.name}-${number}`;
const hashOf = (service: BenchService): string => createHash("sha256").update(JSON.stringify({ ...service, scale: 1 })).digest("hex");

const bodyOf = (service: BenchService): object => ({
  Image: service.image,
  StopSignal: "SIGKILL",
  Env: [`MARKER=${service.marker}`],
  Labels: { [projectLabel]: project, "bench.hash": hashOf(service) },
  ...(service.probe === undefined ? {} : { Healthcheck: { Test: ["CMD", "true"], Interval: service.probe * 1e9, Retries: 20 } }),
  HostConfig: {
    Init: true,
    NetworkMode: network,
    ...(service.port === undefined ? {} : { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: String(service.port) }] } }),
  },
  NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [service.name] } } },
});

/** Resolves for a container once it has been seen healthy. */
const followHealth = async (): Promise<(id: string) => Promise<void>> => {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${projectLabel}=${project}`], event: ["health_status"] }));
  const events = await open("GET", `/events?filters=${filters}`);
  const healthy = new Set<string>();
  const waiting = new Map<string, Array<() => void>>();
  let rest = "";
  events.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((one) => one.includes("health_status: healthy"))) {
      const { id } = JSON.parse(line) as { readonly id: string };
      healthy.add(id);
      for (const wake of waiting.get(id) ?? []) wake();
    }
  });
  return (id) => (healthy.has(id) ? Promise.resolve() : new Promise((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve])));
};

const replace = async (service: BenchService, number: number, old: Listed | undefined): Promise<string> => {
  if (old !== undefined) {
    if (old.State === "running") await ask("POST", `/containers/${old.Id}/stop`);
    await ask("DELETE", `/containers/${old.Id}`);
  }
  const { Id } = await ask<{ Id: string }>("POST", `/containers/create?name=${nameOf(service, number)}`, bodyOf(service));
  await ask("POST", `/containers/${Id}/start`);
  return Id;
};

const up = async (services: BenchProject): Promise<void> => {
  const images = [...new Set(services.map(({ image }) => image))];
  const [containers, found] = await Promise.all([list(), networks(), ...images.map((image) => ask("GET", `/images/${image}/json`))]);
  const byName = new Map(containers.map((one) => [one.Names[0]?.slice(1) ?? "", one]));
  const isDue = (service: BenchService, number: number): boolean => byName.get(nameOf(service, number))?.Labels["bench.hash"] !== hashOf(service);
  const due = services.flatMap((service) => Array.from({ length: service.scale }, (_, at) => ({ service, number: at + 1 })).filter(({ number }) => isDue(service, number)));
  if (found.length === 0) await ask("POST", "/networks/create", { Name: network, Labels: { [projectLabel]: project } });
  const healthOf = due.some(({ service }) => service.healthy) ? await followHealth() : undefined;
  const ready = new Map<string, Promise<void>>();
  for (const { service, number } of due) {
    const needs = service.needs.map((name) => ready.get(name));
    const begun = Promise.all(needs).then(() => replace(service, number, byName.get(nameOf(service, number))));
    const isWaitedFor = service.probe !== undefined && healthOf !== undefined;
    ready.set(number === 1 ? service.name : nameOf(service, number), begun.then((id) => (isWaitedFor ? healthOf(id) : undefined)));
  }
  await Promise.all(ready.values());
  const wanted = new Set(services.flatMap((service) => Array.from({ length: service.scale }, (_, at) => nameOf(service, at + 1))));
  await Promise.all(containers.filter(({ Names }) => !wanted.has(Names[0]?.slice(1) ?? "")).map(remove));
};

const remove = async ({ Id, State }: Listed): Promise<void> => {
  if (State === "running") await ask("POST", `/containers/${Id}/stop`);
  await ask("DELETE", `/containers/${Id}`);
};

/** What needs others goes first. */
const down = async (services: BenchProject): Promise<void> => {
  const [containers, found] = await Promise.all([list(), networks()]);
  const users = new Map<string, Array<string>>();
  for (const { name, needs } of services) for (const need of needs) users.set(need, [...(users.get(need) ?? []), name]);
  const gone = new Map<string, Promise<unknown>>();
  for (const { name } of [...services].reverse()) {
    const own = containers.filter(({ Names }) => Names[0]?.startsWith(`/${project}-${name}-`));
    gone.set(name, Promise.all((users.get(name) ?? []).map((user) => gone.get(user))).then(() => Promise.all(own.map(remove))));
  }
  await Promise.all(gone.values());
  await Promise.all(found.map(({ Id }) => ask("DELETE", `/networks/${Id}`)));
};

const logs = async (): Promise<void> => {
  await Promise.all(
    (await list()).map(async ({ Id }) => {
      for await (const part of await open("GET", `/containers/${Id}/logs?stdout=1&stderr=1`)) process.stdout.write(part as Buffer);
    }),
  );
};

const ps = async (): Promise<void> => {
  for (const { Names, State } of await list()) process.stdout.write(`${Names[0]} ${State}\n`);
};

const services = JSON.parse(readFileSync(specFile, "utf8")) as BenchProject;
const commands: Readonly<Record<string, () => Promise<void>>> = { up: () => up(services), down: () => down(services), ps, logs };
const run = commands[command];
if (run === undefined) throw new Error(`no command ${command}`);
await run();
process.stderr.write(`requests=${requests}\n`);
process.exit(0);
