// From a command line to a change: loads what the command needs and puts flags into intent and policy.
import type { Loaded } from "@composure/core/load/Load";
import type { Intent } from "@composure/core/policy/Intent";
import { proxyEnvironment } from "../load/proxies.ts";
import { deployerName } from "../lock/holder.ts";
import { loadFiles, loadFilesOrName } from "../load/source.ts";
import { printWarnings } from "../load/warnings.ts";
import type { Session } from "../session.ts";
import type { Change } from "./Change.ts";
import type { Failure } from "./Failure.ts";
import { identityOf } from "./identity.ts";
import { readPolicy, type PolicyFlags } from "./policy.ts";
import { isFailure, readScale } from "./scale.ts";

export interface Request {
  readonly title: string;
  readonly intent: Intent;
  readonly flags: PolicyFlags;
  readonly scale?: ReadonlyArray<string>;
  readonly yes?: boolean;
  readonly quiet?: Change["quiet"];
}

const common = (request: Request, session: Session) => ({
  title: request.title,
  intent: request.intent,
  deployer: deployerName(session.host.env),
  proxyEnvironment: proxyEnvironment(session.host.env, session.globals.host ?? session.host.env["DOCKER_HOST"] ?? ""),
  yes: request.yes ?? false,
  quiet: request.quiet ?? { pull: false, build: false },
});

/** The whole file beside the selected part tells what depends on the selection; where it cannot be loaded, the part must do. */
const loadWhole = async (session: Session): Promise<Loaded | undefined> => {
  const whole = await loadFiles(session.globals, session.host, { services: [] });
  return whole._tag === "Loaded" ? whole : undefined;
};

/** up, create, plan, pull, build: the files must load, cut to the named services. */
export const fromFiles = async (request: Request, session: Session, withDependencies: boolean): Promise<Change | Failure> => {
  const { services } = request.intent;
  const loaded = await loadFiles(session.globals, session.host, { services, withDependencies, envOfSelected: true });
  if (loaded._tag === "Invalid") return loaded;
  await printWarnings(loaded.warnings, session);
  const policy = readPolicy(request.flags, loaded.project.environment, session.host);
  if (isFailure(policy)) return policy;
  const scale = readScale(request.scale ?? []);
  if (isFailure(scale)) return scale;
  const whole = services.length > 0 ? await loadWhole(session) : undefined;
  return {
    ...common(request, session),
    name: loaded.project.name,
    workingDir: loaded.project.working_dir,
    source: { _tag: "FromFiles", loaded },
    ...(whole === undefined ? {} : { whole: whole.project }),
    policy,
    scale,
  };
};

/** down, stop and their like: the whole file, or just the name when there is none. */
export const fromFilesOrName = async (request: Request, session: Session): Promise<Change | Failure> => {
  const source = await loadFilesOrName(session.globals, session.host);
  if (source._tag === "Invalid") return source;
  if (source._tag === "FromFiles") await printWarnings(source.loaded.warnings, session);
  const policy = readPolicy(request.flags, source._tag === "FromFiles" ? source.loaded.project.environment : session.host.env, session.host);
  if (isFailure(policy)) return policy;
  const { name, workingDir } = identityOf(source, session.host);
  return { ...common(request, session), name, workingDir, source, policy, scale: {} };
};
