// The files of simulated containers: those that were put there, and the folders that every image has.
import { NotFound } from "@composure/engine/EngineError";
import type { CommitRequest, PathStat } from "@composure/engine/Facts";
import { withTag } from "./images.ts";
import { type Answer, answer, conflict, done, noSuchContainer, refuse, rejected } from "./refusals.ts";
import { packTar, type TarEntry, unpackTar } from "./tar.ts";
import { digestOf, emit, findContainer, type SimContainer, type SimImage, type World } from "./World.ts";

/** They exist in every image worth its name. */
const usual = ["/", "/bin", "/dev", "/etc", "/home", "/opt", "/proc", "/root", "/run", "/srv", "/sys", "/tmp", "/usr", "/var"];

/** "/a/b" for "a//b/./c/..". */
export const clean = (path: string): string => {
  const parts: Array<string> = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
};

const baseOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1) || "/";

const isFolder = (container: SimContainer, path: string): boolean =>
  usual.includes(path) ||
  container.spec.service.working_dir === path ||
  container.mounts.some(({ destination }) => destination === path || destination.startsWith(`${path}/`)) ||
  Object.keys(container.files).some((file) => file.startsWith(`${path}/`));

const absent = (container: SimContainer, path: string) =>
  refuse(new NotFound({ what: `Could not find the file ${path} in container ${container.id}` }));

const on = <A>(world: World, id: string, use: (container: SimContainer) => Answer<A>): Answer<A> => {
  const container = findContainer(world, id);
  return container === undefined ? noSuchContainer(id) : use(container);
};

export const statPath = (world: World, id: string, path: string): Answer<PathStat> =>
  on<PathStat>(world, id, (container) => {
    const wanted = clean(path);
    if (container.files[wanted] !== undefined) return answer({ name: baseOf(wanted), kind: "file", linkTarget: "" });
    return isFolder(container, wanted) ? answer({ name: baseOf(wanted), kind: "folder", linkTarget: "" }) : absent(container, path);
  });

const encoder = new TextEncoder();

const entriesBelow = (container: SimContainer, path: string, name: string): ReadonlyArray<TarEntry> => {
  const below = Object.keys(container.files).filter((file) => file.startsWith(path === "/" ? "/" : `${path}/`)).sort();
  const relative = below.map((file) => file.slice(path === "/" ? 1 : path.length + 1));
  const folders = new Set(relative.flatMap((file) => file.split("/").slice(0, -1).map((_, at, parts) => parts.slice(0, at + 1).join("/"))));
  const within = (entry: string) => (name === "" ? entry : `${name}/${entry}`);
  return [
    ...(name === "" ? [] : [{ name, kind: "folder" as const, content: new Uint8Array() }]),
    ...[...folders].sort().map((folder) => ({ name: within(folder), kind: "folder" as const, content: new Uint8Array() })),
    ...relative.map((file, at) => ({ name: within(file), kind: "file" as const, content: encoder.encode(container.files[below[at] as string]) })),
  ];
};

export const readArchive = (world: World, id: string, path: string): Answer<Uint8Array> =>
  on(world, id, (container) => {
    const wanted = clean(path);
    const file = container.files[wanted];
    emit(world, "archive-path", container);
    if (file !== undefined) return answer(packTar([{ name: baseOf(wanted), kind: "file", content: encoder.encode(file) }]));
    return isFolder(container, wanted) ? answer(packTar(entriesBelow(container, wanted, baseOf(wanted)))) : absent(container, path);
  });

export const exportContainer = (world: World, id: string): Answer<Uint8Array> =>
  on(world, id, (container) => {
    emit(world, "export", container);
    return answer(packTar(entriesBelow(container, "/", "")));
  });

const textOf = (content: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
};

export const writeArchive = (world: World, id: string, folder: string, archive: Uint8Array): Answer<void> =>
  on(world, id, (container) => {
    const base = clean(folder);
    const entries = unpackTar(archive);
    if (entries === undefined) return rejected(400, "archive/tar: invalid tar header");
    if (container.files[base] !== undefined) return rejected(400, "extraction point is not a directory");
    if (!isFolder(container, base)) return absent(container, folder);
    if (container.spec.service.read_only === true) return rejected(400, "container rootfs is marked read-only");
    const files = entries.filter(({ kind }) => kind === "file").map(({ name, content }) => ({ path: clean(`${base}/${name}`), text: textOf(content) }));
    const binary = files.find(({ text }) => text === undefined);
    if (binary !== undefined) return rejected(400, `a simulated container keeps text only: ${binary.path} is none`);
    const blocked = files.find(({ path }) => isFolder(container, path));
    if (blocked !== undefined) return rejected(400, `cannot overwrite directory "${blocked.path}" with non-directory "/"`);
    for (const { path, text } of files) container.files[path] = text ?? "";
    emit(world, "extract-to-dir", container);
    return done;
  });

export const commitContainer = (world: World, id: string, request: CommitRequest): Answer<{ readonly id: string }> =>
  on(world, id, (container) => {
    if (container.state === "removing" || container.state === "dead") return conflict(`You cannot commit container ${id} which is ${container.state}`);
    const base = world.images[container.imageId];
    const { spec, files } = container;
    const image: SimImage = {
      labels: spec.labels,
      platform: base?.platform ?? "linux/amd64",
      volumes: base?.volumes ?? [],
      exposed: base?.exposed ?? [],
      entrypoint: spec.service.entrypoint ?? base?.entrypoint ?? [],
      command: spec.service.command ?? base?.command ?? [],
      id: `sha256:${digestOf(`commit ${container.id} ${world.counter} ${JSON.stringify([files, request.message, request.changes])}`)}`,
      digests: [],
    };
    world.images[image.id] = image;
    if (request.reference !== "") world.tags[withTag(request.reference)] = { id: image.id, at: world.now };
    emit(world, "commit", container, { comment: request.message });
    return answer({ id: image.id });
  });
