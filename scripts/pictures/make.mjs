// make.mjs [NAME...]   Makes the pictures in docs/pictures from real runs: of all scenes in scenes/, or of the named ones.
// Needs an engine with the test images (scripts/engine/README.md). The same scene gives the same picture, byte for byte.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, program } from "../build.mjs";
import { root } from "../setup.mjs";
import { drawTerminal } from "./terminal.mjs";

const pictures = join(root, "docs/pictures");
const engineHost = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";

const writeFiles = (folder, files) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
};

/** `bin` holds `composure`, so that scenes read like a person's commands. */
const environmentOf = (bin, env) => {
  const kept = Object.entries(process.env).filter(([name]) => !/^(COMPOSE|COMPOSURE|NO_COLOR|FORCE_COLOR|CI$)/.test(name));
  return { ...Object.fromEntries(kept), DOCKER_HOST: engineHost, TERM: "xterm-256color", PATH: `${bin}:${process.env.PATH}`, ...env };
};

/** Runs a shell line without a terminal; it must succeed unless `mayFail`. */
const runQuietly = (line, options, mayFail = false) => {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], { ...options, encoding: "utf8" });
  if (status !== 0 && !mayFail) throw new Error(`"${line}" ended with ${status}:\n${stdout}${stderr}`);
};

/** Runs a shell line on a terminal of its own and gives every byte that it wrote there; fails on any other exit code than `code`. */
const runOnTerminal = (line, columns, code, options) => {
  const inner = `stty cols ${columns} rows 50; ${line}`;
  const { status, stdout, stderr } = spawnSync("script", ["-qec", inner, "/dev/null"], { ...options, stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });
  if (status !== code) throw new Error(`"${line}" ended with ${status}, not ${code}:\n${stdout}${stderr}`);
  return stdout.toString("utf8");
};

const prompt = (line) => `\x1b[32m$\x1b[0m \x1b[1m${line}\x1b[0m\r\n`;

/** What differs from machine to machine gives way to what stands for it. */
const settled = (text, scene, folder) => {
  const replaced = text.replaceAll(engineHost, "unix:///var/run/docker.sock").replaceAll(folder, "/srv/shop");
  return (scene.replace ?? []).reduce((all, [pattern, by]) => all.replace(pattern, by), replaced);
};

/**
 * A scene is `{ columns, title?, project?, env?, files, before?, takes, after?, replace? }`. `files` are written to the project's folder,
 * `before` runs unseen; then each take `{ files?, before?, show, says?, code? }`, one below the other: `show` runs on a terminal and must end
 * with `code` (0), `says` stands at the prompt instead of it. `replace` (pairs of a pattern and its text) takes out what differs from run to
 * run: ids, times. `after` (down -v) runs at the end, also when a take failed. Everything is a line for the shell; `composure` is on its path.
 */
const photograph = async (name, scene) => {
  const home = mkdtempSync(join(tmpdir(), "composure-picture-"));
  const folder = join(home, scene.project ?? "shop");
  const bin = join(home, "bin");
  try {
    mkdirSync(bin);
    writeFileSync(join(bin, "composure"), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
    writeFiles(folder, scene.files);
    const options = { cwd: folder, env: environmentOf(bin, scene.env ?? {}) };
    let shown = "";
    try {
      for (const line of scene.before ?? []) runQuietly(line, options);
      for (const take of scene.takes) {
        writeFiles(folder, take.files ?? {});
        for (const line of take.before ?? []) runQuietly(line, options);
        const wrote = runOnTerminal(take.show, scene.columns, take.code ?? 0, options);
        shown += `${shown === "" ? "" : "\r\n"}${prompt(take.says ?? take.show)}${settled(wrote, scene, folder)}`;
      }
    } finally {
      for (const line of scene.after ?? ["composure down -v --remove-orphans"]) runQuietly(line, options, true);
    }
    mkdirSync(pictures, { recursive: true });
    writeFileSync(join(pictures, `${name}.svg`), await drawTerminal(shown, { columns: scene.columns, title: scene.title ?? (scene.takes.at(-1)?.says ?? scene.takes.at(-1)?.show) }));
    console.error(`docs/pictures/${name}.svg`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};

await build();
const folder = new URL("scenes/", import.meta.url);
const known = readdirSync(folder).map((file) => file.replace(/\.mjs$/, "")).sort();
const wanted = process.argv.slice(2);
for (const name of wanted) if (!known.includes(name)) throw new Error(`no scene ${name}: there are ${known.join(", ")}`);
for (const name of wanted.length > 0 ? wanted : known) await photograph(name, (await import(new URL(`${name}.mjs`, folder).href)).scene);
