#!/usr/bin/env node
// Starts the bundle: loads the parts that a command needs, each with V8's code cache beside it, which halves the time to
// the first line. Without a cache, or with one of another Node, it just starts. It is CommonJS because Node spends a fifth of
// an empty program on its loader of ES modules, and as much again on the streams of node:fs when such a module imports it.
"use strict";
const { readFileSync } = require("node:fs");
const { constants, Script } = require("node:vm");

// The build puts the folder's real name here. It carries a digest, so that no cache ever meets another bundle.
const folder = `${__dirname}/BUNDLE/`;
const modules = new Map();
const cacheEnd = `.${process.versions.v8}.cache`;

/** Compiled parts by name; the build saves their caches. */
const scripts = new Map();

const cached = (file) => {
  try {
    return readFileSync(`${file}${cacheEnd}`);
  } catch {
    return undefined;
  }
};

// What most commands never use: parts of Node, together a tenth of a small command's time, and the tables of a compressor.
const late = new Set(["./fflate.cjs", "child_process", "crypto", "fs/promises", "https", "os", "readline", "tls", "v8", "zlib"]);

const open = (id) => (id.startsWith("./") ? load(id.slice(2)) : require(id));

/** A module that is loaded when something of it is first used. */
const lately = (id) => {
  const descriptor = (_, key) => {
    const found = Reflect.getOwnPropertyDescriptor(open(id), key);
    return found && { ...found, configurable: true };
  };
  return new Proxy(
    {},
    { get: (_, key) => open(id)[key], has: (_, key) => key in open(id), ownKeys: () => Reflect.ownKeys(open(id)), getOwnPropertyDescriptor: descriptor },
  );
};

const find = (id) => (late.has(id.replace(/^node:/, "")) ? lately(id) : open(id));

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
  script.runInThisContext()(module.exports, find, module);
  return module.exports;
};

const { main, start } = load("main.cjs");
module.exports = { main, scripts };

// The build loads this file to make the caches, and then starts nothing by itself.
if (process.env.COMPOSURE_BUILD !== "cache") start();
