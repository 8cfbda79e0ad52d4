// Where variables come from that only running the plan tells: services that a plugin provides, and models.
import type { DesiredModel, DesiredService } from "../desired/Desired.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { modelAddress, providerAddress } from "./Address.ts";
import type { Draft } from "./Draft.ts";
import type { StepId, VariableSource } from "./Operation.ts";
import type { Guard } from "./Plan.ts";
import type { Reason } from "./Reason.ts";

/** Digests of the variables that a container was made with, by source, as JSON. */
export const variablesLabel = "composure.variables";

const requested: Reason = { _tag: "Requested", intent: "up" };

const digestsOf = ({ labels }: ObservedContainer): Readonly<Record<string, unknown>> => {
  try {
    const read: unknown = JSON.parse(labels[variablesLabel] ?? "{}");
    return typeof read === "object" && read !== null ? (read as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
};

/** Each source gets one step, whoever asks first. */
export class Variables {
  readonly #draft: Draft;
  readonly #services: ReadonlyMap<string, DesiredService>;
  readonly #steps = new Map<string, StepId>();

  constructor(draft: Draft, services: ReadonlyArray<DesiredService>) {
    this.#draft = draft;
    this.#services = new Map(services.map((service) => [service.name, service]));
  }

  /** The step of a service that a plugin provides; plugins before those that depend on them. */
  provide({ name, service, edges }: DesiredService): StepId | undefined {
    const { provider } = service;
    if (provider === undefined) return undefined;
    const known = this.#steps.get(name);
    if (known !== undefined) return known;
    const needs = edges.flatMap((edge) => {
      const dependency = this.#services.get(edge.service);
      if (dependency !== undefined && dependency.service.provider === undefined) this.#warn(name, dependency.name);
      return dependency === undefined ? [] : [this.provide(dependency)];
    });
    const { type, options = {} } = provider;
    const step = this.#draft.builder.add({
      address: providerAddress(name),
      operation: { _tag: "RunProvider", service: name, provider: type, command: "up", options },
      reason: requested,
      needs,
    });
    this.#steps.set(name, step);
    return step;
  }

  /** Everything that reaches the environment of a service's containers. */
  sourcesFor({ edges, models }: DesiredService): ReadonlyArray<VariableSource> {
    const provided = edges.flatMap((edge): ReadonlyArray<VariableSource> => {
      const dependency = this.#services.get(edge.service);
      const step = dependency === undefined ? undefined : this.provide(dependency);
      return step === undefined ? [] : [{ from: edge.service, step }];
    });
    const modelled = models.map((model): VariableSource => {
      const rename = { endpoint: model.endpointVariable, model: model.modelVariable };
      return { from: `model ${model.key}`, step: this.#prepare(model), rename };
    });
    return [...provided, ...modelled];
  }

  /** Whether a container's variables are still those: known when the sources have run. */
  guardsFor(desired: DesiredService, container: ObservedContainer): ReadonlyArray<Guard> {
    const before = digestsOf(container);
    return this.sourcesFor(desired).map(({ from, step }) => {
      const digest = before[from];
      return { _tag: "ImageChanged", step, from: typeof digest === "string" ? digest : "", of: "variables" };
    });
  }

  #prepare({ key, reference, contextSize, runtimeFlags }: DesiredModel): StepId {
    const known = this.#steps.get(`model ${key}`);
    if (known !== undefined) return known;
    const step = this.#draft.builder.add({
      address: modelAddress(key),
      operation: {
        _tag: "PrepareModel",
        model: key,
        reference,
        ...(contextSize === undefined ? {} : { contextSize }),
        runtimeFlags,
      },
      reason: requested,
    });
    this.#steps.set(`model ${key}`, step);
    return step;
  }

  #warn(provided: string, service: string): void {
    const message = `${provided} is provided by a plugin, which runs before containers: it does not wait for ${service}`;
    this.#draft.builder.notice({ _tag: "Warning", message });
  }
}
