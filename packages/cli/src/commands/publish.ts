// publish: not ours; says what to use instead.
import type { publishSpec } from "../argv/specs/drawing.ts";
import { printFailure, refuse } from "../pipeline/Failure.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof publishSpec> = ({ globals, operands: [reference = ""] }, host) =>
  withSession(globals, host, async ({ settings }) => {
    const hint = `hand on one self-contained file instead: composure config --resolve-image-digests --output compose.lock.yaml; docker compose publish ${reference} makes the OCI artifact`;
    await printFailure(refuse("Composure does not publish Compose files as OCI artifacts; nothing was sent", hint), host, settings);
    return 1;
  });
