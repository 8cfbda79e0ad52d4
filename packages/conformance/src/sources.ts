// The repository's own sources, parsed: what the repository's rules are checked against.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { repositoryRoot } from "./subject.ts";

/** Any node of the syntax tree, as far as the rules look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

/** One source file. `path` is relative to the repository's root. */
export interface SourceFile {
  readonly path: string;
  readonly package: string;
  readonly text: string;
  readonly lines: number;
  readonly program: SyntaxNode;
}

export const packages = readdirSync(join(repositoryRoot, "packages")).sort();

const filesBelow = (folder: string, ends: RegExp): ReadonlyArray<string> => {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path, ends);
    return ends.test(entry.name) ? [path] : [];
  });
};

const countLines = (text: string): number => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

const load = (name: string, path: string): SourceFile => {
  const text = readFileSync(path, "utf8");
  const program = parseAst(text, { lang: "ts" }) as unknown as SyntaxNode;
  return { path: relative(repositoryRoot, path), package: name, text, lines: countLines(text), program };
};

/** The sources below packages/<name>/<folder>. */
export const sourcesOf = (name: string, folder: "src" | "test"): ReadonlyArray<SourceFile> =>
  filesBelow(join(repositoryRoot, "packages", name, folder), /\.ts$/).map((path) => load(name, path));

/** Every file that people write, as text: sources, scripts, documents, settings. */
export const textFiles = (): ReadonlyArray<{ readonly path: string; readonly text: string }> => {
  const ends = /\.(ts|mjs|js|json|ya?ml|md|sh|txt)$|^(run|composure|Dockerfile)$/;
  const folders = [...packages.flatMap((name) => ["src", "test", "projects"].map((part) => `packages/${name}/${part}`)), "scripts", "docs", "examples", "bin", ".ci"];
  const roots = readdirSync(repositoryRoot).filter((name) => /\.(json|ya?ml|md|ts)$/.test(name) && name !== "pnpm-lock.yaml");
  const paths = [...folders.flatMap((folder) => filesBelow(join(repositoryRoot, folder), ends)), ...roots.map((name) => join(repositoryRoot, name))];
  return paths.map((path) => ({ path: relative(repositoryRoot, path), text: readFileSync(path, "utf8") }));
};

const isNode = (value: unknown): value is SyntaxNode => typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";

/** Visits `node` and everything below it. */
export const visit = (node: SyntaxNode, see: (node: SyntaxNode) => void): void => {
  see(node);
  for (const value of Object.values(node)) {
    if (isNode(value)) visit(value, see);
    else if (Array.isArray(value)) for (const one of value) if (isNode(one)) visit(one, see);
  }
};

/** The line of an offset, from 1. */
export const lineAt = (file: SourceFile, offset: number): number => file.text.slice(0, offset).split("\n").length;

/** What a file imports, statically or not; `typeOnly` when nothing of it exists at run time. */
export const importsOf = (file: SourceFile): ReadonlyArray<{ readonly from: string; readonly typeOnly: boolean; readonly line: number }> => {
  const found: Array<{ from: string; typeOnly: boolean; line: number }> = [];
  const add = (node: SyntaxNode, typeOnly: boolean): void => {
    const source = node["source"];
    if (isNode(source) && typeof source["value"] === "string") found.push({ from: source["value"], typeOnly, line: lineAt(file, node.start) });
  };
  visit(file.program, (node) => {
    switch (node.type) {
      case "ImportDeclaration":
        return add(node, node["importKind"] === "type");
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration":
        return add(node, node["exportKind"] === "type");
      case "ImportExpression":
        return add(node, false);
    }
  });
  return found;
};
