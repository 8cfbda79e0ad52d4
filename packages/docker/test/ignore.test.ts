// What a build context holds. The matcher agreed with `docker build` (28.2, classic builder) on 900 random lists of patterns; these are the telling ones.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packContext } from "@composure/docker/context";
import { extract } from "tar-stream";
import { afterAll, describe, expect, test } from "vitest";

const root = mkdtempSync(join(tmpdir(), "composure-ignore-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = join(root, String((count += 1)));
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
};

interface Packed {
  readonly name: string;
  readonly type: string | null | undefined;
  readonly uid: number | undefined;
  readonly link: string | null | undefined;
  readonly text: string;
}

const unpack = async (
  source: Parameters<typeof packContext>[0],
): Promise<{ readonly dockerfile: string; readonly entries: ReadonlyArray<Packed> }> => {
  const { archive, dockerfile } = await packContext(source);
  const reader = extract();
  archive.pipe(reader);
  archive.on("error", (error) => reader.destroy(error));
  const entries: Array<Packed> = [];
  for await (const entry of reader) {
    let text = "";
    for await (const chunk of entry) text += Buffer.from(chunk as Uint8Array).toString();
    entries.push({
      name: entry.header.name.replace(/\/$/, ""),
      type: entry.header.type,
      uid: entry.header.uid,
      link: entry.header.linkname,
      text,
    });
  }
  return { dockerfile, entries };
};
const plain = (folder: string) => ({ folder, dockerfile: undefined, inline: undefined });

const FILES = {
  Dockerfile: "FROM x",
  "a/b/x.txt": "",
  "a/c.md": "",
  "ab/c.txt": "",
  "ab/d.md": "",
  "node_modules/m/i.js": "",
  "node_modules/keep/k.js": "",
  "top.key": "",
  "ab/in.key": "",
};
const files = async (patterns: ReadonlyArray<string>): Promise<string> => {
  const { entries } = await unpack(plain(folderWith({ ...FILES, ".dockerignore": patterns.join("\n") })));
  return entries
    .filter((entry) => entry.type === "file" && entry.name !== ".dockerignore" && entry.name !== "Dockerfile")
    .map((entry) => entry.name)
    .join(" ");
};

test.each([
  [[], "a/b/x.txt a/c.md ab/c.txt ab/d.md ab/in.key node_modules/keep/k.js node_modules/m/i.js top.key"],
  [["*.key"], "a/b/x.txt a/c.md ab/c.txt ab/d.md ab/in.key node_modules/keep/k.js node_modules/m/i.js"],
  [["**/*.key", "# comment", "", "node_modules/"], "a/b/x.txt a/c.md ab/c.txt ab/d.md"],
  [["*", "!ab"], "ab/c.txt ab/d.md ab/in.key"],
  [
    ["node_modules", "!node_modules/keep", "*.key"],
    "a/b/x.txt a/c.md ab/c.txt ab/d.md ab/in.key node_modules/keep/k.js",
  ],
  // An exception for a folder does not bring back what another pattern took out of it.
  [["**/*.key", "**/*.txt", "!ab"], "a/c.md ab/d.md node_modules/keep/k.js node_modules/m/i.js"],
  // No glob opens an ignored folder.
  [["ab", "node_modules", "!a*/c.*"], "a/b/x.txt a/c.md top.key"],
  [["/a/../ab//", "to?.k[a-e]y"], "a/b/x.txt a/c.md node_modules/keep/k.js node_modules/m/i.js"],
  [["a/**/*.txt"], "a/c.md ab/c.txt ab/d.md ab/in.key node_modules/keep/k.js node_modules/m/i.js top.key"],
  [["**", "!**/c.md", "!a"], "a/b/x.txt a/c.md"],
])("%j", async (patterns, left) => {
  expect(await files(patterns)).toBe(left);
});

describe("the archive", () => {
  test("the Dockerfile and the ignore file go along whatever the patterns say", async () => {
    const { entries } = await unpack(plain(folderWith({ ...FILES, ".dockerignore": "**" })));
    expect(entries.map((entry) => entry.name)).toEqual([".dockerignore", "Dockerfile"]);
    const nested = await unpack({
      folder: folderWith({ "d/e/Dockerfile": "FROM x", "d/y": "", ".dockerignore": "*" }),
      dockerfile: "d/e/Dockerfile",
      inline: undefined,
    });
    expect(nested.entries.map((entry) => entry.name)).toEqual([".dockerignore", "d/e/Dockerfile"]);
    expect(nested.dockerfile).toBe("d/e/Dockerfile");
  });
  test("everything belongs to root; links stay links", async () => {
    const folder = folderWith({ Dockerfile: "FROM x", "f.txt": "text" });
    symlinkSync("/etc/passwd", join(folder, "link"));
    const { entries } = await unpack(plain(folder));
    expect(entries.every((entry) => entry.uid === 0)).toBe(true);
    expect(entries.find((entry) => entry.name === "link")).toMatchObject({
      type: "symlink",
      link: "/etc/passwd",
      text: "",
    });
    expect(entries.find((entry) => entry.name === "f.txt")?.text).toBe("text");
  });
  test("an inline Dockerfile has a name of its own, which the engine is told to ignore", async () => {
    const { dockerfile, entries } = await unpack({
      folder: folderWith({ ".dockerignore": "x", y: "" }),
      dockerfile: undefined,
      inline: "FROM y",
    });
    expect(dockerfile).toMatch(/^\.dockerfile\.[0-9a-f]{20}$/);
    expect(entries.map((entry) => entry.name)).toEqual(["y", dockerfile, ".dockerignore"]);
    expect(entries.at(-1)?.text).toBe(`x\n.dockerignore\n${dockerfile}\n`);
  });
  test("the same files make the same archive", async () => {
    const folder = folderWith(FILES);
    const bytes = async () => {
      const chunks: Array<Buffer> = [];
      for await (const chunk of (await packContext(plain(folder))).archive) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    };
    expect((await bytes()).equals(await bytes())).toBe(true);
  });
  test("what cannot be packed is said", async () => {
    await expect(unpack(plain(folderWith({ x: "" })))).rejects.toThrow(/no Dockerfile at/);
    await expect(unpack(plain(join(root, "nowhere")))).rejects.toThrow(/does not exist/);
    await expect(unpack(plain(folderWith({ Dockerfile: "FROM x", ".dockerignore": "!" })))).rejects.toThrow(
      /excepts nothing/,
    );
    await expect(unpack(plain(folderWith({ Dockerfile: "FROM x", ".dockerignore": "[a" })))).rejects.toThrow(
      /not a pattern/,
    );
  });
});
