// Small specs for tests that talk to the world directly.
import type { Service } from "@composure/core/model/Service";
import type { BoundContainerSpec } from "@composure/core/plan/Operation";

export const spec = (service: Partial<Service> & { readonly name: string }, more: Partial<BoundContainerSpec> = {}): BoundContainerSpec => ({
  service,
  image: service.image ?? "nginx",
  number: 1,
  labels: { "com.docker.compose.project": "p", "com.docker.compose.service": service.name },
  endpoints: [],
  mounts: [],
  volumesFrom: [],
  links: [],
  proxyEnvironment: {},
  interactive: { stdin: false, autoRemove: false },
  ...more,
});

export const endpoint = (network: string, ipv4?: string): BoundContainerSpec["endpoints"][number] => ({
  network,
  aliases: [],
  links: [],
  settings: ipv4 === undefined ? null : { ipv4_address: ipv4 },
});
