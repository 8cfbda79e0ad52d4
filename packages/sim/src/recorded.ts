// The configuration of a container that exists: from the file when it still is the file's, else from its record.
import type { DesiredService } from "@composure/core/desired/Desired";
import { labelOf } from "@composure/core/desired/labels";
import { decodeRecord, recordLabel } from "@composure/core/explain/record";
import type { FileContent, LoadRequest } from "@composure/core/load/Load";
import { load } from "@composure/core/load/loadProject";
import type { Service } from "@composure/core/model/Service";
import type { ObservedContainer } from "@composure/core/observed/Observed";

const request: LoadRequest = {
  cwd: "/",
  env: {},
  files: ["/record.json"],
  projectName: "record",
  profiles: [],
  envFiles: [],
  services: [],
  noInterpolate: true,
  noNormalize: true,
  noPathResolution: true,
  noConsistency: true,
  noEnvResolution: true,
};

/** A record is a service as docker compose writes it: read as a file with that one service. */
const readRecord = (name: string, record: unknown): Service | undefined => {
  if (typeof record !== "object" || record === null) return undefined;
  const known = new Map<string, FileContent>([["/record.json", { _tag: "Text", content: JSON.stringify({ services: { [name]: record } }) }]]);
  for (;;) {
    const result = load(request, known);
    switch (result._tag) {
      case "Loaded":
        return result.project.services[name];
      case "Invalid":
        return undefined;
      case "NeedFiles":
        for (const path of result.paths) known.set(path, { _tag: "Missing" });
    }
  }
};

/**
 * What a container was made from, as far as it can be told. Without a record (docker compose made it) the file's service
 * of that name must do: of its old healthcheck and grace period nothing better is known.
 */
export const recordedServices = (services: ReadonlyMap<string, DesiredService>): ((container: ObservedContainer) => Service) => {
  const read = new Map<string, Service | undefined>();
  return (container) => {
    const name = container.labels[labelOf.service] ?? "";
    const label = container.labels[recordLabel];
    const key = `${name} ${label ?? ""}`;
    if (label !== undefined && name !== "" && !read.has(key)) read.set(key, readRecord(name, decodeRecord(label)));
    return read.get(key) ?? services.get(name)?.service ?? { name };
  };
};
