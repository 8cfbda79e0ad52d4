// The table of commands: what each accepts, and where its code is. Code is loaded only when its command runs.
import type { CommandSpec, Flag, Options } from "../argv/Flag.ts";
import type { GlobalOptions } from "../argv/globals.ts";
import { snapshotSpec, whySpec } from "../argv/specs/explaining.ts";
import { commitSpec, copySpec, exportSpec, imagesSpec, statsSpec, topSpec } from "../argv/specs/closeLooks.ts";
import { alphaSpec, bridgeSpec, generateSpec, publishSpec, vizSpec } from "../argv/specs/drawing.ts";
import { buildSpec, pullSpec, pushSpec } from "../argv/specs/images.ts";
import { eventsSpec, listSpec, portSpec, scaleSpec, volumesSpec, waitSpec } from "../argv/specs/inspecting.ts";
import { downSpec, killSpec, pauseSpec, removeSpec, restartSpec, startSpec, stopSpec, unpauseSpec } from "../argv/specs/lifecycle.ts";
import { lockSpec } from "../argv/specs/lock.ts";
import { attachSpec, execSpec, runSpec } from "../argv/specs/processes.ts";
import { configSpec, logsSpec, psSpec, versionSpec } from "../argv/specs/reading.ts";
import { applySpec, showSpec } from "../argv/specs/saved.ts";
import { simulateSpec } from "../argv/specs/simulating.ts";
import { completionSpec, installPluginSpec } from "../argv/specs/shell.ts";
import { createSpec, planSpec, upSpec } from "../argv/specs/up.ts";
import { watchSpec } from "../argv/specs/watching.ts";
import type { Host } from "../host/Host.ts";

/** One command line, with the options of its command typed. */
export interface Call<Spec extends CommandSpec> {
  readonly globals: GlobalOptions;
  readonly options: Spec extends CommandSpec<infer Flags> ? Options<Flags> : never;
  readonly operands: ReadonlyArray<string>;
}

/** Runs the command and gives its exit code. */
export type Run<Spec extends CommandSpec> = (call: Call<Spec>, host: Host) => Promise<number>;

export interface Entry {
  readonly spec: CommandSpec;
  readonly load: () => Promise<{ readonly run: Run<CommandSpec> }>;
}

const entry = <const Flags extends ReadonlyArray<Flag>>(
  spec: CommandSpec<Flags>,
  load: () => Promise<{ readonly run: Run<CommandSpec<Flags>> }>,
): Entry => ({ spec, load: load as unknown as Entry["load"] });

export const entries: ReadonlyArray<Entry> = [
  entry(upSpec, () => import("./up.ts")),
  entry(createSpec, () => import("./create.ts")),
  entry(planSpec, () => import("./plan.ts")),
  entry(showSpec, () => import("./show.ts")),
  entry(applySpec, () => import("./apply.ts")),
  entry(simulateSpec, () => import("./simulate.ts")),
  entry(snapshotSpec, () => import("./snapshot.ts")),
  entry(whySpec, () => import("./why.ts")),
  entry(lockSpec, () => import("./lock.ts")),
  entry(downSpec, () => import("./down.ts")),
  entry(startSpec, () => import("./start.ts")),
  entry(stopSpec, () => import("./stop.ts")),
  entry(restartSpec, () => import("./restart.ts")),
  entry(killSpec, () => import("./kill.ts")),
  entry(removeSpec, () => import("./rm.ts")),
  entry(pauseSpec, () => import("./pause.ts")),
  entry(unpauseSpec, () => import("./unpause.ts")),
  entry(pullSpec, () => import("./pull.ts")),
  entry(buildSpec, () => import("./build.ts")),
  entry(pushSpec, () => import("./push.ts")),
  entry(imagesSpec, () => import("./images.ts")),
  entry(topSpec, () => import("./top.ts")),
  entry(statsSpec, () => import("./stats.ts")),
  entry(copySpec, () => import("./cp.ts")),
  entry(commitSpec, () => import("./commit.ts")),
  entry(exportSpec, () => import("./export.ts")),
  entry(watchSpec, () => import("./watch.ts")),
  entry(vizSpec, () => import("./viz.ts")),
  entry(generateSpec, () => import("./generate.ts")),
  entry(publishSpec, () => import("./publish.ts")),
  entry(bridgeSpec, () => import("./bridge.ts")),
  entry(alphaSpec, () => import("./alpha.ts")),
  entry(psSpec, () => import("./ps.ts")),
  entry(logsSpec, () => import("./logs.ts")),
  entry(runSpec, () => import("./run.ts")),
  entry(execSpec, () => import("./exec.ts")),
  entry(attachSpec, () => import("./attach.ts")),
  entry(scaleSpec, () => import("./scale.ts")),
  entry(portSpec, () => import("./port.ts")),
  entry(waitSpec, () => import("./wait.ts")),
  entry(listSpec, () => import("./ls.ts")),
  entry(volumesSpec, () => import("./volumes.ts")),
  entry(eventsSpec, () => import("./events.ts")),
  entry(configSpec, () => import("./config.ts")),
  entry(versionSpec, () => import("./version.ts")),
  entry(completionSpec, () => import("./completion.ts")),
  entry(installPluginSpec, () => import("./install-plugin.ts")),
];

export const specs: ReadonlyArray<CommandSpec> = entries.map(({ spec }) => spec);
