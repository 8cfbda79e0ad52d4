// How bytes reach an engine: one keep-alive pool of connections over a unix socket, tcp, TLS or ssh.
import { accessSync, constants, existsSync } from "node:fs";
import { Agent, type AgentOptions } from "node:http";
import { connect as connectNet, isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { inspect } from "node:util";
import type { Target } from "./connect.ts";
import { openSsh, type SshPool } from "./ssh.ts";

/** Milliseconds until a connection must stand. */
const CONNECT_TIMEOUT = 20_000;

/** A connection could not be made in time. */
export class ConnectTimeout extends Error {
  readonly code = "ETIMEDOUT";
}

export interface Transport {
  readonly agent: Agent;
  /** The Host header. */
  readonly authority: string;
  /** What path prefix the address carries; usually none. */
  readonly prefix: string;
  /** Where it really goes; may differ from the target's name when a fallback socket is used. */
  readonly name: string;
  /** Both ends run on one machine, so they share a clock. */
  readonly local: boolean;
  /** The address that another program on this machine must use; undefined where the target's own will do. */
  readonly near: () => Promise<string | undefined>;
  readonly close: () => void;
}

type Open = () => Duplex | Promise<Duplex>;

/** An agent whose connections all lead to one engine, whatever host a request names. */
class EngineAgent extends Agent {
  readonly open: Open;

  constructor(open: Open, options: AgentOptions) {
    super(options);
    this.open = open;
  }

  override createConnection(_options: unknown, ready?: (error: Error | null, socket: Duplex) => void): Duplex | undefined {
    const opened = this.open();
    if (!(opened instanceof Promise)) return opened;
    opened.then(
      (socket) => ready?.(null, socket),
      (error: Error) => ready?.(error, undefined as never),
    );
    return undefined;
  }

  /** docker-modem writes every request's options with util.inspect, to any depth; the pool would cost more than the call. */
  [inspect.custom](): string {
    return "EngineAgent";
  }
}

const bounded = (socket: ReturnType<typeof connectNet>, ready: "connect" | "secureConnect", name: string): Duplex => {
  const timer = setTimeout(
    () => socket.destroy(new ConnectTimeout(`no connection to ${name} within ${CONNECT_TIMEOUT / 1000} s`)),
    CONNECT_TIMEOUT,
  );
  socket.once(ready, () => clearTimeout(timer));
  socket.once("close", () => clearTimeout(timer));
  return socket;
};

/** The first socket that may be used; with none, the first that is there, so that the error tells what stands in the way. */
export const chooseSocket = (paths: ReadonlyArray<string>): string => {
  const usable = paths.find((path) => {
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
  return usable ?? paths.find((path) => existsSync(path)) ?? paths[0]!;
};

/** Opens nothing yet: connections are made by the first requests. */
export const openTransport = (target: Target): Transport => {
  // Last in, first out: the busiest connections stay warm and the others may idle out.
  // Each transport names its own TLS server. Without a name here Node asks of every request whether its host is an IPv6 address,
  // and compiling that pattern takes a twentieth of a small command's time.
  const options: AgentOptions & { readonly servername: string } = {
    keepAlive: true,
    scheduling: "lifo",
    maxSockets: Infinity,
    maxFreeSockets: 64,
    servername: "",
  };
  const make = (
    open: Open,
    rest: Omit<Transport, "agent" | "close" | "near">,
    close: () => void = () => {},
    near: Transport["near"] = async () => (rest.name === target.name ? undefined : rest.name),
  ): Transport => {
    const agent = new EngineAgent(open, options);
    return {
      ...rest,
      agent,
      near,
      close: () => {
        agent.destroy();
        close();
      },
    };
  };
  switch (target._tag) {
    case "Unix": {
      const path = target.fallbacks.length === 0 ? target.path : chooseSocket([target.path, ...target.fallbacks]);
      const name = path === target.path ? target.name : `unix://${path}`;
      return make(() => connectNet({ path }), { authority: "docker", prefix: "", name, local: true });
    }
    case "Tcp": {
      const { host, port, tls } = target;
      const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
      const rest = { authority, prefix: target.prefix, name: target.name, local: false };
      if (tls === undefined)
        return make(() => bounded(connectNet({ host, port, noDelay: true }), "connect", target.name), rest);
      const { verify, ...material } = tls;
      const secure = {
        ...material,
        host,
        port,
        rejectUnauthorized: verify,
        ...(isIP(host) ? {} : { servername: host }),
      };
      return make(() => bounded(connectTls(secure), "secureConnect", target.name), rest);
    }
    case "Ssh": {
      const pool: SshPool = openSsh(target);
      const rest = { authority: "docker", prefix: "", name: target.name, local: false };
      return make(pool.open, rest, pool.close, pool.near);
    }
  }
};
