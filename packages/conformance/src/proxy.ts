// A transparent proxy between a client and the engine's socket: counts and records requests, and strikes at a chosen one.
import { mkdtemp, rm } from "node:fs/promises";
import * as http from "node:http";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endpoint } from "./EngineClient.ts";

/** One request. `index` counts from 1; `template` is the path without version, query and names: "/containers/{}/start". */
export interface Recorded {
  readonly index: number;
  readonly method: string;
  readonly path: string;
  readonly template: string;
  /** Milliseconds of performance.now(). */
  readonly at: number;
  body: string;
  status?: number;
}

/** When a strike hits: before the engine sees the request, or when the engine has answered it but the client does not know. */
export type Moment = "before" | "after";

/**
 * What happens at a request. `Cut` drops this request and everything after it, as an engine that went away does, until `restore`;
 * `act` (kill the subject, say) is called first. `Hold` keeps the request waiting until `until` resolves.
 */
export type Strike =
  | { readonly _tag: "Cut"; readonly moment: Moment; readonly matches: (request: Recorded) => boolean; readonly act?: () => void }
  | { readonly _tag: "Hold"; readonly matches: (request: Recorded) => boolean; readonly until: Promise<void> };

export interface Proxy {
  /** The value for DOCKER_HOST. */
  readonly host: string;
  readonly requests: ReadonlyArray<Recorded>;
  readonly maxInFlight: () => number;
  /** True once a Cut has hit. */
  readonly struck: () => boolean;
  readonly arm: (strike: Strike) => void;
  /** Forgets the strike and the requests; the engine is there again. */
  readonly restore: () => void;
  readonly close: () => Promise<void>;
}

const collections: Readonly<Record<string, ReadonlyArray<string>>> = {
  containers: ["json", "create", "prune"],
  networks: ["create", "prune"],
  volumes: ["create", "prune"],
  images: ["json", "create", "search", "prune", "load", "get"],
  exec: [],
};

/** "/v1.45/containers/4f1c/start?t=1" to "/containers/{}/start"; image names may hold slashes. */
export const template = (url: string): string => {
  const path = (url.split("?")[0] ?? "").replace(/^\/v\d+\.\d+(?=\/)/, "");
  const [kind = "", first, ...rest] = path.slice(1).split("/");
  const words = collections[kind];
  if (words === undefined || first === undefined || first === "" || words.includes(first)) return path;
  if (kind !== "images") return ["", kind, "{}", ...rest].join("/");
  const last = rest.at(-1);
  return last !== undefined && ["json", "push", "history", "tag", "get"].includes(last) ? `/images/{}/${last}` : "/images/{}";
};

class State {
  readonly requests: Array<Recorded> = [];
  strike: Strike | undefined;
  struck = false;
  inFlight = 0;
  maxInFlight = 0;
  readonly sockets = new Set<net.Socket>();

  record(request: http.IncomingMessage): Recorded {
    const url = request.url ?? "";
    const recorded = { index: this.requests.length + 1, method: request.method ?? "", path: url, template: template(url), at: performance.now(), body: "" };
    this.requests.push(recorded);
    return recorded;
  }

  hits(recorded: Recorded, moment: Moment): boolean {
    return !this.struck && this.strike?._tag === "Cut" && this.strike.moment === moment && this.strike.matches(recorded);
  }

  cut(): void {
    this.struck = true;
    if (this.strike?._tag === "Cut") this.strike.act?.();
    for (const socket of this.sockets) socket.destroy();
  }

  async hold(recorded: Recorded): Promise<void> {
    if (this.strike?._tag === "Hold" && this.strike.matches(recorded)) await this.strike.until;
  }
}

const readBody = (request: http.IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parts: Array<Buffer> = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => resolve(Buffer.concat(parts)));
    request.on("error", reject);
  });

// Contexts and layers are not worth keeping; every JSON body is far below this.
const keptBody = 65_536;

const forward = async (
  state: State,
  engine: http.RequestOptions,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> => {
  const recorded = state.record(request);
  const body = await readBody(request);
  recorded.body = body.subarray(0, keptBody).toString("utf8");
  if (state.hits(recorded, "before")) state.cut();
  if (state.struck) return void response.destroy();
  await state.hold(recorded);
  state.inFlight += 1;
  state.maxInFlight = Math.max(state.maxInFlight, state.inFlight);
  const upstream = http.request({ ...engine, method: request.method, path: request.url, headers: request.headers }, (answer) => {
    recorded.status = answer.statusCode ?? 0;
    if (state.hits(recorded, "after")) state.cut();
    if (state.struck) return void answer.destroy();
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    response.flushHeaders();
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  upstream.on("close", () => (state.inFlight -= 1));
  upstream.on("error", () => response.destroy());
  response.on("close", () => upstream.destroy());
  upstream.end(body);
};

// attach, exec and build sessions switch protocols: from there on bytes go both ways untouched.
const tunnel = (state: State, engine: http.RequestOptions, request: http.IncomingMessage, socket: net.Socket, head: Buffer): void => {
  const recorded = state.record(request);
  if (state.hits(recorded, "before")) state.cut();
  if (state.struck) return void socket.destroy();
  const upstream =
    typeof engine.socketPath === "string" ? net.connect(engine.socketPath) : net.connect(Number(engine.port), engine.host ?? "");
  const lines = [`${request.method} ${request.url} HTTP/1.1`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
  upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
  upstream.write(head);
  upstream.once("data", () => {
    if (state.hits(recorded, "after")) state.cut();
  });
  upstream.on("error", () => socket.destroy()).on("close", () => socket.destroy());
  socket.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
  upstream.pipe(socket);
  socket.pipe(upstream);
};

/** Opens a proxy to the engine at `host`, on a unix socket of its own that every user may connect to. */
export const openProxy = async (host: string): Promise<Proxy> => {
  const directory = await mkdtemp(join(tmpdir(), "composure-proxy-"));
  const path = join(directory, "engine.sock");
  const engine = endpoint(host);
  const state = new State();
  const server = http.createServer((request, response) => {
    forward(state, engine, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  server.on("upgrade", (request: http.IncomingMessage, socket: net.Socket, head: Buffer) => tunnel(state, engine, request, socket, head));
  server.on("connection", (socket) => {
    if (state.struck) return void socket.destroy();
    state.sockets.add(socket);
    socket.on("close", () => state.sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return {
    host: `unix://${path}`,
    requests: state.requests,
    maxInFlight: () => state.maxInFlight,
    struck: () => state.struck,
    arm: (strike) => void (state.strike = strike),
    restore: () => {
      state.strike = undefined;
      state.struck = false;
      state.maxInFlight = 0;
      state.requests.length = 0;
    },
    close: async () => {
      for (const socket of state.sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(directory, { recursive: true, force: true });
    },
  };
};
