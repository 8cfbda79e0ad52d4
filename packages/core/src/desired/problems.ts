// What makes a service impossible on one engine, whatever the engine holds.
import type { Service } from "../model/Service.ts";
import type { DesiredService } from "./Desired.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";

interface Rule {
  readonly code: string;
  readonly key: string;
  readonly applies: (service: Service, replicas: number) => boolean;
  readonly text: (service: Service, replicas: number) => string;
  readonly hint?: string;
}

const rules: ReadonlyArray<Rule> = [
  {
    code: "no-image",
    key: "image",
    applies: (service) => service.image === undefined && service.build === undefined && service.provider === undefined,
    text: ({ name }) => `service "${name}" has neither an image nor a build context`,
  },
  {
    code: "scaled-container-name",
    key: "container_name",
    applies: (service, replicas) => service.container_name !== undefined && replicas > 1,
    text: ({ name, container_name }, replicas) =>
      `service "${name}" has ${replicas} replicas but one container_name, "${container_name ?? ""}"`,
    hint: "remove container_name, or run one replica",
  },
  {
    code: "negative-scale",
    key: "scale",
    applies: (_, replicas) => replicas < 0 || !Number.isInteger(replicas),
    text: ({ name }, replicas) => `service "${name}" cannot have ${replicas} replicas`,
  },
  {
    code: "bad-provider",
    key: "provider",
    applies: ({ provider }) => provider?.type === "compose" || provider?.type.includes("/") === true,
    text: ({ name, provider }) => `service "${name}": "${provider?.type ?? ""}" is not a valid provider type`,
    hint: "name a docker plugin, or a program on the PATH",
  },
  {
    code: "start-interval-alone",
    key: "healthcheck",
    applies: ({ healthcheck }) => healthcheck?.start_interval !== undefined && healthcheck.start_period === undefined,
    text: ({ name }) =>
      `service "${name}": healthcheck.start_interval requires healthcheck.start_period to be set`,
    hint: "set healthcheck.start_period",
  },
  {
    code: "per-replica-hook",
    key: "pre_start",
    applies: (service) => service.pre_start?.some((hook) => hook.per_replica === true) === true,
    text: ({ name }) => `a pre_start hook of service "${name}" asks for per_replica, which is not possible`,
    hint: "pre_start hooks run once for all replicas; use post_start for each",
  },
];

export const serviceProblems = (service: Service, replicas: number): ReadonlyArray<Diagnostic> =>
  rules
    .filter((rule) => rule.applies(service, replicas))
    .map((rule) =>
      fault(rule.code, rule.text(service, replicas), { path: ["services", service.name, rule.key] }, rule.hint),
    );

const hasNoHealthcheck = ({ healthcheck }: Service): boolean =>
  healthcheck?.disable === true || healthcheck?.test?.[0] === "NONE";

/** Waits that could never end: the dependency has no healthcheck, and says so. */
export const waitProblems = (services: ReadonlyArray<DesiredService>): ReadonlyArray<Diagnostic> => {
  const unhealthy = new Set(services.filter(({ service }) => hasNoHealthcheck(service)).map(({ name }) => name));
  return services.flatMap(({ name, edges }) =>
    edges
      .filter(
        ({ service, condition, required }) => required && condition === "service_healthy" && unhealthy.has(service),
      )
      .map(({ service }) => {
        const text = `service "${name}" waits until "${service}" is healthy, but the healthcheck of "${service}" is switched off`;
        return fault(
          "no-healthcheck",
          text,
          { path: ["services", name, "depends_on", service] },
          "wait for service_started, or give it a healthcheck",
        );
      }),
  );
};
