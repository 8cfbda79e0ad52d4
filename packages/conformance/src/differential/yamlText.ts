// Generated YAML text: styles of scalars, anchors, merge keys, tags and interpolation as people (and other tools) write them.
import type { GeneratedProject } from "./generate.ts";
import { type Random, seeded } from "./random.ts";

const plainScalars = [
  "plain", "two words", "yes", "No", "on", "OFF", "true", "False", "TRUE", "null", "~", "Null", "", "0", "-0", "+1", "007", "0o17", "0x1F", "0b101", "1_000", "1.0", "1.10", "-.5", "5.", "1e3", "1E-7", "1e21", ".inf", "-.Inf", ".nan", "12:30:45", "1:2", "2024-01-02", "2024-01-02T03:04:05Z", "9223372036854775807", "9223372036854775808", "18446744073709551616", "123456789.125", "0.1", "a#b", "a:b", "http://x:80/?q=1&r=2", "-x", "x-", "a, b", "!", "=", "<<", "y", "n", "0755", "1e400", "0.30000001", "16777217.7", "100000000000000000000", "- dash", "é", "日本", "\\n", "%x", "@at", "a  b",
];

const interpolations = [
  "${SET}", "$SET", "${SET}x", "x$SET", "$$SET", "$${SET}", "${UNSET:-d}", "${UNSET-d}", "${UNSET:-}", "${EMPTY:-d}", "${EMPTY-d}", "${SET:+a}", "${SET+a}", "${UNSET:+a}", "${EMPTY:+a}", "${EMPTY+a}", "${SET:?msg}", "${UNSET:-${SET}}", "${UNSET:-${UNSET2:-deep}}", "${UNSET:-a b}", "${UNSET:-{\"k\":\"v\"}}", "${A:-x}}tail", "$1", "$(cmd)", "100$", "$", "a$ b", "${SET} and ${UNSET:-d}", "${UNSET-x:-y}", "${SET?err}", "${EMPTY?err}", "${UNSET:-$SET}", "${UNSET:-$$x}", "${NUM}", "${BOOL}", "${_U}", "${set}", "$SET_$NUM", "${SET}${NUM}", "$SET-$NUM", "${UNSET:-'q'}", "${UNSET:-\\}",
];

const broken = ["${", "${}", "${SET", "${1}", "${SET:}", "${UNSET:?needed}", "${EMPTY:?needed}", "${SET!x}", "${UNSET?}", "$${", "${UNSET:-${}"];

const quoteDouble = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
const quoteSingle = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A scalar in some style, for a value at `indent` spaces. */
const scalar = (random: Random, indent: number, bad: number): string => {
  const pad = " ".repeat(indent + 2);
  const text = random.chance(bad) ? random.pick(broken) : random.chance(0.5) ? random.pick(interpolations) : random.pick(plainScalars);
  return random.pick<() => string>([
    () => (/^[^-!=<&*#?|>@%`"'{}[\],\s][^#:{}[\],"'\n]*$/.test(text) || text === "" ? text : quoteDouble(text)),
    () => quoteDouble(text),
    () => quoteSingle(text),
    () => random.pick(["!!str ", ""]) + quoteDouble(text),
    () => `${random.pick(["|", "|-", "|+", ">", ">-", ">+"])}\n${pad}${text === "" ? "x" : text}\n${pad}second line\n\n${pad}third`,
    () => `${random.pick(plainScalars.slice(0, 60))} # comment`.trimStart(),
  ])();
};

const keys = ["K1", "k2", "\"quoted key\"", "'single'", "yes", "on", "K.dot", "K-dash", "true_", "\"10\"", "Zed"];

const environment = (random: Random, bad: number): string => {
  if (random.chance(0.3)) {
    const items = Array.from({ length: 1 + random.below(4) }, (_, index) => {
      const value = random.chance(bad) ? random.pick(broken) : random.pick([...interpolations, "v", "", "a=b", "'q'", "x y"]);
      return `      - ${quoteDouble(random.chance(0.2) ? `BARE${index}` : `L${index}=${value}`)}`;
    });
    return `    environment:\n${items.join("\n")}\n`;
  }
  const lines = random.some(keys, 1, 5).map((key) => `      ${key}: ${scalar(random, 6, bad)}`);
  const merge = random.chance(0.4) ? `      <<: ${random.pick(["*env", "[*env, *more]", "[*more, *env]"])}\n` : "";
  return `    environment:\n${merge}${lines.join("\n")}\n`;
};

const lists: Readonly<Record<string, ReadonlyArray<string>>> = {
  ports: ["8080:80", "127.0.0.1:81:81", "82", "83:83/udp", "84-85:84-85", "${PORT:-9000}:90", "[::1]:91:91"],
  volumes: ["/anon", "data:/data", "./rel:/rel:ro", "~/h:/h", "../up:/up", "${SET:-x}:/var", "/a:/b:rw,z", "data:/d2:nocopy"],
  labels: ["a=1", "b", "c=${SET}", "d=x=y", "e="],
  dns: ["1.1.1.1", "8.8.8.8"],
  cap_add: ["NET_ADMIN", "SYS_PTRACE"],
  tmpfs: ["/t1", "/t2:size=1m"],
  extra_hosts: ["h1:10.0.0.1", "h2=10.0.0.2", "h3:::1"],
  expose: ["80", "443/tcp", "100-102"],
  security_opt: ["label:disable", "no-new-privileges"],
  command: ["run", "--x=${SET}", "a b"],
  devices: ["/dev/null:/dev/n", "/dev/zero"],
  env_file: ["one.env"],
};

const listAttribute = (random: Random): string => {
  const name = random.pick(Object.keys(lists));
  const items = random.some(lists[name] ?? [], 1, 3).map(quoteDouble);
  if (random.chance(0.4)) return `    ${name}: [${items.join(", ")}]\n`;
  return `    ${name}:\n${items.map((item) => `      - ${item}\n`).join("")}`;
};

const scalarAttributes = ["hostname", "user", "working_dir", "container_name", "restart", "mem_limit", "cpus", "tty", "privileged", "stop_grace_period", "scale", "image", "entrypoint", "pids_limit", "init", "shm_size", "platform", "oom_score_adj", "cpu_shares"];
const scalarValues: Readonly<Record<string, ReadonlyArray<string>>> = {
  mem_limit: ["64m", "1.5g", "0x10", "1_000", "1e6", "2.5", "'512'", "${MEM:-32m}", "10 MB", "-1", "1k"],
  cpus: ["0.5", "'1.5'", "1e-1", ".5", "2", "${CPU:-0.25}"],
  tty: ["true", "'yes'", "\"on\"", "${BOOL}", "False", "'1'"],
  privileged: ["true", "'y'", "'no'", "${BOOL}"],
  init: ["true", "'FALSE'", "${BOOL:-true}"],
  scale: ["1", "'2'", "${NUM}", "0x2", "0"],
  stop_grace_period: ["1m30s", "90", "'5s'", "1.5h", "${T:-10s}", "100ms"],
  pids_limit: ["100", "'-1'", "${NUM}", "1.0"],
  oom_score_adj: ["-5", "'10'", "+7"],
  cpu_shares: ["512", "'1_0'", "0o10", "010"],
  user: ["1000", "1000:1000", "0o17", "root", "${NUM}:${NUM}", "1_000"],
  hostname: ["h", "1.10", "true", "${SET}", "~"],
  image: ["nginx", "nginx:${TAG:-1.10}", "${UNSET:-busybox}", "'a:5000/b'"],
  restart: ["'no'", "no", "always", "on-failure:3"],
  shm_size: ["64m", "'1g'", "1048576"],
  working_dir: ["/w", "${SET}", "w"],
  container_name: ["named-${NUM}", "c1"],
  entrypoint: ["run it", "'sh -c \"x y\"'", "[]", "[\"a\", \"b c\"]", "null", "''"],
  platform: ["linux/amd64", "linux/${ARCH:-arm64}"],
};

const scalarAttribute = (random: Random): string => {
  const name = random.pick(scalarAttributes);
  return `    ${name}: ${random.pick(scalarValues[name] ?? ["x"])}\n`;
};

const unique = (parts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const seen = new Map<string, string>();
  for (const part of parts) seen.set(part.trimStart().split(":")[0] ?? "", part);
  return Array.from(seen.values());
};

const service = (random: Random, name: string, bad: number): string => {
  const parts = unique([
    "    image: busybox\n",
    ...Array.from({ length: random.below(4) }, () => listAttribute(random)),
    ...Array.from({ length: random.below(4) }, () => scalarAttribute(random)),
    ...(random.chance(0.7) ? [environment(random, bad)] : []),
  ]);
  const merge = random.chance(0.3) ? "    <<: *common\n" : "";
  return `  ${name}:\n${merge}${parts.join("")}`;
};

/** An override file that resets, overrides and merges. */
const override = (random: Random): string => {
  const tag = (): string => random.pick(["", "", "!override ", "!reset "]);
  const lines = random.some(
    [
      `    environment: ${tag()}{K1: changed, NEW: "${random.pick(["1", "${SET}"])}"}\n`,
      `    ports: ${tag()}["7000:70"]\n`,
      `    labels: ${tag()}["a=2", "z=1"]\n`,
      `    volumes: ${tag()}["data:/data:ro", "/extra"]\n`,
      `    command: ${tag()}["other"]\n`,
      `    image: ${tag()}other\n`,
      `    dns: ${tag()}"9.9.9.9"\n`,
      `    deploy: ${tag()}{replicas: 2, labels: {d: e}}\n`,
      `    depends_on: ${tag()}[two]\n`,
      `    healthcheck: {test: [NONE]}\n`,
      `    environment: !reset null\n`,
    ],
    1,
    4,
  );
  return `services:\n  one:\n${unique(lines).join("")}${random.chance(0.3) ? "---\nservices:\n  one:\n    hostname: third\n" : ""}`;
};

/** A project of YAML text. A tenth of them hold a broken interpolation on purpose. */
export const generateText = (seed: number): GeneratedProject => {
  const random = seeded(seed * 7919 + 13);
  const bad = random.chance(0.1) ? 0.2 : 0;
  const header = `x-env: &env\n  SHARED: ${scalar(random, 2, 0)}\n  K1: from-env\nx-more: &more {K1: from-more, MORE: "1"}\nx-common: &common\n  restart: always\n  labels: {common: "1"}\n`;
  const files: Record<string, string> = {
    "compose.yaml": `${random.chance(0.2) ? "\ufeff" : ""}${random.chance(0.2) ? "version: \"3.8\"\n" : ""}${header}services:\n${service(random, "one", bad)}${service(random, "two", bad)}volumes:\n  data:\n`,
    "one.env": `# comment\nFIRST=1\nexport SECOND="two \${FIRST}"\nTHIRD='$FIRST'\nFOURTH=\${UNSET:-d} # tail\n${random.chance(0.3) ? "MULTI=\"a\nb\"\n" : ""}${random.chance(0.2) ? "BARE\n" : ""}`,
    ".env": "NUM=2\nBOOL=true\nDOT=from-dotenv\n",
  };
  if (random.chance(0.5)) files["compose.override.yaml"] = override(random);
  if (random.chance(0.1)) files["compose.yaml"] = (files["compose.yaml"] ?? "").replaceAll("\n", "\r\n");
  return { seed, files, args: [], env: { SET: "value", EMPTY: "", NUM: "3" } };
};
