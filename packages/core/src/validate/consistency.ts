// Rules across services and resources of the whole project (P7). Only enabled services are checked.
// Source: Compose Specification; the set of rules is docker compose 2.40.3's, except that all of them are reported.
import type { Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault, nearest, placeOf } from "../source/problem.ts";
import type { Tree, TreePath } from "../source/Tree.ts";
import { dependencyCycle } from "./cycle.ts";

/** One service under check. `report` takes a sentence without its subject, the service, and a path below the service. */
interface Checking {
  readonly project: Project;
  readonly service: Service;
  readonly report: (code: string, message: string, below: TreePath, hint?: string) => void;
  /** How many more "did you mean" may be worked out: they are dear, and nobody reads thousands. */
  readonly hints: { left: number };
}
type Check = (checking: Checking) => void;

const known = (record: Readonly<Record<string, unknown>>, name: string): boolean => Object.hasOwn(record, name);

const MAX_HINTS = 100;

const didYouMean = ({ hints }: Checking, name: string, names: Iterable<string>): string | undefined => {
  if (hints.left-- <= 0) return undefined;
  const near = nearest(name, names);
  return near === undefined ? undefined : `did you mean "${near}"?`;
};

const image: Check = ({ service, report }) => {
  if (service.build === undefined && (service.image ?? "") === "" && service.provider === undefined) {
    report("no-image", "has neither an image nor a build context", [], "add image: or build:");
  }
};

const build: Check = (checking) => {
  const { project, service, report } = checking;
  const { build: from, platform } = service;
  if (from === undefined) return;
  if ((from.dockerfile ?? "") !== "" && (from.dockerfile_inline ?? "") !== "") {
    report("dockerfile-conflict", "declares dockerfile and dockerfile_inline, which exclude each other", [
      "build",
      "dockerfile",
    ]);
  }
  for (const [key, context] of Object.entries(from.additional_contexts ?? {})) {
    if (!context.startsWith("service:")) continue;
    const name = context.slice("service:".length);
    const below = ["build", "additional_contexts", key];
    if (!known(project.services, name)) {
      report(
        "undefined-service",
        `builds with the undefined service "${name}"`,
        below,
        didYouMean(checking, name, Object.keys(project.services)),
      );
    } else if (project.services[name]?.build === undefined) {
      report("context-without-build", `builds with the service "${name}", which is not built itself`, below);
    }
  }
  const platforms = from.platforms ?? [];
  if (platforms.length > 0 && platform !== undefined && platform !== "" && !platforms.includes(platform)) {
    report("platform-missing", `is not built for its own platform: service.build.platforms MUST include service.platform "${platform}"`, ["build", "platforms"]);
  }
};

const networks: Check = (checking) => {
  const { project, service, report } = checking;
  const names = Object.keys(service.networks ?? {});
  const mode = service.network_mode ?? "";
  if (mode !== "" && names.length > 0) {
    report(
      "network-mode-conflict",
      "declares network_mode and networks, which exclude each other",
      ["network_mode"],
      "keep one of them",
    );
  }
  for (const name of names) {
    if (known(project.networks, name)) continue;
    const hint = didYouMean(checking, name, Object.keys(project.networks)) ?? `declare it: networks: { ${name}: {} }`;
    report("undefined-network", `refers to undefined network "${name}"`, ["networks", name], hint);
  }
  if (!mode.startsWith("service:")) return;
  const name = mode.slice("service:".length);
  if (known(project.services, name)) return;
  const hint = didYouMean(checking, name, Object.keys(project.services));
  report("undefined-service", `joins the network of the undefined service "${name}"`, ["network_mode"], hint);
};

const healthcheck: Check = ({ service, report }) => {
  const first = service.healthcheck?.test?.[0];
  if (first === undefined || ["CMD", "CMD-SHELL", "NONE"].includes(first)) return;
  const hint = 'write the command as one text, or begin the list with "CMD"';
  report(
    "healthcheck-test",
    'has a healthcheck test that does not begin with "CMD", "CMD-SHELL" or "NONE"',
    ["healthcheck", "test"],
    hint,
  );
};

const dependencies: Check = (checking) => {
  const { project, service, report } = checking;
  for (const [name, { required }] of Object.entries(service.depends_on ?? {})) {
    if (known(project.services, name)) continue;
    const disabled = known(project.disabled_services, name) ? project.disabled_services[name] : undefined;
    if (disabled !== undefined && !required) continue;
    const message =
      disabled === undefined
        ? `depends on undefined service "${name}"`
        : `depends on service "${name}", which no active profile enables`;
    const hint =
      disabled === undefined
        ? didYouMean(checking, name, Object.keys(project.services))
        : `enable the profile ${disabled.profiles?.join(" or ") ?? ""}, or write required: false`;
    report("undefined-dependency", message, ["depends_on", name], hint);
  }
};

const references: Check = (checking) => {
  const { project, service, report } = checking;
  const check = (
    what: string,
    names: ReadonlyArray<readonly [name: string, below: TreePath]>,
    defined: Readonly<Record<string, unknown>>,
  ): void => {
    for (const [name, below] of names) {
      if (known(defined, name)) continue;
      const hint = didYouMean(checking, name, Object.keys(defined)) ?? `declare it: ${what}s: { ${name}: ... }`;
      report(`undefined-${what}`, `refers to undefined ${what} "${name}"`, below, hint);
    }
  };
  const listed = (key: string, items: ReadonlyArray<{ readonly source: string }> | undefined, above: TreePath = []) =>
    (items ?? []).map(({ source }, index) => [source, [...above, key, index]] as const);
  const volumes = (service.volumes ?? []).flatMap(({ type, source }, index) =>
    type === "volume" && source !== undefined && source !== "" ? [[source, ["volumes", index]] as const] : [],
  );
  check("volume", volumes, project.volumes);
  check("secret", listed("secrets", service.build?.secrets, ["build"]), project.secrets);
  check("config", listed("configs", service.configs), project.configs);
  check(
    "model",
    Object.keys(service.models ?? {}).map((name) => [name, ["models", name]]),
    project.models,
  );
  check("secret", listed("secrets", service.secrets), project.secrets);
};

const scale: Check = ({ service, report }) => {
  const replicas = service.deploy?.replicas;
  if (service.scale !== undefined && replicas !== undefined && service.scale !== replicas) {
    report("conflicting-values", "has different values for scale and deploy.replicas", ["scale"], "keep one of them");
  }
  if (service.scale !== undefined && service.scale < 0) {
    report("invalid-value", "has a negative scale", ["scale"]);
  }
  if (replicas !== undefined && replicas < 0) {
    report("invalid-value", "has negative deploy.replicas", ["deploy", "replicas"]);
  }
  if ((service.scale ?? replicas ?? 1) > 1 && (service.container_name ?? "") !== "") {
    const hint = "remove container_name, or scale to 1";
    report("container-name-scale", "has a container_name, so it can have only one container", ["container_name"], hint);
  }
};

const limits: Check = ({ service, report }) => {
  const { limits: most, reservations } = service.deploy?.resources ?? {};
  const differ = (below: string, value: number | undefined, other: number | undefined, path: string): void => {
    if (value === undefined || value === 0 || Math.fround(value) === Math.fround(other ?? 0)) return;
    report("conflicting-values", `has different values for ${below} and ${path}`, [below], "keep one of them");
  };
  if (most !== undefined) {
    differ("cpus", service.cpus, most.cpus, "deploy.resources.limits.cpus");
    differ("mem_limit", service.mem_limit, most.memory, "deploy.resources.limits.memory");
    differ("pids_limit", service.pids_limit, most.pids, "deploy.resources.limits.pids");
  }
  if (reservations !== undefined) {
    differ("mem_reservation", service.mem_reservation, reservations.memory, "deploy.resources.reservations.memory");
  }
};

const watch: Check = ({ service, report }) => {
  for (const [index, rule] of (service.develop?.watch ?? []).entries()) {
    if ((rule.target ?? "") !== "" || rule.action === "rebuild" || rule.action === "restart") continue;
    report("watch-target", `has a watch rule with the action "${rule.action}" and no target`, [
      "develop",
      "watch",
      index,
    ]);
  }
};

const mounts: Check = ({ service, report }) => {
  const taken = new Map<string, string>();
  const claim = (target: string, key: string, index: number): void => {
    const by = taken.get(target);
    if (by === undefined) taken.set(target, `${key}[${index}]`);
    else report("duplicate-mount", `mounts ${target} twice, already as ${by}`, [key, index]);
  };
  for (const [index, tmpfs] of (service.tmpfs ?? []).entries()) claim(tmpfs.split(":")[0] as string, "tmpfs", index);
  for (const [index, volume] of (service.volumes ?? []).entries()) claim(volume.target, "volumes", index);
};

const checks: ReadonlyArray<Check> = [
  image,
  build,
  networks,
  healthcheck,
  dependencies,
  references,
  scale,
  limits,
  watch,
  mounts,
];

/** Every inconsistency, each with the span of the value in `tree` that is to blame. */
export const checkConsistency = (project: Project, tree: Tree): ReadonlyArray<Diagnostic> => {
  const diagnostics: Array<Diagnostic> = [];
  const hints = { left: MAX_HINTS };
  for (const [name, service] of Object.entries(project.services)) {
    const report: Checking["report"] = (code, message, below, hint) =>
      diagnostics.push(fault(code, `service "${name}" ${message}`, placeOf(tree, ["services", name, ...below]), hint));
    for (const check of checks) check({ project, service, report, hints });
  }
  for (const [name, secret] of Object.entries(project.secrets)) {
    if (secret.external === true || (secret.file ?? "") !== "" || (secret.environment ?? "") !== "") continue;
    const hint = "add file: or environment:, or mark it external";
    diagnostics.push(fault("source-missing", `secret "${name}" has no source`, placeOf(tree, ["secrets", name]), hint));
  }
  const cycle = dependencyCycle(project);
  if (cycle !== undefined) {
    const path = ["services", cycle[0] as string, "depends_on", cycle[1] as string];
    const message = `dependency cycle detected: ${cycle.join(" -> ")}`;
    diagnostics.push(fault("dependency-cycle", message, placeOf(tree, path), "remove one of these dependencies"));
  }
  return diagnostics;
};

/** `scale` says the number of containers for `deploy.replicas` too. */
export const alignReplicas = (project: Project): Project => ({
  ...project,
  services: Object.fromEntries(
    Object.entries(project.services).map(([name, service]) => {
      const { scale: wanted, deploy } = service;
      if (wanted === undefined || deploy === undefined || deploy.replicas === wanted) return [name, service];
      return [name, { ...service, deploy: { ...deploy, replicas: wanted } }];
    }),
  ),
});

/** Two selected services may not ask for the same container name (R4). */
export const checkContainerNames = (project: Project, tree: Tree): ReadonlyArray<Diagnostic> => {
  const taken = new Map<string, string>();
  const diagnostics: Array<Diagnostic> = [];
  for (const [name, { container_name: wanted }] of Object.entries(project.services)) {
    if (wanted === undefined || wanted === "") continue;
    const by = taken.get(wanted);
    if (by === undefined) taken.set(wanted, name);
    else {
      const place = placeOf(tree, ["services", name, "container_name"]);
      diagnostics.push(
        fault(
          "container-name-taken",
          `container name "${wanted}" is already in use by service "${by}"`,
          place,
        ),
      );
    }
  }
  return diagnostics;
};
