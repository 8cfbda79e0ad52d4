// The engine port over a Docker engine: `layer` is all that most callers need.
export { type DockerOptions, layer, makeDockerEngine } from "./DockerEngine.ts";
export { resolveTarget, type Target, type TargetOptions } from "./connect.ts";
