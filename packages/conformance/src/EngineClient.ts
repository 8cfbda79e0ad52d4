// A small raw HTTP client on an engine's socket, so that tests look at the engine and never at what the subject says of it.
import * as http from "node:http";

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

/** A container as the list call tells it, reduced to what tests compare. */
export interface ContainerRow {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly number: number;
  readonly oneOff: boolean;
  readonly state: string;
  readonly status: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networks: Readonly<Record<string, { readonly IPAddress: string; readonly NetworkID: string }>>;
  readonly mounts: ReadonlyArray<{ readonly Type: string; readonly Name?: string; readonly Source: string; readonly Destination: string }>;
}

/** The part of an inspect that tests read. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly State: { readonly Status: string; readonly StartedAt: string; readonly ExitCode: number; readonly Running: boolean };
  readonly RestartCount: number;
  readonly Config: { readonly Env: ReadonlyArray<string>; readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly Aliases: ReadonlyArray<string> | null; readonly IPAddress: string; readonly NetworkID: string }>>;
  };
}

export interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano: number;
}

/** A connected event stream: `until` looks at what was seen since `watch` too. */
export interface EventWatch {
  readonly seen: ReadonlyArray<EngineEvent>;
  readonly until: (matches: (event: EngineEvent) => boolean) => Promise<EngineEvent>;
  readonly close: () => void;
}

interface ListedContainer {
  readonly Id: string;
  readonly Names: ReadonlyArray<string>;
  readonly Image: string;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly NetworkSettings: { readonly Networks: ContainerRow["networks"] };
  readonly Mounts: ContainerRow["mounts"];
}

const projectLabel = "com.docker.compose.project";
const label = (row: ListedContainer, key: string): string => row.Labels[`com.docker.compose.${key}`] ?? "";

const containerRow = (row: ListedContainer): ContainerRow => ({
  id: row.Id,
  name: (row.Names.find((name) => name.lastIndexOf("/") === 0) ?? "").slice(1),
  service: label(row, "service"),
  number: Number(label(row, "container-number")),
  oneOff: label(row, "oneoff") === "True",
  state: row.State,
  status: row.Status,
  image: row.Image,
  labels: row.Labels,
  networks: row.NetworkSettings.Networks,
  mounts: row.Mounts,
});

/** "unix:///path" or "tcp://host:port" to what node's http wants. */
export const endpoint = (host: string): http.RequestOptions => {
  if (host.startsWith("unix://")) return { socketPath: host.slice("unix://".length) };
  const url = new URL(host.replace(/^tcp:/, "http:"));
  return { host: url.hostname, port: Number(url.port === "" ? 2375 : url.port) };
};

// Output of an exec without a terminal comes in frames: stream, three zero bytes, length, bytes.
const unframe = (bytes: Buffer): string => {
  const parts: Array<Buffer> = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString("utf8");
};

// An event that does not come must fail its own test, with what did come.
const longestWait = 45_000;

export class EngineClient {
  readonly host: string;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

  constructor(host: string) {
    this.host = host;
  }

  request(method: string, path: string, body?: unknown): Promise<Reply> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const request = http.request({ ...endpoint(this.host), method, path, headers, agent: this.#agent }, (response) => {
        const parts: Array<Buffer> = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end(text);
    });
  }

  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await this.request(method, path, body);
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.status} ${reply.body.toString("utf8").trim()}`);
    return (reply.body.length === 0 ? undefined : JSON.parse(reply.body.toString("utf8"))) as T;
  }

  /** All containers of a project, one-offs and stopped ones included, by name. */
  async containers(project: string): Promise<ReadonlyArray<ContainerRow>> {
    const rows = await this.json<ReadonlyArray<ListedContainer>>("GET", `/containers/json?all=1&filters=${this.#labelled(project)}`);
    return rows.map(containerRow).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async networks(project: string): Promise<ReadonlyArray<{ readonly Id: string; readonly Name: string; readonly Labels: Readonly<Record<string, string>> }>> {
    return this.json("GET", `/networks?filters=${this.#labelled(project)}`);
  }

  async volumes(project: string): Promise<ReadonlyArray<{ readonly Name: string; readonly Labels: Readonly<Record<string, string>> | null }>> {
    const reply = await this.json<{ readonly Volumes: ReadonlyArray<{ Name: string; Labels: Record<string, string> | null }> | null }>(
      "GET",
      `/volumes?filters=${this.#labelled(project)}`,
    );
    return reply.Volumes ?? [];
  }

  async images(project: string): Promise<ReadonlyArray<{ readonly Id: string; readonly RepoTags: ReadonlyArray<string> | null }>> {
    return this.json("GET", `/images/json?filters=${this.#labelled(project)}`);
  }

  async hasImage(reference: string): Promise<boolean> {
    return (await this.request("GET", `/images/${reference}/json`)).status === 200;
  }

  async hasVolume(name: string): Promise<boolean> {
    return (await this.request("GET", `/volumes/${name}`)).status === 200;
  }

  inspect(id: string): Promise<Inspected> {
    return this.json("GET", `/containers/${id}/json`);
  }

  /** Runs a command in a container and gives its exit code and output. */
  async exec(container: string, argv: ReadonlyArray<string>): Promise<{ readonly code: number; readonly output: string }> {
    const body = { AttachStdout: true, AttachStderr: true, Cmd: argv };
    const { Id } = await this.json<{ Id: string }>("POST", `/containers/${container}/exec`, body);
    const reply = await this.request("POST", `/exec/${Id}/start`, { Detach: false, Tty: false });
    if (reply.status >= 400) throw new Error(`exec ${argv.join(" ")}: ${reply.status} ${reply.body.toString("utf8")}`);
    const { ExitCode } = await this.json<{ ExitCode: number }>("GET", `/exec/${Id}/json`);
    return { code: ExitCode, output: unframe(reply.body) };
  }

  /** Events of the project's containers from now on; connected when it resolves. */
  watch(project: string): Promise<EventWatch> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`${projectLabel}=${project}`], type: ["container"] }));
    const seen: Array<EngineEvent> = [];
    const waiting: Array<{ readonly matches: (event: EngineEvent) => boolean; readonly resolve: (event: EngineEvent) => void }> = [];
    const take = (event: EngineEvent): void => {
      seen.push(event);
      for (const one of waiting.filter((candidate) => candidate.matches(event))) {
        waiting.splice(waiting.indexOf(one), 1);
        one.resolve(event);
      }
    };
    const until = (matches: (event: EngineEvent) => boolean): Promise<EngineEvent> =>
      new Promise((resolve, reject) => {
        const already = seen.find(matches);
        if (already !== undefined) return resolve(already);
        const story = (): string => seen.map((event) => `${event.Action} ${event.Actor.Attributes["name"] ?? ""}`).join("\n");
        const timer = setTimeout(() => reject(new Error(`the event never came; seen:\n${story()}`)), longestWait);
        waiting.push({
          matches,
          resolve: (event) => {
            clearTimeout(timer);
            resolve(event);
          },
        });
      });
    return new Promise((resolve, reject) => {
      const request = http.request({ ...endpoint(this.host), method: "GET", path: `/events?filters=${filters}` }, (response) => {
        let rest = "";
        response.setEncoding("utf8").on("data", (text: string) => {
          const lines = (rest + text).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines.filter((one) => one.trim() !== "")) take(JSON.parse(line) as EngineEvent);
        });
        response.on("error", () => undefined);
        resolve({ seen, until, close: () => request.destroy() });
      });
      request.on("error", reject);
      request.end();
    });
  }

  #labelled(project: string): string {
    return encodeURIComponent(JSON.stringify({ label: [`${projectLabel}=${project}`] }));
  }
}
