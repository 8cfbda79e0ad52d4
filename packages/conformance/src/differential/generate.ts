// Whole generated projects: a Compose file, sometimes an override file, an extended file, an included one, env files.
import { stringify } from "yaml";
import { type Context, type Draft, drawService, type Value } from "./features.ts";
import { seeded } from "./random.ts";

export interface GeneratedProject {
  readonly seed: number;
  /** Relative path to content. */
  readonly files: Readonly<Record<string, string>>;
  readonly args: ReadonlyArray<string>;
  readonly env: Readonly<Record<string, string>>;
}

const names = ["web", "db", "cache", "worker", "proxy-1", "a.b"];

const topLevel = ({ random }: Context): Draft => ({
  networks: {
    front: random.pick<Value>([null, { driver: "bridge" }, { internal: true, labels: ["a=b"] }]),
    back: random.pick<Value>([null, { name: "real-back", driver_opts: { mtu: 1400 } }, { external: true }, { ipam: { config: [{ subnet: "10.9.0.0/24", gateway: "10.9.0.1" }] } }]),
  },
  volumes: {
    data: random.pick<Value>([null, { labels: { x: "y" } }, { external: true, name: "outside" }, { driver: "local", driver_opts: { type: "none", o: "bind", device: "./dev" } }]),
    cache: random.pick<Value>([null, { name: "my-${SET}" }]),
  },
  configs: { conf: random.pick<Value>([{ file: "./conf.txt" }, { content: "hello ${SET}" }, { environment: "SET" }, { external: true }]) },
  secrets: { key: random.pick<Value>([{ file: "./key.txt" }, { environment: "SET" }]), token: { file: "./token.txt" } },
});

const overrideFor = (context: Context, services: ReadonlyArray<string>): Draft => {
  const chosen = context.random.some(services, 1, 2);
  return {
    services: Object.fromEntries(
      chosen.map((name) => {
        const { image: _, build: _build, ...rest } = drawService({ ...context, peers: [] });
        return [name, rest];
      }),
    ),
  };
};

/** The project of a seed. Files are plain data printed by a YAML library: no construct of the parser itself is tested here. */
export const generateProject = (seed: number): GeneratedProject => {
  const random = seeded(seed);
  const chosen = random.some(names, 1, 4);
  const services: Record<string, Value> = {};
  chosen.forEach((name, index) => {
    services[name] = drawService({ random, peers: chosen.slice(0, index) });
  });
  const context: Context = { random, peers: [] };
  const files: Record<string, string> = {
    "web.env": "FROM_FILE=1\nA='single $X'\nB=\"double ${FROM_FILE} \\n\"\nexport C=c # comment\nD=${UNSET:-d}\n",
    "more.env": "A=later\nE=\nKEY=file\n",
    ".env": "FROM_DOTENV=dot\nNUM=4\n",
    "base.yaml": stringify({ services: { base: drawService(context) } }),
    "inc/compose.yaml": stringify({ services: { included: drawService(context) }, volumes: { data: null, cache: null }, networks: { front: null, back: null }, configs: { conf: { content: "x" } }, secrets: { key: { file: "k" }, token: { file: "t" } } }),
    "inc/web.env": "INC=1\n",
    "inc/more.env": "INC=2\n",
  };
  const extending = random.chance(0.25);
  if (extending) {
    const first = chosen[0];
    const service = first === undefined ? undefined : services[first];
    if (first !== undefined && service !== undefined) {
      services[first] = Object.assign({}, service, { extends: { file: "base.yaml", service: "base" } });
    }
  }
  const including = random.chance(0.15);
  const top = including ? {} : topLevel(context);
  const model: Draft = { ...(random.chance(0.3) ? { name: "named" } : {}), ...(including ? { include: ["inc/compose.yaml"] } : {}), ...top, services };
  files["compose.yaml"] = stringify(model);
  if (random.chance(0.35)) files["compose.override.yaml"] = stringify(overrideFor(context, chosen));
  const args = random.chance(0.3) ? ["--profile", random.pick(["dev", "test", "*"])] : [];
  return { seed, files, args, env: { SET: "value", EMPTY: "", NUM: "3" } };
};
