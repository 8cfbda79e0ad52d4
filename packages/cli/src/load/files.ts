// Reads what loading asks for, and asks again until nothing is missing.
import { readFileSync, statSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { load } from "@composure/core/load/loadProject";
import type { FileContent, Invalid, Loaded, LoadRequest } from "@composure/core/load/Load";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

export const readContent = (path: string): FileContent => {
  try {
    if (statSync(path).isDirectory()) return { _tag: "Directory" };
    const bytes = readFileSync(path);
    try {
      return { _tag: "Text", content: strict.decode(bytes) };
    } catch {
      return { _tag: "Text", content: lenient.decode(bytes), invalidUtf8: true };
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? { _tag: "Missing" } : { _tag: "Unreadable", message: code ?? message };
  }
};

/** UTF-16 units; loading less than this is over before V8 optimises much. */
const LARGE = 32 * 1024;

/**
 * Loading a large project lasts less than a second, and V8 would spend a third of its CPU on optimising code that is
 * about to end. Now it waits until code has run some twenty times as long; what runs for seconds is still optimised.
 * Not at the start of the program: V8 takes no code cache under other flags than the cache was made with.
 */
const optimiseLater = (): void => setFlagsFromString("--interrupt-budget=3000000");

export const loadFrom = (request: LoadRequest, read: (path: string) => FileContent): Loaded | Invalid => {
  const fetched = new Map<string, FileContent>();
  for (;;) {
    const result = load(request, fetched);
    if (result._tag !== "NeedFiles") return result;
    const missing = result.paths.filter((path) => !fetched.has(path));
    if (missing.length === 0) throw new Error(`loading asks again for ${result.paths.join(", ")}`);
    for (const path of missing) fetched.set(path, read(path));
    const isLarge = missing.some((path) => {
      const content = fetched.get(path);
      return content?._tag === "Text" && content.content.length > LARGE;
    });
    if (isLarge) optimiseLater();
  }
};
