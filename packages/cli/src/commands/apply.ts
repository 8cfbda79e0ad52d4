// apply: carries out a saved plan, if what it relies on has not changed.
import type { applySpec } from "../argv/specs/saved.ts";
import { runWithEngine } from "../engine/run.ts";
import { printFailure, refuse } from "../pipeline/Failure.ts";
import { fromFiles } from "../pipeline/request.ts";
import { applySaved, readSavedPlan } from "../pipeline/saved.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof applySpec> = ({ globals, options, operands: [file = ""] }, host) =>
  withSession(globals, host, async (session) => {
    const saved = readSavedPlan(file, session);
    if (isFailure(saved)) {
      await printFailure(saved, host, session.settings);
      return 1;
    }
    // The secrets come from the files that the plan was made from, unless others are named.
    const { project, intent } = saved.plan;
    if (globals.projectName !== undefined && globals.projectName !== project.name) {
      await printFailure(refuse(`${file} is a plan for project ${project.name}, not for ${globals.projectName}`, "leave out --project-name"), host, session.settings);
      return 1;
    }
    const files = globals.file.length > 0 ? globals.file : project.configFiles;
    const envFile = globals.envFile.length > 0 ? globals.envFile : project.envFiles;
    const made = { ...globals, file: files, envFile, projectName: project.name, projectDirectory: globals.projectDirectory ?? project.workingDir };
    const change = await fromFiles({ title: "apply", intent, flags: {}, yes: options.yes }, { ...session, globals: made }, true);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    return runWithEngine(session, change.workingDir, applySaved(saved, change, session));
  });
