// Reads what loading asks for, and asks again until nothing is missing.
import { readFileSync, statSync } from "node:fs";
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

export const loadFrom = (request: LoadRequest, read: (path: string) => FileContent): Loaded | Invalid => {
  const fetched = new Map<string, FileContent>();
  for (;;) {
    const result = load(request, fetched);
    if (result._tag !== "NeedFiles") return result;
    const missing = result.paths.filter((path) => !fetched.has(path));
    if (missing.length === 0) throw new Error(`loading asks again for ${result.paths.join(", ")}`);
    for (const path of missing) fetched.set(path, read(path));
  }
};
