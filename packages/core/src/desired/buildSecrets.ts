// The secrets of a build: files are named, values stay in the project until the build runs.
import type { Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";
import type { BuildSecret } from "../plan/Operation.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";

export interface BuildSecrets {
  readonly secrets: ReadonlyArray<BuildSecret>;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

/** As docker compose: the id is the target, a variable that is not set is an empty secret. */
export const buildSecretsOf = (project: Project, service: Service): BuildSecrets => {
  const secrets: Array<BuildSecret> = [];
  const diagnostics: Array<Diagnostic> = [];
  for (const { source, target } of service.build?.secrets ?? []) {
    const object = project.secrets[source];
    const id = target ?? source;
    if (object?.file !== undefined) secrets.push({ _tag: "File", id, path: object.file });
    else if (object?.environment !== undefined)
      secrets.push({ _tag: "Value", id, key: source, variable: object.environment });
    else if (object?.content !== undefined)
      secrets.push({ _tag: "Value", id, key: source, variable: `COMPOSE_SECRET_${source}`.replace(/\W/g, "_") });
    else {
      const text =
        object === undefined
          ? `secret "${source}" is not declared`
          : `secret "${source}" has no file and no environment variable: a build cannot have it`;
      diagnostics.push(fault("unsupported-secret", text, { path: ["services", service.name, "build", "secrets"] }));
    }
  }
  return { secrets, diagnostics };
};
