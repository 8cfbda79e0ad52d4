// A build context as a tar stream: what .dockerignore leaves of a folder, plus a Dockerfile from elsewhere.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, lstat, readdir, readFile, readlink } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Pack } from "tar-stream";
import { basesOf, type Builder, builderFor } from "./dockerfile.ts";
import { type Ignore, type Inherited, parseIgnore } from "./ignore.ts";

/** What the engine is to build from; `dockerfile` is a path inside the archive. */
export interface BuildContext {
  readonly archive: Readable;
  readonly dockerfile: string;
  readonly builder: Builder;
  /** The images that the Dockerfile builds on. */
  readonly bases: ReadonlyArray<string>;
}

export interface ContextSource {
  readonly folder: string;
  /** As the file has it: absolute, or relative to the folder. */
  readonly dockerfile: string | undefined;
  readonly inline: string | undefined;
}

/** The context or its Dockerfile cannot be read. */
export class ContextError extends Error {}

const textOf = (path: string): Promise<string | undefined> =>
  readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What goes into the archive: everything that is not ignored, and `always`, which no pattern keeps out. */
interface Selection {
  readonly ignore: Ignore;
  readonly always: ReadonlySet<string>;
}

interface Entry {
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
}

/** Sorted by name, folders before what is in them, so that the same files make the same archive. */
async function* walk(root: string, folder: string, selection: Selection, parent?: Inherited): AsyncGenerator<Entry> {
  const { ignore, always } = selection;
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const { ignored, inherited } = ignore.match(path, parent);
    const kept = !ignored || always.has(path);
    if (entry.isDirectory()) {
      if (kept) yield { path, kind: "folder" };
      const enters = kept || ignore.enters(path) || [...always].some((name) => name.startsWith(`${path}/`));
      if (enters) yield* walk(root, path, selection, inherited);
    } else if (kept && entry.isSymbolicLink()) {
      yield { path, kind: "link" };
    } else if (kept && entry.isFile()) {
      yield { path, kind: "file" };
    }
  }
}

const addEntry = async (pack: Pack, root: string, { path, kind }: Entry): Promise<void> => {
  const absolute = join(root, path);
  const info = await lstat(absolute);
  // Owners stay here: in the image everything begins as root's.
  const header = { name: path, mode: info.mode & 0o7777, mtime: info.mtime, uid: 0, gid: 0 };
  switch (kind) {
    case "folder":
      pack.entry({ ...header, type: "directory" });
      return;
    case "link":
      pack.entry({ ...header, type: "symlink", linkname: await readlink(absolute) });
      return;
    case "file": {
      const sink = pack.entry({ ...header, type: "file", size: info.size });
      await pipeline(createReadStream(absolute), sink);
    }
  }
};

interface ExtraFile {
  readonly name: string;
  readonly content: string;
}

const fill = async (
  pack: Pack,
  root: string,
  selection: Selection,
  extras: ReadonlyArray<ExtraFile>,
): Promise<void> => {
  for await (const entry of walk(root, "", selection)) {
    if (!extras.some((extra) => extra.name === entry.path)) await addEntry(pack, root, entry);
  }
  for (const extra of extras) pack.entry({ name: extra.name, mode: 0o644, mtime: new Date(0) }, extra.content);
  pack.finalize();
};

interface Dockerfile {
  /** Inside the archive. */
  readonly name: string;
  readonly content: string;
  /** Whether the file is part of the folder. */
  readonly isInside: boolean;
  /** Where an ignore file of its own would stand. */
  readonly ignorePath?: string;
}

/** A file that is not in the folder goes into the archive under a name that nobody has. */
const foreign = (content: string): Dockerfile => ({
  name: `.dockerfile.${createHash("sha256").update(content).digest("hex").slice(0, 20)}`,
  content,
  isInside: false,
});

const findDockerfile = async (source: ContextSource): Promise<Dockerfile> => {
  if (source.inline !== undefined) return foreign(source.inline);
  const written = source.dockerfile ?? "Dockerfile";
  const absolute = isAbsolute(written) ? written : resolve(source.folder, written);
  const content = await textOf(absolute);
  if (content === undefined) throw new ContextError(`there is no Dockerfile at ${absolute}`);
  const inside = relative(source.folder, absolute);
  const ignorePath = `${absolute}.dockerignore`;
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    return { ...foreign(content), ignorePath };
  return { name: inside.split(sep).join("/"), content, isInside: true, ignorePath };
};

/** Reads nothing but names and the Dockerfile before the archive is read. */
export const packContext = async (source: ContextSource): Promise<BuildContext> => {
  const folder = await lstat(source.folder).catch(() => undefined);
  if (folder === undefined) throw new ContextError(`the build context ${source.folder} does not exist`);
  if (!folder.isDirectory() && !folder.isSymbolicLink())
    throw new ContextError(`the build context ${source.folder} is not a folder`);
  const dockerfile = await findDockerfile(source);
  const ownIgnore = dockerfile.ignorePath === undefined ? undefined : await textOf(dockerfile.ignorePath);
  const ignore = ownIgnore ?? (await textOf(join(source.folder, ".dockerignore"))) ?? "";
  const builder = builderFor(dockerfile.content);
  const { isInside } = dockerfile;
  // The classic builder applies .dockerignore once more, after it has read the Dockerfile: it needs the one that we used.
  // BuildKit does not, so a Dockerfile from elsewhere is then a file of the context like any other.
  const rewritten = builder === "classic" && (!isInside || ownIgnore !== undefined);
  const extras: ReadonlyArray<ExtraFile> = [
    ...(isInside ? [] : [{ name: dockerfile.name, content: dockerfile.content }]),
    ...(rewritten
      ? [{ name: ".dockerignore", content: `${ignore}\n.dockerignore\n${isInside ? "" : `${dockerfile.name}\n`}` }]
      : []),
  ];
  const keepsIgnore = builder === "classic" && !rewritten && (await exists(join(source.folder, ".dockerignore")));
  const selection = {
    ignore: parseIgnore(ignore),
    always: new Set([dockerfile.name, ...(keepsIgnore ? [".dockerignore"] : [])]),
  };
  const { pack } = await import("tar-stream");
  const archive = pack();
  const root = resolve(source.folder);
  void fill(archive, root, selection, extras).catch((error: Error) => archive.destroy(new ContextError(error.message)));
  return { archive: Readable.from(archive), dockerfile: dockerfile.name, builder, bases: basesOf(dockerfile.content) };
};
