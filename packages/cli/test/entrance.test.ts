// The doors: composure, docker's plugin, docker-compose's name; and docker's own flags, wherever they stand.
import { describe, expect, it } from "vitest";
import { enter } from "../src/argv/entrance.ts";
import { parse } from "../src/argv/parse.ts";
import { specs } from "../src/commands/index.ts";
import { chooseEngine } from "../src/engine/choose.ts";

const words = (line: string) => line.split(" ").filter((word) => word !== "");
const through = (line: string, calledAs = "composure") => {
  const { program, argv } = enter(words(line), calledAs);
  return [program, argv.join(" ")];
};
const globals = (line: string) => {
  const parsed = parse(enter(words(line), "composure").argv, specs);
  if (parsed._tag !== "Invocation") throw new Error(`${line}: ${parsed._tag}`);
  return parsed.globals;
};

describe("the name of the program", () => {
  it.each([
    ["up -d", "composure", "composure", "up -d"],
    ["up -d", "docker-compose", "docker-compose", "up -d"],
    ["compose up -d", "docker-compose", "docker compose", "up -d"],
    ["composure up -d", "docker-composure", "docker composure", "up -d"],
    ["--context prod -H tcp://a compose up", "docker-compose", "docker compose", "--context prod -H tcp://a up"],
    ["--tls --log-level=debug -cprod compose up", "docker-compose", "docker compose", "--tls --log-level=debug -cprod up"],
    ["-H tcp://a up compose", "docker-compose", "docker-compose", "-H tcp://a up compose"],
    ["-f compose up", "docker-compose", "docker-compose", "-f compose up"],
    ["exec web compose", "docker-compose", "docker-compose", "exec web compose"],
    ["__complete compose up ", "docker-compose", "docker compose", "__complete up"],
    ["help up", "composure", "composure", "up --help"],
    ["compose help up", "docker-compose", "docker compose", "up --help"],
    ["help", "composure", "composure", "--help"],
    ["help nosuch", "composure", "composure", "nosuch --help"],
  ])("%s, run as %s, is %s %s", (line, calledAs, program, argv) => expect(through(line, calledAs)).toEqual([program, argv]));
});

describe("flags without effect", () => {
  it("--menu is still taken", () => expect(globals("up --menu=false")).toBeDefined());
});

describe("docker's own flags", () => {
  it("say where the engine is", () =>
    expect(chooseEngine(globals("--host tcp://a:2376 --tlsverify --tlscacert=ca.pem up"), {}, "/p", "/w")).toEqual({
      _tag: "Docker",
      host: "tcp://a:2376",
      tls: { verify: true, ca: "/w/ca.pem" },
    }));
  it("are accepted by old names", () => expect(globals("--verbose --log-level debug -D up")).toMatchObject({ debug: true, logLevel: "debug" }));
  it("work behind the command in their long form", () => {
    expect(globals("up --context prod --profile a --env-file b --parallel 3 --compatibility --all-resources --progress plain --ansi never")).toMatchObject({
      context: "prod",
      profile: ["a"],
      envFile: ["b"],
      parallel: 3,
      compatibility: true,
      allResources: true,
      progress: "plain",
      ansi: "never",
    });
  });
});
