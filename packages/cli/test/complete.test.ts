// Completion: what is asked for at each place of a command line, and what the simulated engine and the files answer.
import { afterEach, describe, expect, it } from "vitest";
import { completionRequest } from "../src/complete/request.ts";
import { scripts } from "../src/complete/scripts.ts";
import { specs } from "../src/commands/index.ts";
import { Stage } from "./stage.ts";

/** The last word is the one under the cursor; a line that ends with a space has an empty one. */
const want = (line: string) => {
  const words = line.split(" ");
  return completionRequest(words.slice(0, -1), words.at(-1) ?? "", specs).want;
};
const offered = (line: string): ReadonlyArray<string> => {
  const answer = want(line);
  return answer._tag === "Offers" ? answer.offers.map(([value]) => value) : [`live ${answer._tag === "Live" ? answer.what : answer._tag}`];
};

describe("what a place asks for", () => {
  it("commands first, with their meaning", () => {
    expect(offered("")).toEqual(expect.arrayContaining(["up", "down", "plan", "completion"]));
    expect(offered("-f a.yaml --profile x ")).toContain("up");
  });
  it.each([
    ["up ", "live services"],
    ["up web ", "live services"],
    ["exec ", "live running"],
    ["exec web ", "live Files"],
    ["--profile ", "live profiles"],
    ["-p ", "live projects"],
    ["--context ", "live contexts"],
    ["up --exit-code-from ", "live services"],
    ["up --scale ", "live services"],
    ["-f ", "live Files"],
    ["--project-directory ", "live Folders"],
    ["show ", "live Files"],
    ["up --profile ", "live profiles"],
  ])("%s asks for %s", (line, what) => expect(offered(line)).toEqual([what]));
  it("values of flags", () => {
    expect(offered("--progress ")).toEqual(["auto", "tty", "plain", "json", "quiet"]);
    expect(offered("--progress=")).toEqual(["auto", "tty", "plain", "json", "quiet"]);
    expect(offered("config --format ")).toEqual(["yaml", "json"]);
    expect(offered("down --rmi ")).toEqual(["local", "all"]);
    expect(offered("completion ")).toEqual(["bash", "fish", "powershell", "zsh"]);
  });
  it("flags, and none behind --", () => {
    expect(offered("up --")).toContain("--detach");
    expect(offered("rm --")).not.toContain("--all");
    expect(offered("up -- -")).toEqual(["live services"]);
    expect(offered("exec web -")).toEqual(["live Files"]);
  });
  it("nothing where nothing more can stand", () => {
    expect(offered("version ")).toEqual([]);
    expect(offered("nosuch ")).toEqual([]);
    expect(offered("up -t ")).toEqual(["live Files"]);
  });
});

describe("answers", () => {
  const compose = `name: shop
services:
  web: { image: "web:1" }
  db: { image: "db:1" }
  debug: { image: "d:1", profiles: [tools] }
`;
  let at: Stage | undefined;
  afterEach(() => at?.remove());
  const complete = (line: string) => (at as Stage).run(["__complete", ...line.split(" ")]);

  it("come from the files and from the engine, in cobra's form", async () => {
    at = new Stage(compose);
    expect(await complete("up ")).toMatchObject({ code: 0, stdout: "db\ndebug\nweb\n:4\n", stderr: "Completion ended with directive: ShellCompDirectiveNoFileComp\n" });
    expect((await complete("up web ")).stdout).toBe("db\ndebug\n:4\n");
    expect((await complete("--profile ")).stdout).toBe("tools\n:4\n");
    expect((await complete("scale w")).stdout).toBe("web=\n:6\n");
    expect((await complete("-f ")).stdout).toBe("yaml\nyml\n:8\n");
    expect((await complete("up --detac")).stdout).toBe("--detach\tDetached mode: Run containers in the background\n:4\n");
    expect((await complete("exec ")).stdout).toBe("db\nweb\n:4\n");
    expect((await at.run("up -d db")).code).toBe(0);
    expect((await complete("exec ")).stdout).toBe("db\n:4\n");
    expect((await complete("-p ")).stdout).toBe("shop\n:4\n");
  });

  it("are empty, never an error, when the files are broken", async () => {
    at = new Stage("services: [");
    expect(await complete("up ")).toMatchObject({ code: 0, stdout: ":4\n" });
  });
});

describe("the completion command", () => {
  it.each(Object.keys(scripts))("prints the script for %s", async (shell) => {
    const at = new Stage("services: {}");
    expect(await at.run(`completion ${shell}`)).toMatchObject({ code: 0, stdout: scripts[shell], stderr: "" });
    at.remove();
  });
  it("names the shells it knows", async () => {
    const at = new Stage("services: {}");
    const { code, stderr } = await at.run("completion tcsh");
    expect(code).toBe(1);
    expect(stderr).toContain("use bash, zsh, fish, powershell");
    at.remove();
  });
});
