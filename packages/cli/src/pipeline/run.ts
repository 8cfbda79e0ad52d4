// What the simple commands that change the engine have in common.
import { runWithEngine } from "../engine/run.ts";
import type { GlobalOptions } from "../argv/globals.ts";
import type { Host } from "../host/Host.ts";
import { withSession } from "../session.ts";
import { printFailure } from "./Failure.ts";
import { fromFilesOrName, type Request } from "./request.ts";
import { runChange } from "./runChange.ts";
import { isFailure } from "./scale.ts";

export const runRequest = (request: Request, globals: GlobalOptions, host: Host): Promise<number> =>
  withSession(globals, host, async (session) => {
    const change = await fromFilesOrName(request, session);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    return runWithEngine(session, change.workingDir, runChange(change, session));
  });
