#!/usr/bin/env node
// Starts the bundle: loads the parts that a command needs, each with V8's code cache beside it, which halves the time to
// the first line. Without a cache, or with one of another Node, it just starts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { constants, Script } from "node:vm";

// The build puts the folder's real name here. It carries a digest, so that no cache ever meets another bundle.
const folder = fileURLToPath(new URL("./BUNDLE/", import.meta.url));
const requireOfNode = createRequire(folder);
const modules = new Map();
const cacheEnd = `.${process.versions.v8}.cache`;

/** Compiled parts by name; the build saves their caches. */
export const scripts = new Map();

const cached = (file) => {
  try {
    return readFileSync(`${file}${cacheEnd}`);
  } catch {
    return undefined;
  }
};

const load = (name) => {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const filename = `${folder}${name}`;
  const script = new Script(`(function (exports, require, module) {${readFileSync(filename, "utf8")}\n})`, {
    filename,
    cachedData: cached(filename),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  scripts.set(`${filename}${cacheEnd}`, script);
  const module = { exports: {} };
  modules.set(name, module);
  script.runInThisContext()(module.exports, (id) => (id.startsWith("./") ? load(id.slice(2)) : requireOfNode(id)), module);
  return module.exports;
};

export const { main, start } = load("main.cjs");

// The build imports this file to make the caches, and then starts nothing by itself.
if (process.env.COMPOSURE_BUILD !== "cache") start();
