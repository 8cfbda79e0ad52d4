// The commands about images: pull and build.
import { command } from "../Flag.ts";

export const pullSpec = command({
  name: "pull",
  about: "Pull service images",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "ignore-buildable", kind: "switch", about: "Ignore images that can be built" },
    { name: "ignore-pull-failures", kind: "switch", about: "Pull what it can and ignores images with pull failures" },
    { name: "include-deps", kind: "switch", about: "Also pull services declared as dependencies" },
    { name: "no-parallel", kind: "switch", about: "Deprecated - no effect", hidden: true },
    { name: "policy", kind: "text", value: "string", about: 'Apply pull policy ("missing"|"always")' },
    { name: "quiet", short: "q", kind: "switch", about: "Pull without printing progress information" },
  ],
  examples: [["composure pull", "Pull the image of every service"]],
});

export const pushSpec = command({
  name: "push",
  about: "Push service images",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "ignore-push-failures", kind: "switch", about: "Push what it can and ignores images with push failures" },
    { name: "include-deps", kind: "switch", about: "Also push images of services declared as dependencies" },
    { name: "quiet", short: "q", kind: "switch", about: "Push without printing progress information" },
  ],
  examples: [["composure push", "Send every image that the project builds under a name to its registry"]],
});

export const buildSpec = command({
  name: "build",
  about: "Build or rebuild services",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "build-arg", kind: "list", value: "stringArray", about: "Set build-time variables for services" },
    { name: "builder", kind: "text", value: "string", about: "Set builder to use" },
    { name: "check", kind: "switch", about: "Check build configuration" },
    { name: "compress", kind: "switch", about: "Deprecated - no effect", hidden: true },
    { name: "force-rm", kind: "switch", about: "Deprecated - no effect", hidden: true },
    { name: "memory", short: "m", kind: "text", value: "bytes", about: "Set memory limit for the build container. Not supported by BuildKit." },
    { name: "no-cache", kind: "switch", about: "Do not use cache when building the image" },
    { name: "no-rm", kind: "switch", about: "Deprecated - no effect", hidden: true },
    { name: "parallel", kind: "switch", about: "Deprecated - no effect", hidden: true },
    { name: "print", kind: "switch", about: "Print equivalent bake file" },
    { name: "progress", kind: "text", value: "string", about: "Set type of progress output (auto, tty, plain, json, quiet)", hidden: true },
    { name: "provenance", kind: "text", value: "string", about: "Add a provenance attestation" },
    { name: "pull", kind: "switch", about: "Always attempt to pull a newer version of the image" },
    { name: "push", kind: "switch", about: "Push service images" },
    { name: "quiet", short: "q", kind: "switch", about: "Suppress the build output" },
    { name: "sbom", kind: "text", value: "string", about: "Add a SBOM attestation" },
    { name: "ssh", kind: "text", value: "string", about: "Set SSH authentications used when building service images (use 'default' for your SSH agent)" },
    { name: "with-dependencies", kind: "switch", about: "Also build dependencies (transitively)" },
  ],
  examples: [
    ["composure build --no-cache web", "Build web's image from scratch"],
    ["composure build --print", "Show what docker buildx bake is told"],
  ],
});
