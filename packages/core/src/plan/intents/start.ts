// `start`: existing containers of the services and of what they depend on, in dependency order, with all waits.
import { actionForStart } from "../../observed/classify.ts";
import type { Assembly } from "../Assembly.ts";
import { addRenames } from "../adopt.ts";
import { finalWaits, seatServices } from "../assemble.ts";
import { childrenOf } from "../cascade.ts";
import type { Decision } from "../decide.ts";
import type { Draft } from "../Draft.ts";
import { Images } from "../images.ts";
import { Variables } from "../variables.ts";
import { nameHolders } from "../nameClaims.ts";
import { numberOf } from "../../observed/match.ts";
import { portHolders, portProblems } from "../ports.ts";
import { awaitedWith } from "../readiness.ts";
import { settleService } from "../settle.ts";
import { fault } from "../../source/problem.ts";
import { closure, describedServices, groupsOf } from "./selection.ts";

/** Named services and their dependencies; without names, those that take part. */
const meantServices = (draft: Draft): ReadonlySet<string> => {
  const { desired, intent } = draft;
  if (intent.services.length === 0) return new Set(desired.services.map(({ name }) => name));
  const edges = new Map(
    describedServices(draft).map((service) => [service.name, service.edges.map((edge) => edge.service)]),
  );
  return closure(intent.services, (name) => edges.get(name) ?? []);
};

const decisionsOf = (draft: Draft, jobs: ReadonlySet<string>): ReadonlyArray<Decision> => {
  const meant = meantServices(draft);
  const named = new Set(draft.intent.services);
  return groupsOf(draft, (service) => meant.has(service)).flatMap(
    ({ name, desired, containers }): ReadonlyArray<Decision> => {
      if (desired === undefined) return [];
      if (containers.length === 0 && desired.replicas > 0) {
        const hint = `create it with: up ${name}`;
        draft.diagnostics.push(
          fault("no-container", `service "${name}" has no container to start`, { path: ["services", name] }, hint),
        );
      }
      const slots = containers.map((container) => {
        const action = actionForStart(container, jobs.has(name) && !named.has(name));
        return { _tag: "Stay", number: numberOf(container), container, action } as const;
      });
      return [{ desired, selected: true, slots, surplus: [], leftovers: [], before: containers.length }];
    },
  );
};

export const planStart = (draft: Draft): void => {
  const jobs = awaitedWith(describedServices(draft), "service_completed_successfully");
  const order = decisionsOf(draft, jobs);
  const { builder, desired, observed, policy } = draft;
  const ports = portHolders(draft);
  draft.diagnostics.push(...portProblems(draft, order, ports, new Set()));
  const assembly: Assembly = {
    draft,
    variables: new Variables(draft, []),
    images: new Images({
      builder,
      observed,
      policy,
      project: desired.project,
      services: order.map((decision) => decision.desired),
    }),
    decisions: new Map(order.map((decision) => [decision.desired.name, decision])),
    order,
    starts: true,
    networks: new Map(),
    volumes: new Map(),
    seats: new Map(),
    going: new Set(),
    readiness: new Map(),
    renames: [],
    preStart: new Map(),
    hashes: new Map(),
    ports,
    jobs,
    wantedHealthy: new Set(),
    children: childrenOf(order),
  };
  seatServices(assembly);
  const names = { holders: nameHolders(draft), going: new Set<string>(), goingFirst: new Set<string>() };
  for (const decision of order) settleService(assembly, decision, new Map(), names);
  addRenames(assembly);
  finalWaits(assembly);
  if (builder.size === 0) builder.notice({ _tag: "NothingToDo", what: "no stopped container to start" });
};
