// Input that is made to hurt: loading stays within time and memory, and says what is wrong.
import { describe, expect, test } from "vitest";
import { loadRounds, type World } from "./world.ts";

const range = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index);

/** Milliseconds of work, which other programs on the machine do not change much. */
const work = (run: () => void): number => {
  const { user } = process.cpuUsage();
  run();
  return (process.cpuUsage().user - user) / 1_000;
};

/** The first problem's code, or "Loaded". Generous; a wrong algorithm takes minutes. */
const outcome = (world: World, changes = {}): string => {
  let result: ReturnType<typeof loadRounds>["result"] | undefined;
  expect(
    work(() => {
      result = loadRounds(world, changes).result;
    }),
  ).toBeLessThan(10_000);
  return result?._tag === "Loaded" ? "Loaded" : (result?.diagnostics[0]?.code ?? "");
};

const service = (rest: string): World => ({ "compose.yaml": `services: {a: {image: i, ${rest}}}\n` });

describe("bounded", { timeout: 60_000 }, () => {
  test.each<[string, World, string]>([
    [
      "unknown keys",
      {
        "compose.yaml": `services:\n  a:\n${range(10_000)
          .map((i) => `    imagee${i}: x\n`)
          .join("")}`,
      },
      "unknown-key",
    ],
    [
      "a port range on many services",
      {
        "compose.yaml": `services:\n${range(50)
          .map((i) => `  a${i}: {image: x, ports: [1-65535]}\n`)
          .join("")}`,
      },
      "invalid-value",
    ],
    ["a long volume", service(`volumes: ['${"$${".repeat(100_000)}:/b']`), "Loaded"],
    [
      "many volumes",
      service(
        `volumes: [${range(2_000)
          .map((i) => `{type: bind, source: /s${i}, target: /t${i}}`)
          .join(", ")}]`,
      ),
      "Loaded",
    ],
    [
      "a chain of dependencies",
      {
        "compose.yaml": `services:\n  s0: {image: x}\n${range(3_000)
          .map((i) => `  s${i + 1}: {image: x, depends_on: [s${i}]}\n`)
          .join("")}`,
      },
      "Loaded",
    ],
    [
      "a long cycle",
      {
        "compose.yaml": `services:\n${range(3_000)
          .map((i) => `  s${i}: {image: x, depends_on: [s${(i + 1) % 3_000}]}\n`)
          .join("")}`,
      },
      "dependency-cycle",
    ],
    [
      "values that double",
      {
        "compose.yaml": "services: {}\n",
        ".env": `A0=x\n${range(60)
          .map((i) => `A${i + 1}=$A${i}$A${i}\n`)
          .join("")}`,
      },
      "interpolation",
    ],
    [
      "one long value in many places",
      {
        "compose.yaml": `services: {}\nx-a: [${range(3_000)
          .map(() => '"$A$A"')
          .join(", ")}]\n`,
        ".env": `A=${"x".repeat(100_000)}\n`,
      },
      "interpolation",
    ],
  ])("%s", (_name, world, expected) => {
    expect(outcome(world)).toBe(expected);
  });

  test("includes that fan out are loaded once", () => {
    const names = range(20).flatMap((i) => [`f${i}.yaml`, `g${i}.yaml`]);
    const world = Object.fromEntries(
      names.map((name) => {
        const level = Number(/\d+/.exec(name)?.[0]);
        const include = level < 19 ? `include: [f${level + 1}.yaml, g${level + 1}.yaml]\n` : "";
        return [name, `${include}services: {${name.replace(".yaml", "")}: {image: x}}\n`];
      }),
    );
    expect(outcome({ ...world, "compose.yaml": "include: [f0.yaml, g0.yaml]\n" })).toBe("Loaded");
  });

  test("includes that nest without end", () => {
    const world = Object.fromEntries(
      range(300).map((i) => [`f${i}.yaml`, `include: [f${i + 1}.yaml]\nservices: {s${i}: {image: x}}\n`]),
    );
    expect(outcome({ ...world, "compose.yaml": "include: [f0.yaml]\n" })).toBe("include");
  });

  test("a pattern with many stars among the services", () => {
    const changes = { services: [`${"*a".repeat(50)}b`] };
    expect(outcome({ "compose.yaml": `services: {${"a".repeat(200)}: {image: x}}\n` }, changes)).toBe(
      "unknown-service",
    );
  });

  test("keys that every object has", () => {
    const text =
      "services: {__proto__: {image: x}, constructor: {image: y, environment: {__proto__: z, toString: w}, labels: {__proto__: q}, networks: [hasOwnProperty]}}\nnetworks: {hasOwnProperty: , __proto__: }\nx-__proto__: 1\n";
    expect(outcome({ "compose.yaml": text })).toBe("Loaded");
    expect(({} as Record<string, unknown>)["image"]).toBeUndefined();
  });
});

describe("large but honest", { timeout: 60_000 }, () => {
  const project = (services: number): World => ({
    "compose.yaml": [
      "x-common: &common\n  restart: always\n  environment: &env\n    A: ${A:-x}\nservices:\n  base: {image: base, labels: {l: m}}\n",
      ...range(services).map(
        (i) =>
          `  s${i}:\n    <<: *common\n${i % 2 ? "    extends: base\n" : ""}    image: "i:\${TAG:-1}-${i}"\n    environment:\n      <<: *env\n      N: ${i}\n    ports: ["${1_000 + i}:80"]\n    volumes: [data:/d, "./x:/x:ro"]\n    depends_on: [base]\n`,
      ),
      "volumes: {data: }\n",
    ].join(""),
  });

  test("500 services", () => {
    loadRounds(project(50));
    expect(work(() => expect(loadRounds(project(500)).result._tag).toBe("Loaded"))).toBeLessThan(3_000);
  });

  test("four times the services cost about four times the work", () => {
    const cost = (services: number): number => {
      const world = project(services);
      return Math.min(...range(3).map(() => work(() => void loadRounds(world))));
    };
    cost(100);
    expect(cost(800)).toBeLessThan(cost(200) * 12);
  });
});
