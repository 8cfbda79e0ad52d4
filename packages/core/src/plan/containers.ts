// From a desired service to the complete specification of one of its containers.
import { configHash } from "../desired/configHash.ts";
import type { DesiredService } from "../desired/Desired.ts";
import { type ReplicasOf, wire } from "../desired/endpoints.ts";
import { containerLabels, hookLabels, labelOf } from "../desired/labels.ts";
import { linkTarget, namespaceTargets, parseVolumesFrom } from "../desired/references.ts";
import type { Hook, Service, StringMap } from "../model/Service.ts";
import { containersOf, numberOf } from "../observed/match.ts";
import type { Intent } from "../policy/Intent.ts";
import { fault } from "../source/problem.ts";
import { type Assembly, desiredOf, type Seat, seatsOf } from "./Assembly.ts";
import { existing } from "./Draft.ts";
import { imageVolumeDigest } from "./imageVolumes.ts";
import { inheritedVolumes, withInherited } from "./inherit.ts";
import { passesVolumesOn } from "./decide.ts";
import type { ContainerRef, ContainerSpec, EndpointSpec, NamespaceRefs, StepId } from "./Operation.ts";

/** Before this engine API a container is created with one network and joins the others one by one. */
export const joinsSeveralNetworks = (apiVersion: string): boolean => {
  const [major = 0, minor = 0] = apiVersion.split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 44);
};

/** The container that stands for a service when another one joins it: its first replica. */
const containerRefOf = (assembly: Assembly, service: string, by: string): ContainerRef | undefined => {
  const seat = seatsOf(assembly, service)[0];
  if (seat !== undefined) return seat.ref;
  const container = assembly.decisions.has(service) ? undefined : containersOf(assembly.draft.matched, service)[0];
  if (container !== undefined) return existing(container);
  const text = `service "${by}" uses the container of service "${service}", which has none`;
  const hint = `run "${service}" too, with at least one replica`;
  assembly.draft.diagnostics.push(fault("no-container", text, { path: ["services", by] }, hint));
  return undefined;
};

const namespacesOf = (assembly: Assembly, service: Service): NamespaceRefs => {
  const refs: { network?: ContainerRef; ipc?: ContainerRef; pid?: ContainerRef } = {};
  for (const [namespace, target] of namespaceTargets(service)) {
    const ref = containerRefOf(assembly, target, service.name);
    if (ref !== undefined) refs[namespace] = ref;
  }
  return refs;
};

const volumesFromOf = (assembly: Assembly, service: Service): ContainerSpec["volumesFrom"] =>
  (service.volumes_from ?? []).flatMap((text): ContainerSpec["volumesFrom"] => {
    const from = parseVolumesFrom(text);
    const mode = from.mode === undefined ? {} : { mode: from.mode };
    if (from._tag === "Container")
      return [{ container: existing({ id: from.container, name: from.container }), ...mode }];
    const container = containerRefOf(assembly, from.service, service.name);
    return container === undefined ? [] : [{ container, ...mode }];
  });

const refsOf = (spec: Pick<ContainerSpec, "namespaces" | "volumesFrom">): ReadonlyArray<ContainerRef> => [
  ...Object.values(spec.namespaces as Readonly<Record<string, ContainerRef>>),
  ...spec.volumesFrom.map(({ container }) => container),
];

/** The hash when all references are known now; the executor computes it otherwise, once they are. */
const earlyHash = (
  assembly: Assembly,
  desired: DesiredService,
  refs: ReadonlyArray<ContainerRef>,
): string | undefined => {
  if (refs.some((ref) => ref._tag === "CreatedBy")) return undefined;
  const known = assembly.hashes.get(desired.name);
  if (known !== undefined) return known;
  const idOf = (service: string): string | undefined => {
    const ref = seatsOf(assembly, service)[0]?.ref;
    if (ref !== undefined) return ref._tag === "Existing" ? ref.id : undefined;
    return containersOf(assembly.draft.matched, service)[0]?.id;
  };
  const hash = configHash(desired.service, idOf);
  assembly.hashes.set(desired.name, hash);
  return hash;
};

/** On a user network names are looked up when they are used; on the default bridge when the container is made. */
export const replicasFor =
  (assembly: Assembly, service: Service): ReplicasOf =>
  (target) => {
    const seats = seatsOf(assembly, target);
    const current = service.network_mode !== undefined;
    if (assembly.decisions.has(target)) {
      return seats.map(({ number, finalName, make, slot }) => {
        const name = slot._tag === "Stay" ? slot.container.name : (make?.name ?? finalName);
        return { number, name: current ? name : finalName };
      });
    }
    return containersOf(assembly.draft.matched, target).map((container) => ({
      number: numberOf(container),
      name: container.name,
    }));
  };

const replaceLabel = (desired: DesiredService, seat: Seat): StringMap => {
  if (seat.slot._tag !== "Swap") return {};
  return { [labelOf.replace]: desired.service.container_name ?? `${desired.name}-${seat.number}` };
};

export interface Made {
  readonly spec: ContainerSpec;
  /** Networks to be joined one by one before the start. */
  readonly joins: ReadonlyArray<EndpointSpec>;
  /** Steps that make containers it refers to. */
  readonly needs: ReadonlyArray<StepId>;
}

const linkNeeds = (assembly: Assembly, service: Service): ReadonlyArray<StepId> =>
  service.network_mode === undefined
    ? []
    : (service.links ?? []).flatMap((link) =>
        seatsOf(assembly, linkTarget(link).service).flatMap(({ make }) => make?.step ?? []),
      );

/** The specification of the new container of a seat. */
export const containerSpec = (assembly: Assembly, seat: Seat): Made => {
  const { draft, images } = assembly;
  const desired = desiredOf(assembly, seat);
  const { service } = desired;
  const { endpoints, links } = wire(draft.desired.project, desired, seat.number, replicasFor(assembly, service));
  const namespaces = namespacesOf(assembly, service);
  const volumesFrom = volumesFromOf(assembly, service);
  const refs = refsOf({ namespaces, volumesFrom });
  const variables = assembly.variables.sourcesFor(desired);
  const hash = earlyHash(assembly, desired, refs);
  const imageVolumes = imageVolumeDigest(desired, images);
  const inherited =
    seat.slot._tag === "Swap" && passesVolumesOn(draft, desired.name)
      ? inheritedVolumes(
          desired,
          seat.slot.old,
          images.stepOf(desired) === undefined ? images.find(desired.image, desired.platform) : undefined,
        )
      : [];
  const atOnce = joinsSeveralNetworks(draft.observed.apiVersion) ? endpoints : endpoints.slice(0, 1);
  return {
    spec: {
      service,
      image: desired.image,
      imageId: images.idFor(desired),
      ...(desired.platform === undefined ? {} : { platform: desired.platform }),
      number: seat.number,
      labels: {
        ...containerLabels(draft.desired.project, desired, seat.number),
        ...(hash === undefined ? {} : { [labelOf.configHash]: hash }),
        ...(imageVolumes === undefined ? {} : { [labelOf.imageVolumes]: imageVolumes }),
        ...replaceLabel(desired, seat),
      },
      endpoints: atOnce,
      mounts: withInherited(desired.mounts, inherited),
      namespaces,
      volumesFrom,
      links,
      proxyEnvironment: draft.desired.proxyEnvironment,
      ...(variables.length === 0 ? {} : { variables }),
      interactive: { stdin: false, autoRemove: false },
    },
    joins: endpoints.slice(atOnce.length),
    needs: [
      ...refs.flatMap((ref) => (ref._tag === "CreatedBy" ? [ref.step] : [])),
      ...linkNeeds(assembly, service),
      ...variables.map(({ step }) => step),
    ],
  };
};

type Run = Extract<Intent, { readonly _tag: "Run" }>;

/** The container of `run`: labelled as a one-off, without number, unknown under the service's name unless asked for. */
export const oneOffSpec = (assembly: Assembly, desired: DesiredService, intent: Run): Made => {
  const { draft, images } = assembly;
  const { service } = desired;
  const { endpoints, links } = wire(draft.desired.project, desired, 1, replicasFor(assembly, service));
  const namespaces = namespacesOf(assembly, service);
  const volumesFrom = volumesFromOf(assembly, service);
  const refs = refsOf({ namespaces, volumesFrom });
  const variables = assembly.variables.sourcesFor(desired);
  const named = endpoints.map((endpoint, index): EndpointSpec => {
    const own = intent.aliases ? [desired.name, ...(desired.endpoints[index]?.settings?.aliases ?? [])] : [];
    return { ...endpoint, aliases: Array.from(new Set([intent.name, ...own])) };
  });
  const atOnce = joinsSeveralNetworks(draft.observed.apiVersion) ? named : named.slice(0, 1);
  const { [labelOf.number]: _, ...labels } = containerLabels(draft.desired.project, desired, 1);
  return {
    spec: {
      service,
      image: desired.image,
      imageId: images.idFor(desired),
      ...(desired.platform === undefined ? {} : { platform: desired.platform }),
      labels: {
        ...labels,
        [labelOf.oneOff]: "True",
        [labelOf.slug]: intent.slug,
        [labelOf.configHash]: configHash(service, () => undefined),
      },
      endpoints: atOnce,
      mounts: desired.mounts,
      namespaces,
      volumesFrom,
      links,
      proxyEnvironment: draft.desired.proxyEnvironment,
      ...(variables.length === 0 ? {} : { variables }),
      interactive: { stdin: intent.stdin, autoRemove: intent.autoRemove },
    },
    joins: named.slice(atOnce.length),
    needs: [
      ...refs.flatMap((ref) => (ref._tag === "CreatedBy" ? [ref.step] : [])),
      ...linkNeeds(assembly, service),
      ...variables.map(({ step }) => step),
    ],
  };
};

/** What a hook's container keeps of its service: where it runs, not what it is. */
const hookService = (service: Service, hook: Hook): Service => ({
  name: service.name,
  environment: { ...service.environment, ...hook.environment },
  entrypoint: hook.command === undefined ? null : [],
  ...(hook.command === undefined ? {} : { command: hook.command }),
  ...(hook.user === undefined ? {} : { user: hook.user }),
  ...(hook.privileged === undefined ? {} : { privileged: hook.privileged }),
  ...(hook.working_dir === undefined ? {} : { working_dir: hook.working_dir }),
  ...(service.network_mode === undefined ? {} : { network_mode: service.network_mode }),
  ...(service.platform === undefined || hook.image !== undefined ? {} : { platform: service.platform }),
  ...(service.extra_hosts === undefined ? {} : { extra_hosts: service.extra_hosts }),
  ...(service.dns === undefined ? {} : { dns: service.dns }),
});

/** The container of a `pre_start` hook: beside the service's first container, with its volumes and networks. */
export const hookSpec = (
  assembly: Assembly,
  desired: DesiredService,
  hook: Hook,
  beside: ContainerRef,
): ContainerSpec => {
  const { draft, images } = assembly;
  const service = hookService(desired.service, hook);
  const local = hook.image === undefined ? undefined : images.localId(hook.image);
  const hookImageId = local === undefined ? ({ _tag: "Unknown" } as const) : ({ _tag: "Known", id: local } as const);
  const network = namespaceTargets(service).length === 0 ? {} : namespacesOf(assembly, service);
  return {
    service,
    image: hook.image ?? desired.image,
    imageId: hook.image === undefined ? images.idFor(desired) : hookImageId,
    ...(service.platform === undefined ? {} : { platform: service.platform }),
    labels: hookLabels(draft.desired.project, desired.name),
    // No alias: nobody should reach the hook under the service's name.
    endpoints: desired.endpoints
      .slice(0, joinsSeveralNetworks(draft.observed.apiVersion) ? undefined : 1)
      .map((endpoint) => ({
        network: endpoint.network,
        aliases: [],
        links: [],
        settings: null,
      })),
    mounts: [],
    namespaces: network,
    volumesFrom: [{ container: beside }],
    links: [],
    proxyEnvironment: draft.desired.proxyEnvironment,
    interactive: { stdin: false, autoRemove: false },
  };
};
