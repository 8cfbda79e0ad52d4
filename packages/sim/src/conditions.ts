// The conditions of a simulation put into its world: how containers behave, how long calls take, what pulls bring.
import type { Desired, DesiredService } from "@composure/core/desired/Desired";
import { labelOf } from "@composure/core/desired/labels";
import type { Plan } from "@composure/core/plan/Plan";
import { type Assumed, type Assumptions, usualStop } from "./Assumptions.ts";
import type { Choice } from "./Choice.ts";
import type { CallLabel } from "./Driver.ts";
import { pushImage, withTag } from "./images.ts";
import { serviceOfCall, usersOfImages } from "./mishaps.ts";
import { takesStop } from "./script.ts";
import type { ServiceTrouble, Trouble } from "./Trouble.ts";
import type { Behaviour, Millis, World } from "./World.ts";

interface Subject {
  readonly plan: Plan;
  readonly desired: Desired;
  readonly assumptions: Assumptions;
}

/** Services that others wait for to complete. */
const jobsOf = ({ services, bystanders }: Desired): ReadonlySet<string> =>
  new Set([...services, ...bystanders].flatMap(({ edges }) => edges.filter(({ condition }) => condition === "service_completed_successfully").map(({ service }) => service)));

const ignoresStop = (service: DesiredService["service"] | undefined): boolean => takesStop(service ?? {}, [...(service?.entrypoint ?? []), ...(service?.command ?? [])]) === "ignored";

const behaviourFrom = (assumed: Assumed, isJob: boolean, service: DesiredService["service"] | undefined): Behaviour => ({
  readyAfter: assumed.ready,
  servesAfter: assumed.serves,
  stopTakes: assumed.stop === "auto" ? (ignoresStop(service) ? "never" : usualStop) : assumed.stop,
  ...(assumed.isJob === true || (assumed.isJob === "auto" && isJob) ? { exits: { after: assumed.job, code: 0 } } : {}),
});

const troubled = (behaviour: Behaviour, trouble: ServiceTrouble): Behaviour => {
  switch (trouble._tag) {
    case "Unhealthy":
      return { ...behaviour, healthyAt: 0 };
    case "Exits":
      return { ...behaviour, exits: { after: trouble.after, code: trouble.code } };
    case "CannotStart":
      return { ...behaviour, startFails: "failed to create task for container: exec: no such file or directory (simulated)" };
    case "SlowStart":
      return { ...behaviour, readyAfter: trouble.millis, servesAfter: trouble.millis };
    case "SlowStop":
      return { ...behaviour, stopTakes: trouble.millis ?? "never" };
    case "HookFails":
      return { ...behaviour, exec: { exitCode: trouble.code, output: "simulated failure of a hook" } };
    case "PortTaken":
    case "Call":
      return behaviour;
  }
};

/** A stop is about the containers that are there; all else is about those that this run makes, or starts if it makes none. */
const hitsOld = (trouble: ServiceTrouble, makesNew: boolean): boolean => trouble._tag === "SlowStop" || trouble._tag === "HookFails" || !makesNew;

const takePorts = (world: World, service: DesiredService | undefined): void => {
  for (const { published, protocol } of service?.service.ports ?? []) if (published !== undefined && /^\d+$/.test(published)) world.foreignPorts.push(`${published}/${protocol ?? "tcp"}`);
};

const images = (world: World, { plan, assumptions }: Subject): void => {
  const kept: Record<string, string> = {};
  for (const [image, services] of usersOfImages(plan)) {
    const present = world.tags[withTag(image)];
    if (present === undefined) continue;
    if (assumptions.of(services[0] ?? "", image).image === "same") kept[withTag(image)] = present.id;
    else pushImage(world, image);
  }
  Object.assign(world.registry, { kept });
};

/** Changes the world: once, before the run. */
export const prepareWorld = (world: World, subject: Subject, troubles: ReadonlyArray<Trouble>): void => {
  const { plan, desired, assumptions } = subject;
  const jobs = jobsOf(desired);
  const known = new Map([...desired.bystanders, ...desired.services].map((service) => [service.name, service]));
  const makes = new Set(plan.steps.flatMap(({ operation }) => (operation._tag === "CreateContainer" ? [operation.spec.service.name] : [])));
  const usually = (name: string, service: DesiredService["service"] | undefined): Behaviour => behaviourFrom(assumptions.of(name, known.get(name)?.image), jobs.has(name), service);
  const of = (name: string): ReadonlyArray<ServiceTrouble> => troubles.flatMap((trouble) => (trouble._tag === "OfService" && trouble.service === name ? [trouble.trouble] : []));
  for (const container of Object.values(world.containers)) {
    const name = container.spec.labels[labelOf.service];
    if (name === undefined || container.spec.labels[labelOf.project] !== plan.project.name) continue;
    const base = { ...usually(name, container.spec.service), ...world.behaviours[container.id] };
    world.behaviours[container.id] = of(name).filter((trouble) => hitsOld(trouble, makes.has(name))).reduce(troubled, base);
  }
  for (const [name, service] of known) {
    world.behaviours[name] = of(name).reduce(troubled, { ...usually(name, service.service), ...world.behaviours[name] });
    if (of(name).some(({ _tag }) => _tag === "PortTaken")) takePorts(world, service);
  }
  images(world, subject);
};

const assumedFor = (label: CallLabel, assumed: Assumed): Millis => {
  switch (label.method) {
    case "pullImage":
      return assumed.pull;
    case "buildImage":
      return assumed.build;
    case "createContainer":
      return assumed.create;
    case "startContainer":
      return assumed.start;
    case "removeContainer":
      return assumed.remove;
    case "exec":
      return assumed.hook;
    default:
      return label.changes ? assumed.call : Math.min(assumed.call, 5);
  }
};

/** How long each call is under way. `jitter` 0.5: between half and one and a half times what is assumed, as drawn. */
export const latencyOf = (world: World, plan: Plan, assumptions: Assumptions, jitter: number): ((label: CallLabel, choice: Choice) => Millis) => {
  const serviceOf = serviceOfCall(world, plan);
  const users = usersOfImages(plan);
  return (label, choice) => {
    const services = users.get(label.subject);
    const service = services?.[0] ?? serviceOf(label) ?? "";
    const millis = assumedFor(label, assumptions.of(service, services === undefined ? undefined : label.subject));
    if (jitter === 0 || millis === 0) return millis;
    const draws = 20;
    return Math.round(millis * (1 - jitter + (2 * jitter * choice(draws + 1)) / draws));
  };
};
