// What the shop's engine held when its plan was made, and the project behind it.
import { labelOf } from "../../src/desired/labels.ts";
import type { Observed, ObservedContainer } from "../../src/observed/Observed.ts";
import type { SecretSource } from "../../src/saved/references.ts";
import { idOf, imageIdOf, services } from "../format/shop.ts";

const container = (service: string, number: number, more: Partial<ObservedContainer> = {}): ObservedContainer => {
  const name = `shop-${service}-${number}`;
  return {
    id: idOf(name),
    name,
    state: "running",
    health: "none",
    createdAt: 1_700_000_000,
    status: "Up 3 hours",
    command: `serve --password hunter2`,
    image: service,
    imageId: imageIdOf(service),
    labels: {
      [labelOf.project]: "shop",
      [labelOf.service]: service,
      [labelOf.number]: String(number),
      [labelOf.configHash]: idOf(`hash ${service}`),
      "traefik.basicauth.users": "me:hunter2",
    },
    networkMode: "shop_default",
    endpoints: [],
    mounts: [],
    ports: [],
    ...more,
  };
};

export const observed: Observed = {
  apiVersion: "1.45",
  target: "unix:///var/run/docker.sock",
  readAt: 1_700_010_000,
  containers: [
    container("api", 1),
    container("api", 2),
    container("cron", 1),
    container("db", 1),
    container("mailer", 1),
    container("web", 1),
    container("worker", 1),
  ],
  foreign: [],
  networks: [
    { id: idOf("bridge"), name: "bridge", driver: "bridge", scope: "local", subnets: ["172.17.0.0/16"], labels: {} },
  ],
  volumes: [
    { name: "shop_data", driver: "local", labels: { [labelOf.volume]: "data", [labelOf.configHash]: idOf("data") } },
  ],
  images: [{ reference: "nginx:1.27", id: imageIdOf("nginx:1.27"), digests: [], labels: {} }],
};

export const source: SecretSource = {
  project: {
    services: {
      ...services,
      api: { ...services.api, pre_stop: [{ command: ["drain"], environment: { DRAIN_TOKEN: "hunter2" } }] },
    },
    networks: { back: { name: "shop_back" } },
    volumes: { cache: { name: "shop_cache", driver_opts: { type: "cifs", o: "username=u,password=hunter2" } } },
    configs: { settings: { content: "theme = dark" } },
    secrets: {},
  },
  proxyEnvironment: { HTTP_PROXY: "http://me:hunter2@proxy:3128" },
  observed,
};
