// Fills a container's specification with what only running the plan tells: ids, the late hash, the image.
import { configHash } from "../desired/configHash.ts";
import { labelOf } from "../desired/labels.ts";
import { namespaceTargets, parseVolumesFrom, resolveReferences } from "../desired/references.ts";
import { encodeRecord, recordLabel } from "../explain/record.ts";
import type { StringMap } from "../model/Service.ts";
import { variablesLabel } from "./variables.ts";
import type { BoundContainerSpec, ContainerRef, ContainerSpec, StepId } from "./Operation.ts";

/** The id that a step yielded; undefined for a step that was not needed. */
export type ResultOf = (step: StepId) => string | undefined;

/** A reference's container: made by a step of this plan, or the one that stays when that step was not needed. */
export const resolveRef = (ref: ContainerRef, idOf: ResultOf): string | undefined =>
  ref._tag === "Existing" ? ref.id : (idOf(ref.step) ?? ref.orElse?.id);

const imageIdOf = (spec: ContainerSpec, imageIds: ResultOf): string | undefined => {
  switch (spec.imageId._tag) {
    case "Known":
      return spec.imageId.id;
    case "ProducedBy":
      return imageIds(spec.imageId.step);
    case "Unknown":
      return undefined;
  }
};

/** Service names to container ids, as the references of this specification resolve. */
const idsByService = (spec: ContainerSpec, idOf: ResultOf): ReadonlyMap<string, string> => {
  const ids = new Map<string, string>();
  const note = (service: string, ref: ContainerRef | undefined): void => {
    const id = ref === undefined ? undefined : resolveRef(ref, idOf);
    if (id !== undefined) ids.set(service, id);
  };
  for (const [namespace, service] of namespaceTargets(spec.service)) note(service, spec.namespaces[namespace]);
  const services = (spec.service.volumes_from ?? []).map(parseVolumesFrom);
  for (const [index, from] of services.entries()) {
    if (from._tag === "Service") note(from.service, spec.volumesFrom[index]?.container);
  }
  return ids;
};

/** Replicas carry the hash and the record of their configuration; hook containers must not look like replicas. */
const lateLabels = (spec: ContainerSpec, ids: ReadonlyMap<string, string>, image: string | undefined): StringMap => {
  const labels: Record<string, string> = { ...spec.labels };
  if (image !== undefined && spec.labels[labelOf.hook] === undefined) labels[labelOf.image] = image;
  if (spec.number === undefined) return labels;
  labels[labelOf.configHash] ??= configHash(spec.service, (service) => ids.get(service));
  // As the file writes it: ids of other containers would look like changes.
  labels[recordLabel] ??= encodeRecord(spec.service);
  return labels;
};

/** The variables that a step yielded. */
export type VariablesOf = (step: StepId) => StringMap | undefined;

/** Over the service's own, as docker compose does. */
const environmentOf = ({ variables = [] }: ContainerSpec, yielded: VariablesOf): StringMap =>
  Object.fromEntries(
    variables.flatMap(({ step, rename }) =>
      Object.entries(yielded(step) ?? {}).flatMap(([name, value]) => {
        const wanted = rename === undefined ? name : rename[name];
        return wanted === undefined ? [] : [[wanted, value] as const];
      }),
    ),
  );

/** The service's variables that others of this name and another value replace. */
export const overridden = (spec: ContainerSpec, yielded: VariablesOf): ReadonlyArray<string> =>
  (spec.variables ?? []).flatMap((source) =>
    Object.entries(environmentOf({ ...spec, variables: [source] }, yielded)).flatMap(([name, value]) => {
      const own = spec.service.environment ?? {};
      return source.rename !== undefined || !Object.hasOwn(own, name) || own[name] === value
        ? []
        : [`provider "${source.from}" overrides environment variable "${name}" in service "${spec.service.name}"`];
    }),
  );

const variableLabels = ({ variables = [] }: ContainerSpec, ids: ResultOf): StringMap =>
  variables.length === 0
    ? {}
    : { [variablesLabel]: JSON.stringify(Object.fromEntries(variables.map(({ from, step }) => [from, ids(step) ?? ""]))) };

/** `ids` gives the containers that steps made, `imageIds` the images that they pulled or built. */
export const bindContainer = (
  spec: ContainerSpec,
  ids: ResultOf,
  imageIds: ResultOf = ids,
  yielded: VariablesOf = () => undefined,
): BoundContainerSpec => {
  const { imageId: _, namespaces: __, volumesFrom, variables: ___, ...rest } = spec;
  const byService = idsByService(spec, ids);
  const resolved = resolveReferences(spec.service, (service) => byService.get(service));
  return {
    ...rest,
    ...((spec.variables ?? []).length === 0
      ? {}
      : { service: { ...spec.service, environment: { ...spec.service.environment, ...environmentOf(spec, yielded) } } }),
    labels: { ...lateLabels(spec, byService, imageIdOf(spec, imageIds)), ...variableLabels(spec, ids) },
    ...(resolved.network_mode === undefined ? {} : { networkMode: resolved.network_mode }),
    ...(resolved.ipc === undefined ? {} : { ipcMode: resolved.ipc }),
    ...(resolved.pid === undefined ? {} : { pidMode: resolved.pid }),
    volumesFrom: volumesFrom.flatMap(({ container, mode }) => {
      const id = resolveRef(container, ids);
      return id === undefined ? [] : [mode === undefined ? id : `${id}:${mode}`];
    }),
  };
};
