// Which images are pulled or built, and what a container can know of its image beforehand.
import type { DesiredService, ProjectIdentity } from "../desired/Desired.ts";
import { contextServices } from "../desired/contexts.ts";
import { byBytes } from "../hash/canonicalJson.ts";
import type { ImageFact } from "../observed/classify.ts";
import type { Observed, ObservedImage } from "../observed/Observed.ts";
import type { Policy } from "../policy/Policy.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import { imageAddress } from "./Address.ts";
import type { Builder } from "./Builder.ts";
import { type BuildOptions, buildOperation, forRunning } from "./builds.ts";
import type { ImageId, StepId } from "./Operation.ts";
import type { Reason } from "./Reason.ts";

/** What is done about one image. */
export type Fetch =
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Pull"; readonly reason: Reason }
  | { readonly _tag: "Build"; readonly reason: Reason }
  | { readonly _tag: "Impossible"; readonly message: string; readonly hint: string };

const windows: Readonly<Record<string, number>> = { daily: 86_400, weekly: 604_800 };
const units: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 };

/** Seconds of "daily", "weekly" and "every_1d12h"; undefined for the other policies. */
export const pullWindow = (policy: string): number | undefined => {
  if (Object.hasOwn(windows, policy)) return windows[policy];
  const parts = /^every_((?:\d+[wdhms])+)$/.exec(policy)?.[1]?.match(/\d+[wdhms]/g);
  return parts?.reduce((sum, part) => sum + Number(part.slice(0, -1)) * (units[part.at(-1) ?? "s"] ?? 1), 0);
};

/** "linux/arm64" wanted, "linux/arm64/v8" there: every part that is asked for must agree. */
const fitsPlatform = (wanted: string | undefined, image: ObservedImage): boolean => {
  if (wanted === undefined || image.platform === undefined) return true;
  const there = image.platform.split("/");
  return wanted.split("/").every((part, index) => there[index] === undefined || there[index] === part);
};

type LocalImages = ReadonlyMap<string, ReadonlyArray<ObservedImage>>;

const byReference = (observed: Observed): LocalImages => {
  const found = new Map<string, Array<ObservedImage>>();
  for (const image of observed.images) {
    const list = found.get(image.reference);
    if (list === undefined) found.set(image.reference, [image]);
    else list.push(image);
  }
  return found;
};

/** What decides about an image besides the service itself. */
interface Wish {
  readonly desired: DesiredService;
  readonly policy: Policy;
  readonly image: ObservedImage | undefined;
  /** Some service of the project builds this image. */
  readonly builds: boolean;
}

const missing: Reason = { _tag: "Missing" };
const asked = (policy: string): Reason => ({ _tag: "PolicyAsks", policy });

const buildable = ({ desired, policy, image }: Wish, pullPolicy: string): Fetch => {
  if (policy.build === "always") return { _tag: "Build", reason: asked("--build") };
  if (policy.build === "never") {
    if (image !== undefined) return { _tag: "Nothing" };
    if (desired.service.image !== undefined && pullPolicy !== "never") return { _tag: "Pull", reason: missing };
    const message = `the image "${desired.image}" of service "${desired.name}" does not exist and --no-build forbids to build it`;
    return { _tag: "Impossible", message, hint: "leave out --no-build" };
  }
  if (image === undefined) return { _tag: "Build", reason: missing };
  if (pullPolicy === "build") return { _tag: "Build", reason: asked("pull_policy: build") };
  if (pullPolicy === "always" && desired.service.image !== undefined)
    return { _tag: "Pull", reason: asked("pull_policy: always") };
  return { _tag: "Nothing" };
};

const pullable = ({ desired, policy, image }: Wish, pullPolicy: string): Fetch => {
  if (pullPolicy === "always")
    return { _tag: "Pull", reason: asked(policy.pull === "always" ? "--pull always" : "pull_policy: always") };
  const window = pullWindow(pullPolicy);
  if (image === undefined) {
    if (pullPolicy !== "never" && pullPolicy !== "build") return { _tag: "Pull", reason: missing };
    const message = `the image "${desired.image}" of service "${desired.name}" is not on the engine and its pull policy is "${pullPolicy}"`;
    return {
      _tag: "Impossible",
      message,
      hint: `pull it first (docker pull ${desired.image}), or use another pull_policy`,
    };
  }
  const due = window !== undefined && (image.taggedAt === undefined || policy.now >= image.taggedAt + window);
  return due ? { _tag: "Pull", reason: asked(`pull_policy: ${pullPolicy}`) } : { _tag: "Nothing" };
};

export const fetchOf = (wish: Wish): Fetch => {
  const pullPolicy = wish.policy.pull ?? wish.desired.service.pull_policy ?? "missing";
  if (wish.desired.service.build !== undefined) return buildable(wish, pullPolicy);
  // Another service builds what this one runs: that build is all there is to do.
  return wish.builds ? { _tag: "Nothing" } : pullable(wish, pullPolicy);
};

/** Everything about images while a plan is made: each image gets at most one step, whoever asks first. */
export class Images {
  readonly #builder: Builder;
  readonly #local: LocalImages;
  readonly #policy: Policy;
  readonly #project: ProjectIdentity;
  readonly #services: ReadonlyArray<DesiredService>;
  readonly #builders: ReadonlyMap<string, DesiredService>;
  readonly #users: ReadonlyMap<string, ReadonlyArray<string>>;
  readonly #steps = new Map<string, StepId | undefined>();
  readonly diagnostics: Array<Diagnostic> = [];

  constructor(of: {
    readonly builder: Builder;
    readonly observed: Observed;
    readonly policy: Policy;
    readonly project: ProjectIdentity;
    readonly services: ReadonlyArray<DesiredService>;
  }) {
    this.#builder = of.builder;
    this.#local = byReference(of.observed);
    this.#policy = of.policy;
    this.#project = of.project;
    this.#services = of.services;
    this.#builders = new Map(
      of.services
        .filter(({ service }) => service.build !== undefined)
        .map((service): [string, DesiredService] => [service.image, service])
        .toReversed(),
    );
    const users = new Map<string, Array<string>>();
    for (const { image, name } of of.services) users.set(image, [...(users.get(image) ?? []), name]);
    this.#users = users;
  }

  /** Puts in the step that a service's image needs, if any. */
  ensure(desired: DesiredService): void {
    const key = keyOf(desired.image, desired.platform);
    if (this.#steps.has(key)) return;
    const building = this.#builders.get(desired.image);
    if (building !== undefined && building !== desired) {
      this.ensure(building);
      this.#steps.set(key, this.#steps.get(keyOf(building.image, building.platform)));
      return;
    }
    const fetch = fetchOf({
      desired,
      policy: this.#policy,
      image: this.find(desired.image, desired.platform),
      builds: building !== undefined,
    });
    this.#steps.set(key, this.#stepFor(desired, fetch));
  }

  /** An image that is mounted or that a hook runs: pulled when it is absent. */
  ensureReference(reference: string, by: string): StepId | undefined {
    const key = keyOf(reference, undefined);
    if (this.#steps.has(key)) return this.#steps.get(key);
    const building = this.#builders.get(reference);
    if (building !== undefined) {
      this.ensure(building);
      return this.#steps.get(keyOf(building.image, building.platform));
    }
    const absent = this.find(reference) === undefined;
    const step = absent ? this.pull(reference, [by], missing, {}) : undefined;
    this.#steps.set(key, step);
    return step;
  }

  stepOf(desired: DesiredService): StepId | undefined {
    return this.#steps.get(keyOf(desired.image, desired.platform));
  }

  /** What a new container is made from. */
  idFor(desired: DesiredService): ImageId {
    const step = this.stepOf(desired);
    if (step !== undefined) return { _tag: "ProducedBy", step };
    const image = this.find(desired.image, desired.platform);
    return image === undefined ? { _tag: "Unknown" } : { _tag: "Known", id: image.id };
  }

  /** What an existing container is compared with. */
  factFor(desired: DesiredService): ImageFact {
    const id = this.idFor(desired);
    return id._tag === "ProducedBy" ? { _tag: "Pending", step: id.step } : id;
  }

  localId(reference: string): string | undefined {
    return this.find(reference)?.id;
  }

  find(reference: string, platform?: string): ObservedImage | undefined {
    return this.#local.get(reference)?.find((image) => fitsPlatform(platform, image));
  }

  pull(
    image: string,
    services: ReadonlyArray<string>,
    reason: Reason,
    options: { readonly platform?: string | undefined; readonly tolerate?: boolean },
  ): StepId {
    return this.#builder.add({
      address: imageAddress(image),
      operation: {
        _tag: "PullImage",
        image,
        ...(options.platform === undefined ? {} : { platform: options.platform }),
        services,
        tolerateFailure: options.tolerate === true,
      },
      reason,
    });
  }

  build(desired: DesiredService, reason: Reason, options: BuildOptions = forRunning): StepId {
    const key = keyOf(desired.image, desired.platform);
    // Known before its bases are looked at: builds that name each other must not go round in circles.
    if (!this.#steps.has(key)) this.#steps.set(key, undefined);
    const bases = contextServices(desired.service).flatMap((name) =>
      this.#services.filter((service) => service.name === name),
    );
    for (const base of bases) this.#require(base, options, reason);
    const step = this.#builder.add({
      address: imageAddress(desired.image),
      operation: buildOperation(this.#project, desired, this.#services, options),
      reason,
      needs: bases.map((base) => this.stepOf(base)),
    });
    this.#steps.set(key, step);
    return step;
  }

  #require(base: DesiredService, options: BuildOptions, reason: Reason): void {
    if (this.#steps.has(keyOf(base.image, base.platform))) return;
    if (reason._tag === "Requested" && base.service.build !== undefined) this.build(base, reason, options);
    else this.ensure(base);
  }

  #stepFor(desired: DesiredService, fetch: Fetch): StepId | undefined {
    switch (fetch._tag) {
      case "Nothing":
        return undefined;
      case "Pull": {
        const services = Array.from(this.#users.get(desired.image) ?? [desired.name]).sort(byBytes);
        const tolerate = desired.service.build !== undefined && fetch.reason._tag === "PolicyAsks";
        return this.pull(desired.image, services, fetch.reason, { platform: desired.platform, tolerate });
      }
      case "Build":
        return this.build(desired, fetch.reason);
      case "Impossible": {
        const at = { path: ["services", desired.name, "image"] };
        this.diagnostics.push(fault("image-missing", fetch.message, at, fetch.hint));
        return undefined;
      }
    }
  }
}

const keyOf = (image: string, platform: string | undefined): string => `${image}\n${platform ?? ""}`;
