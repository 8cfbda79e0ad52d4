// The shape of an observed state in a file.
import { flag, list, mapOf, number, optional, type Shape, struct, text, whole, words } from "../format/shape.ts";
import { settingsShape } from "../format/settingsShape.ts";
import type {
  ContainerState,
  Health,
  Observed,
  ObservedContainer,
  ObservedEndpoint,
  ObservedImage,
  ObservedMount,
  ObservedNetwork,
  ObservedPort,
  ObservedVolume,
} from "../observed/Observed.ts";

const labels = mapOf(text);

const container = struct<ObservedContainer>({
  id: text,
  name: text,
  state: words<ContainerState>({
    created: true,
    running: true,
    paused: true,
    restarting: true,
    removing: true,
    exited: true,
    dead: true,
  }),
  health: words<Health>({ none: true, starting: true, healthy: true, unhealthy: true }),
  exitCode: optional(whole),
  createdAt: number,
  status: text,
  command: text,
  image: text,
  imageId: text,
  labels,
  networkMode: text,
  endpoints: list(
    struct<ObservedEndpoint>({
      network: text,
      networkId: text,
      aliases: list(text),
      ipv4: optional(text),
      ipv6: optional(text),
      mac: optional(text),
    }),
  ),
  mounts: list(
    struct<ObservedMount>({ type: text, name: optional(text), source: text, destination: text, readOnly: flag }),
  ),
  ports: list(struct<ObservedPort>({ ip: optional(text), private: whole, public: optional(whole), protocol: text })),
  settings: optional(settingsShape),
});

const image = struct<ObservedImage>({
  reference: text,
  id: text,
  digests: list(text),
  labels,
  taggedAt: optional(number),
  platform: optional(text),
  details: optional(
    struct<NonNullable<ObservedImage["details"]>>({ volumes: list(text), hasHealthcheck: flag, exposed: list(text) }),
  ),
});

export const observedShape: Shape<Observed> = struct<Observed>({
  apiVersion: text,
  target: text,
  readAt: number,
  containers: list(container),
  foreign: list(container),
  networks: list(
    struct<ObservedNetwork>({ id: text, name: text, driver: text, scope: text, subnets: list(text), labels }),
  ),
  volumes: list(struct<ObservedVolume>({ name: text, driver: text, labels })),
  images: list(image),
});
