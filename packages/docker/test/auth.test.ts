// Credentials for registries, from files and from programs.
import { type AskHelper, allAuths, encodeAuth, findAuth, registryKey } from "@composure/docker/auth";
import { describe, expect, test } from "vitest";

const basic = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString("base64");
const silent: AskHelper = () => Promise.resolve(undefined);
const helpers =
  (answers: Readonly<Record<string, string>>, asked: Array<string> = []): AskHelper =>
  (helper, action, input) => {
    asked.push(`${helper} ${action} ${input}`);
    return Promise.resolve(answers[`${helper} ${input}`]);
  };

test("the key of an image's registry", () => {
  expect(["nginx", "me/app", "ghcr.io/a/b", "127.0.0.1:5000/x"].map(registryKey)).toEqual([
    "https://index.docker.io/v1/",
    "https://index.docker.io/v1/",
    "ghcr.io",
    "127.0.0.1:5000",
  ]);
});

describe("credentials", () => {
  test("of the file, with colons in the password", async () => {
    expect(await findAuth({ auths: { "ghcr.io": { auth: basic("me", "p:w") } } }, "ghcr.io", silent)).toEqual({
      serveraddress: "ghcr.io",
      username: "me",
      password: "p:w",
    });
  });
  test("of the file, under an address", async () => {
    expect(
      await findAuth({ auths: { "https://r.test/v2/": { auth: basic("me", "pw") } } }, "r.test", silent),
    ).toMatchObject({ username: "me" });
  });
  test("identity tokens", async () => {
    expect(
      await findAuth({ auths: { r: { auth: basic("00000000", ""), identitytoken: "T" } } }, "r", silent),
    ).toMatchObject({ identitytoken: "T" });
  });
  test("only the registry that was asked for", async () => {
    expect(await findAuth({ auths: { "other.test": { auth: basic("me", "pw") } } }, "r.test", silent)).toBeUndefined();
    expect(await findAuth({ auths: { "r.test": {} } }, "r.test", silent)).toBeUndefined();
  });
  test("a registry's own helper outweighs store and file", async () => {
    const asked: Array<string> = [];
    const ask = helpers({ "ecr r.test": '{"ServerURL":"r.test","Username":"<token>","Secret":"S"}' }, asked);
    const config = {
      credHelpers: { "r.test": "ecr" },
      credsStore: "desktop",
      auths: { "r.test": { auth: basic("file", "x") } },
    };
    expect(await findAuth(config, "r.test", ask)).toEqual({ serveraddress: "r.test", identitytoken: "S" });
    expect(asked).toEqual(["ecr get r.test"]);
  });
  test("the store outweighs the file, which is the fallback", async () => {
    const ask = helpers({ "desktop a.test": '{"Username":"u","Secret":"s"}' });
    const config = { credsStore: "desktop", auths: { "b.test": { auth: basic("file", "x") } } };
    expect(await findAuth(config, "a.test", ask)).toEqual({ serveraddress: "a.test", username: "u", password: "s" });
    expect(await findAuth(config, "b.test", ask)).toMatchObject({ username: "file" });
  });
  test("for a build: all of them; a broken helper costs only its own", async () => {
    const ask: AskHelper = (helper, action, input) =>
      helper === "broken"
        ? Promise.reject(new Error("no"))
        : Promise.resolve(
            action === "list" ? '{"s.test":"u"}' : input === "s.test" ? '{"Username":"u","Secret":"s"}' : undefined,
          );
    const config = {
      credsStore: "desktop",
      credHelpers: { "h.test": "broken" },
      auths: { "f.test": { auth: basic("f", "x") } },
    };
    expect(Object.keys(await allAuths(config, ask)).sort()).toEqual(["f.test", "s.test"]);
  });
  test("the header is in the URL alphabet", () => {
    const encoded = encodeAuth({ password: "???>>>~~~ÿÿ" });
    expect(encoded).toMatch(/^[A-Za-z0-9_-]+=*$/);
    expect(JSON.parse(Buffer.from(encoded, "base64url").toString())).toEqual({ password: "???>>>~~~ÿÿ" });
  });
});
