// The models of a service (docker's model runner), with the variables that tell it where they are.
import type { Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";
import type { DesiredModel } from "./Desired.ts";

/** As docker compose: MODEL-KEY becomes MODEL_KEY_URL and MODEL_KEY_MODEL unless the service names them. */
export const modelsOf = (project: Project, service: Service): ReadonlyArray<DesiredModel> =>
  Object.entries(service.models ?? {}).map(([key, settings]) => {
    const { model, context_size, runtime_flags = [] } = project.models[key] ?? {};
    const prefix = key.toUpperCase().replaceAll("-", "_");
    return {
      key,
      reference: model ?? key,
      ...(context_size === undefined || context_size === 0 ? {} : { contextSize: context_size }),
      runtimeFlags: runtime_flags,
      endpointVariable: settings?.endpoint_var || `${prefix}_URL`,
      modelVariable: settings?.model_var || `${prefix}_MODEL`,
    };
  });
