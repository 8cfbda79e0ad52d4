// dockerode's transport, fitted with our connection pool and with an eye on what every response header tells.
import Modem from "docker-modem";
import Docker from "dockerode";
import type { Transport } from "./transport.ts";

/** What the engine said about itself in the headers of its responses. */
export interface EngineHeaders {
  /** The newest API the engine speaks, "1.45". */
  apiVersion?: string;
  /** The engine's clock at its last response, unix seconds. */
  time?: number;
  /** How far that clock was ahead of ours, in seconds; exact to about one. */
  skew?: number;
}

/** An answer that is not a success: the status and the engine's own words. */
export class HttpFailure extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

interface Response extends NodeJS.ReadableStream {
  readonly statusCode?: number;
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>;
}
type Done = (error: Error | null, data: unknown) => void;
type BuildPayload = (
  error: Error | null,
  isStream: boolean | undefined,
  statusCodes: Readonly<Record<number, unknown>>,
  openStdin: boolean,
  request: unknown,
  response: Response,
  json: unknown,
  done: Done,
) => void;

const remember = (headers: EngineHeaders, response: Response): void => {
  const version = response.headers["api-version"];
  if (typeof version === "string" && version !== "") headers.apiVersion = version;
  const date = Date.parse(String(response.headers["date"] ?? ""));
  if (!Number.isNaN(date)) {
    headers.time = Math.floor(date / 1000);
    headers.skew = (date - Date.now()) / 1000;
  }
};

const textOf = (body: unknown): string => {
  if (Buffer.isBuffer(body)) return body.toString("utf8").trim();
  if (typeof body === "object" && body !== null) {
    const { message, error } = body as { readonly message?: unknown; readonly error?: unknown };
    if (typeof message === "string") return message;
    if (typeof error === "string") return error;
  }
  return typeof body === "string" ? body.trim() : JSON.stringify(body);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** Collects an error's body: streams are answered with a plain one when they fail. */
const readText = (response: Response, done: (text: string) => void): void => {
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    text += chunk;
  });
  response.on("end", () => done(text));
  response.on("error", () => done(text));
};

export interface Connection {
  readonly docker: Docker;
  readonly headers: EngineHeaders;
  /** Later calls use this API version; undefined leaves the choice to the engine. */
  readonly pin: (version: string) => void;
}

/**
 * A Docker over this transport. The modem is made without its constructor, which reads DOCKER_HOST and certificates
 * from the process's environment: the target is settled already, and a broken variable must not matter here.
 */
export const connectDocker = (transport: Transport): Connection => {
  const headers: EngineHeaders = {};
  const prototype: object = Modem.prototype;
  const inherited = (prototype as { readonly buildPayload: BuildPayload }).buildPayload;
  const buildPayload: BuildPayload = function (this: unknown, error, isStream, statusCodes, openStdin, request, response, json, done) {
    if (error !== null) return done(error, null);
    remember(headers, response);
    if (statusCodes[response.statusCode ?? 0] === true) return inherited.call(this, error, isStream, statusCodes, openStdin, request, response, json, done);
    const status = response.statusCode ?? 0;
    if (isStream === true) return readText(response, (text) => done(new HttpFailure(status, textOf(parse(text))), null));
    return done(new HttpFailure(status, textOf(json)), null);
  };
  const fields = {
    // Any path makes dockerode leave host, port and TLS alone; the agent decides where a connection leads.
    socketPath: "engine",
    agent: transport.agent,
    headers: { Host: transport.authority },
    protocol: "http",
    version: transport.prefix === "" ? undefined : transport.prefix.slice(1),
    sshOptions: {},
    buildPayload,
  };
  const modem: object = Object.assign(Object.create(prototype) as object, fields);
  return {
    docker: new Docker({ modem } as unknown as Docker.DockerOptions),
    headers,
    pin: (version) => {
      (modem as { version: string | undefined }).version = `${transport.prefix === "" ? "" : `${transport.prefix.slice(1)}/`}v${version}`;
    },
  };
};
