// dockerode's transport, fitted with our connection pool and with an eye on what every response header tells.
import Modem from "docker-modem";
import Docker from "dockerode";
import type { Transport } from "./transport.ts";

/** What the engine said about itself in the headers of its responses. */
export interface EngineHeaders {
  /** What it calls itself, "Docker/28.5.2 (linux)". */
  server?: string;
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

interface DialOptions {
  readonly hijack?: boolean | undefined;
  readonly path: string;
  readonly isStream?: boolean;
  readonly statusCodes: Readonly<Record<number, unknown>>;
  readonly options?: { readonly _query?: object };
}

const remember = (headers: EngineHeaders, response: Response): void => {
  const version = response.headers["api-version"];
  if (typeof version === "string" && version !== "") headers.apiVersion = version;
  const server = response.headers["server"];
  if (typeof server === "string") headers.server = server;
  const date = Date.parse(String(response.headers["date"] ?? ""));
  if (!Number.isNaN(date)) {
    headers.time = Math.floor(date / 1000);
    headers.skew = (date - Date.now()) / 1000;
  }
};

/** JSON where it is some, else the text; nothing for an empty body. */
const parse = (text: string): unknown => {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** The engine's own words out of an error's body. */
const wordsOf = (body: unknown): string => {
  if (typeof body === "string") return body.trim();
  if (typeof body !== "object" || body === null) return "";
  const { message, error } = body as { readonly message?: unknown; readonly error?: unknown };
  return typeof message === "string" ? message : typeof error === "string" ? error : JSON.stringify(body);
};

const readText = (response: Response, done: (error: Error | null, text: string) => void): void => {
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    text += chunk;
  });
  response.once("end", () => done(null, text));
  // An engine that dies in the middle of its answer.
  response.once("error", (error: Error) => done(error, text));
};

const isEmpty = (value: object | undefined): boolean => value === undefined || Object.keys(value).length === 0;

export interface Connection {
  readonly docker: Docker;
  readonly headers: EngineHeaders;
  /** Later calls use this API version; undefined leaves the choice to the engine. */
  readonly pin: (version: string) => void;
}

type Dial = (this: unknown, options: DialOptions, done: Done) => void;

/**
 * Every response is taken as a stream and read here: dockerode's own reading waits for ever when an answer breaks off,
 * parses a container's output where it looks like JSON, and keeps the headers to itself.
 */
const dialWith = (inherited: Dial, headers: EngineHeaders): Dial =>
  function (options, done) {
    const path = isEmpty(options.options?._query) ? options.path.replace(/\?$/, "") : options.path;
    const accepted = Object.entries(options.statusCodes).flatMap(([status, meaning]) =>
      meaning === true ? [Number(status)] : [],
    );
    inherited.call(this, { ...options, path, isStream: true, statusCodes: EVERY_STATUS }, (error, data) => {
      if (error !== null) return done(error, null);
      const response = data as Response;
      // An upgraded connection is the bare socket: the answer's headers are behind us.
      if (options.hijack === true && response.statusCode === undefined) return done(null, data);
      const status = response.statusCode ?? 0;
      remember(headers, response);
      if (!accepted.includes(status))
        return readText(response, (broken, text) =>
          done(broken ?? new HttpFailure(status, wordsOf(parse(text))), null),
        );
      if (options.isStream === true) return done(null, response);
      return readText(response, (broken, text) => done(broken, parse(text)));
    });
  };

/** Lets the inherited code pass every response on. */
const EVERY_STATUS: Readonly<Record<number, unknown>> = new Proxy({}, { get: () => true });

/**
 * A Docker over this transport. The modem is made without its constructor, which reads DOCKER_HOST and certificates
 * from the process's environment: the target is settled already, and a broken variable must not matter here.
 */
export const connectDocker = (transport: Transport): Connection => {
  const headers: EngineHeaders = {};
  const prototype: object = Modem.prototype;
  const base = transport.prefix.slice(1);
  const fields = {
    // Any path makes dockerode leave host, port and TLS alone; the agent decides where a connection leads.
    socketPath: "engine",
    agent: transport.agent,
    headers: { Host: transport.authority },
    protocol: "http",
    version: base === "" ? undefined : base,
    sshOptions: {},
    dial: dialWith((prototype as { readonly dial: Dial }).dial, headers),
  };
  const modem: object = Object.assign(Object.create(prototype) as object, fields);
  return {
    docker: new Docker({ modem } as unknown as Docker.DockerOptions),
    headers,
    pin: (version) => {
      (modem as { version: string | undefined }).version = `${base === "" ? "" : `${base}/`}v${version}`;
    },
  };
};
