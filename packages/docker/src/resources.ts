// The network, volume and image calls of the port; each is one request.
import type { StringMap } from "@composure/core/model/Service";
import type { EngineApi } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import { type Caller, compareVersions, type Wire, wire } from "./call.ts";
import { imagePath, segment } from "./containers.ts";
import { HttpFailure } from "./modem.ts";
import { toVolume } from "./observe.ts";
import { endpointBody, networkBody } from "./spec/network.ts";
import { volumeBody } from "./spec/volume.ts";

type ResourceCalls = Pick<
  EngineApi,
  | "createNetwork"
  | "removeNetwork"
  | "connectNetwork"
  | "disconnectNetwork"
  | "createVolume"
  | "listVolumes"
  | "removeVolume"
  | "removeImage"
>;

const disconnected = (error: unknown): void => {
  if (!(error instanceof HttpFailure && /is not connected to/i.test(error.message))) throw error;
};

interface Dialer {
  readonly dial: (request: object, done: (error: Error | null, answer: unknown) => void) => void;
}
type Volume = { readonly Labels?: StringMap | null } | undefined;

/** dockerode's own call gives back the name alone; whose volume it is stands in the labels. */
const dialCreateVolume = (dialer: Dialer, options: Wire): Promise<Volume> =>
  new Promise((resolve, reject) => {
    const { abortSignal } = options;
    const request = { path: "/volumes/create?", method: "POST", options, abortSignal, statusCodes: { 200: true, 201: true } };
    dialer.dial(request, (error, answer) => (error === null ? resolve(answer as Volume) : reject(error)));
  });

export const resourceCalls = (caller: Caller): ResourceCalls => ({
  createNetwork: (operation) =>
    Effect.gen(function* () {
      const version = yield* caller.apiVersion;
      const body = networkBody(operation, compareVersions(version, "1.44") < 0);
      const network = yield* caller.change("createNetwork", operation.name, (docker, signal) =>
        docker.createNetwork({ ...wire({}, body, signal), Name: operation.name }),
      );
      return { id: network.id };
    }),
  removeNetwork: (idOrName) =>
    Effect.asVoid(
      caller.change("removeNetwork", idOrName, (docker, signal) =>
        docker.getNetwork(segment(idOrName)).remove(wire({}, {}, signal)),
      ),
    ),
  connectNetwork: (endpoint, containerId) =>
    Effect.asVoid(
      caller.change("connectNetwork", endpoint.network, (docker, signal) =>
        docker.getNetwork(segment(endpoint.network)).connect({
          ...wire({}, { Container: containerId, EndpointConfig: endpointBody(endpoint) }, signal),
          Container: containerId,
        }),
      ),
    ),
  disconnectNetwork: (network, containerId) =>
    caller.change("disconnectNetwork", network, (docker, signal) =>
      docker
        .getNetwork(segment(network))
        .disconnect(wire({}, { Container: containerId, Force: true }, signal))
        .then(() => undefined, disconnected),
    ),
  createVolume: (operation) =>
    Effect.map(
      caller.change("createVolume", operation.name, (docker, signal) =>
        dialCreateVolume(docker.modem as Dialer, wire({}, volumeBody(operation), signal)),
      ),
      (volume) => ({ labels: volume?.Labels ?? {} }),
    ),
  listVolumes: (label) =>
    Effect.map(
      caller.read("listVolumes", label, (docker, signal) =>
        docker.listVolumes(wire({ filters: JSON.stringify({ label: [label] }) }, {}, signal)),
      ),
      ({ Volumes }) => (Volumes ?? []).map(toVolume),
    ),
  removeVolume: (name) =>
    Effect.asVoid(
      caller.change("removeVolume", name, (docker, signal) =>
        docker.getVolume(segment(name)).remove(wire({}, {}, signal)),
      ),
    ),
  removeImage: (image) =>
    Effect.asVoid(
      caller.change("removeImage", image, (docker, signal) =>
        docker.getImage(imagePath(image)).remove(wire({}, {}, signal)),
      ),
    ),
});
