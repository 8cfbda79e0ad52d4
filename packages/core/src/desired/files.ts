// Configs and secrets of a service: files of the host are mounted, texts are put into the container before it starts.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { byBytes } from "../hash/canonicalJson.ts";
import type { FileObject, Project } from "../model/Project.ts";
import type { FileReference, Service } from "../model/Service.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import type { FileMount, InjectedFile } from "./Desired.ts";

export interface Files {
  readonly files: ReadonlyArray<InjectedFile>;
  readonly fileMounts: ReadonlyArray<FileMount>;
  readonly digest?: string;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

type Kind = "config" | "secret";

const folder = { config: "/", secret: "/run/secrets/" } as const;

const targetOf = (kind: Kind, reference: FileReference): string => {
  const target = reference.target ?? reference.source;
  return target.startsWith("/") ? target : `${folder[kind]}${target}`;
};

/** Why one engine cannot provide it. */
const unsupported = (kind: Kind, key: string, object: FileObject): string | undefined => {
  if (object.external === true) return `external ${kind} "${key}" needs a cluster; a single engine has none`;
  if (object.driver !== undefined)
    return `${kind} "${key}" asks for the driver "${object.driver}", which needs a cluster`;
  if (object.template_driver !== undefined) return `${kind} "${key}" asks for a template driver, which needs a cluster`;
  if (object.environment !== undefined && object.content === undefined)
    return `environment variable "${object.environment}" of ${kind} "${key}" is not set`;
  return undefined;
};

const injected = (kind: Kind, reference: FileReference): InjectedFile => ({
  kind,
  key: reference.source,
  target: targetOf(kind, reference),
  uid: reference.uid ?? "0",
  gid: reference.gid ?? "0",
  mode: reference.mode ?? 0o444,
});

const digestOf = (parts: ReadonlyArray<string>): string =>
  bytesToHex(sha256(utf8ToBytes(Array.from(parts).sort(byBytes).join("\n")))).slice(0, 32);

export const filesOf = (project: Project, service: Service): Files => {
  const files: Array<InjectedFile> = [];
  const fileMounts: Array<FileMount> = [];
  const parts: Array<string> = [];
  const diagnostics: Array<Diagnostic> = [];
  const collect = (kind: Kind, references: ReadonlyArray<FileReference>): void => {
    for (const reference of references) {
      const object = (kind === "config" ? project.configs : project.secrets)[reference.source];
      const path = ["services", service.name, `${kind}s`];
      const problem =
        object === undefined
          ? `${kind} "${reference.source}" is not declared`
          : unsupported(kind, reference.source, object);
      if (object === undefined || problem !== undefined)
        diagnostics.push(fault(`unsupported-${kind}`, problem ?? "", { path }));
      else if (object.file !== undefined) {
        fileMounts.push({ reference, kind, source: object.file, target: targetOf(kind, reference) });
      } else {
        const file = injected(kind, reference);
        files.push(file);
        parts.push(JSON.stringify([file.target, file.uid, file.gid, file.mode, object.content ?? ""]));
      }
    }
  };
  collect("config", service.configs ?? []);
  collect("secret", service.secrets ?? []);
  if (files.length > 0 && service.read_only === true) {
    const hint = "use a file on the host (`file:`), which is mounted, or drop read_only";
    const text = `service "${service.name}" is read_only: no text can be put into its container`;
    diagnostics.push(fault("read-only-files", text, { path: ["services", service.name, "read_only"] }, hint));
  }
  return { files, fileMounts, diagnostics, ...(parts.length === 0 ? {} : { digest: digestOf(parts) }) };
};
