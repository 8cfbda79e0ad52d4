// bridge: not ours; says what to use instead.
import type { bridgeSpec } from "../argv/specs/drawing.ts";
import { printFailure, refuse } from "../pipeline/Failure.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof bridgeSpec> = ({ globals }, host) =>
  withSession(globals, host, async ({ settings }) => {
    const hint = "give the resolved project to a converter: composure config > resolved.yaml, then for example kompose convert -f resolved.yaml; docker compose bridge convert runs docker's transformation images";
    await printFailure(refuse("Composure does not convert projects into other models", hint), host, settings);
    return 1;
  });
