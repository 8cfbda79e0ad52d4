// What counts as a secret, and that it is replaced wherever it stands.
import { assert, describe, it } from "@effect/vitest";
import { processorTime } from "../cost.ts";
import { isSecretValue, maskSecrets, replaceInText } from "../../src/explain/secrets.ts";

const mask = (text: string) => replaceInText(text, () => "***");

describe("secrets", () => {
  it("are told by the name of a value or by credentials in a URL", () => {
    const secret = [
      ["POSTGRES_PASSWORD", "x"],
      ["API_KEY", "x"],
      ["DB_URL", "postgres://db/app"],
      ["UPSTREAM", "https://user:pw@host/"],
      ["api-key", "x"],
    ];
    for (const [key, value] of secret) assert.isTrue(isSecretValue(key ?? "", value ?? ""), key);
    const open = [
      ["LOG_LEVEL", "debug"],
      ["POSTGRES_PASSWORD_FILE", "/run/secrets/db"],
      ["REQUIRE_AUTH", "true"],
      ["UPSTREAM", "https://host/"],
      ["DB_PASSWORD", ""],
    ];
    for (const [key, value] of open) assert.isFalse(isSecretValue(key ?? "", value ?? ""), key);
  });

  it("are replaced inside commands, the rest stays readable", () => {
    assert.strictEqual(mask("redis-server --requirepass hunter2 --port 1"), "redis-server --requirepass *** --port 1");
    assert.strictEqual(mask("psql postgres://app:hunter2@db/app -c x"), "psql postgres://app:***@db/app -c x");
    assert.strictEqual(mask("sh -c 'export TOKEN=\"a b\"; run'"), "sh -c 'export TOKEN=***; run'");
    assert.strictEqual(mask("--db-password=hunter2 -v"), "--db-password=*** -v");
    assert.strictEqual(mask("mysql --password=$PW --user=root"), "mysql --password=$PW --user=root");
    assert.strictEqual(mask("username=u,password=p,rw"), "username=u,password=***,rw");
    assert.strictEqual(mask("--dsn=postgres://app:hunter2@db/app"), "--dsn=postgres://app:***@db/app");
  });

  it("are replaced anywhere in plain data; own labels and names stay", () => {
    assert.deepStrictEqual(
      maskSecrets({
        command: ["serve", "--token", "abc", "--verbose", "--password", "--next"],
        environment: { SECRET: "s", A: "a", EMPTY: null },
        labels: {
          "com.docker.compose.project": "auth",
          "composure.config": "1:token=x",
          "traefik.basicauth.users": "me:x",
        },
        nested: [{ environment: ["TOKEN=abc", "B=1"] }],
        secrets: [{ source: "db_password", target: "db_password" }],
        count: 3,
      }),
      {
        command: ["serve", "--token", "(secret)", "--verbose", "--password", "--next"],
        environment: { SECRET: "(secret)", A: "a", EMPTY: null },
        labels: {
          "com.docker.compose.project": "auth",
          "composure.config": "1:token=x",
          "traefik.basicauth.users": "(secret)",
        },
        nested: [{ environment: ["TOKEN=(secret)", "B=1"] }],
        secrets: [{ source: "db_password", target: "db_password" }],
        count: 3,
      },
    );
  });

  it("a key named __proto__ is just a key", () => {
    const value: unknown = JSON.parse('{"__proto__":{"TOKEN":"x"}}');
    assert.strictEqual(JSON.stringify(maskSecrets(value)), '{"__proto__":{"TOKEN":"(secret)"}}');
  });

  it("a long text without words costs linear time", () => {
    const cost = processorTime(() => {
      for (const piece of ["a", "a-", "--a ", "a=", "x://"]) mask(piece.repeat(100_000));
    });
    assert.isBelow(cost, 2000);
  });
});
