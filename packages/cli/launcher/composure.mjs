#!/usr/bin/env node
// Starts the bundle with V8's code cache beside it, which halves the time until the first line of a command runs.
// Without a cache, or with one of another Node, it just starts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { constants, Script } from "node:vm";

// The build puts the bundle's real name here. It carries a digest, so that no cache ever meets another bundle.
const bundle = fileURLToPath(new URL("./BUNDLE", import.meta.url));

const cached = () => {
  try {
    return readFileSync(`${bundle}.${process.versions.v8}.cache`);
  } catch {
    return undefined;
  }
};

/** The bundle as a function; `cachedData` makes it need no compiling. */
export const compile = (cachedData) =>
  new Script(`(function (exports, require, module) {${readFileSync(bundle, "utf8")}\n})`, {
    filename: bundle,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });

export const run = (script) => {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module);
  return module.exports;
};

// The build imports this file to make the cache, and then starts nothing.
if (process.env.COMPOSURE_BUILD !== "cache") {
  const { start } = run(compile(cached()));
  // Most runs last less than a second, and V8 would spend nearly half of their CPU on optimising code that is about
  // to end. Now it waits until code has run some twenty times as long; what runs for seconds is still optimised.
  // Set only after the bundle and Node's own modules are loaded: V8 takes no code cache under other flags than it had.
  setFlagsFromString("--interrupt-budget=3000000");
  start();
}
