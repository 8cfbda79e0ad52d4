// Fills the ids that earlier steps made into a container's spec.
import type { BoundContainerSpec, ContainerRef, ContainerSpec } from "@composure/core/plan/Operation";

export interface Bindings {
  readonly container: (ref: ContainerRef) => string;
  readonly image: (step: number) => string | undefined;
}

export const bindContainer = (spec: ContainerSpec, bindings: Bindings): BoundContainerSpec => {
  const { imageId, namespaces, volumesFrom, ...rest } = spec;
  const image = imageId._tag === "Known" ? imageId.id : imageId._tag === "ProducedBy" ? bindings.image(imageId.step) : undefined;
  const mode = (ref: ContainerRef | undefined, own: string | undefined): string | undefined => (ref === undefined ? own : `container:${bindings.container(ref)}`);
  const networkMode = mode(namespaces.network, spec.service.network_mode);
  const ipcMode = mode(namespaces.ipc, spec.service.ipc);
  const pidMode = mode(namespaces.pid, spec.service.pid);
  return {
    ...rest,
    labels: image === undefined ? spec.labels : { ...spec.labels, "com.docker.compose.image": image },
    volumesFrom: volumesFrom.map((from) => `${bindings.container(from.container)}${from.mode === "ro" ? ":ro" : ""}`),
    ...(networkMode === undefined ? {} : { networkMode }),
    ...(ipcMode === undefined ? {} : { ipcMode }),
    ...(pidMode === undefined ? {} : { pidMode }),
  };
};
