// Engine errors in people's words: what happened, and what to do about it.
import type { EngineError, EngineReason } from "@composure/engine/EngineError";

export interface ErrorText {
  /** One line. */
  readonly headline: string;
  /** Lines below it: output, the last probe. */
  readonly details: ReadonlyArray<string>;
  readonly hint?: string;
}

const unavailable = (reason: Extract<EngineReason, { _tag: "Unavailable" }>): ErrorText => {
  const { target, detail } = reason;
  switch (reason.cause) {
    case "missing":
      return {
        headline: `cannot connect to the Docker daemon at ${target}. Is the docker daemon running? (${detail})`,
        details: [],
        hint: "start the engine, or point DOCKER_HOST, --host or --context at one; --engine sim tries the project without any engine",
      };
    case "refused":
      return {
        headline: `cannot connect to the Docker daemon at ${target}. Is the docker daemon running? (${detail})`,
        details: [],
        hint: "start the engine, or point DOCKER_HOST, --host or --context at another; --engine sim tries the project without any engine",
      };
    case "permission":
      return {
        headline: `permission denied while trying to connect to the Docker daemon socket at ${target}`,
        details: [],
        hint: "add your user to the group that owns the socket (often: sudo usermod -aG docker $USER, then log in again), or run as a user that may use it",
      };
    case "lost":
      return { headline: `the connection to the Docker engine at ${target} was lost: ${detail}`, details: [] };
    case "tls":
      return { headline: `TLS with the Docker engine at ${target} failed: ${detail}`, details: [], hint: "check DOCKER_CERT_PATH, DOCKER_TLS_VERIFY or the context's certificates" };
    case "timeout":
      return { headline: `the Docker engine at ${target} took too long: ${detail}`, details: [] };
  }
};

const waitFailed = (reason: Extract<EngineReason, { _tag: "WaitFailed" }>): ErrorText => {
  const { container, exitCode } = reason;
  const headline = {
    unhealthy: `container ${container} is unhealthy`,
    exited: `container ${container} exited${exitCode === undefined ? "" : ` (${exitCode})`}`,
    missing: `container ${container} is gone`,
    "no-healthcheck": `container ${container} has no healthcheck to wait for`,
    timeout: `container ${container} was not ready in time`,
    restarting: `container ${container} keeps restarting${exitCode === undefined ? "" : ` (last exit code ${exitCode})`}`,
  }[reason.why];
  const probe = reason.probe?.trim();
  return {
    headline,
    details: [
      ...(probe === undefined || probe === "" ? [] : ["last health probe:", ...probe.split("\n").map((line) => `  ${line}`)]),
      ...(reason.log.length === 0 ? [] : ["last output:", ...reason.log.map((line) => `  ${line}`)]),
    ],
  };
};

const plain = (headline: string, hint?: string): ErrorText => ({ headline, details: [], ...(hint === undefined ? {} : { hint }) });

const asksRegistry = (call: string): boolean => call === "pullImage" || call === "imageDigest";

const registryWords = (call: string, subject: string): string =>
  call === "pullImage" ? `cannot pull ${subject}: ` : call === "imageDigest" ? `cannot ask for the digest of ${subject}: ` : "";

const pullHint = (call: string, detail: string): string | undefined =>
  !asksRegistry(call)
    ? undefined
    : /x509|certificate/i.test(detail)
      ? "the engine does not trust the registry's certificate: put its CA into /etc/docker/certs.d/HOST:PORT/ca.crt on the engine's machine"
    : /no such host|lookup|dial tcp|i\/o timeout|network is unreachable|connection refused/i.test(detail)
      ? "the engine cannot reach the registry: check its network and proxy, or load the image into it (docker load) and run the command again"
      : undefined;

/** The registry of "host:5000/app:1"; docker's own has no name. */
const loginHint = (image: string): string => {
  const first = /^([^/]+)\/./.exec(image)?.[1] ?? "";
  const host = /[.:]/.test(first) || first === "localhost" ? ` ${first}` : "";
  return `log in with: docker login${host} (and check the image's name; credentials are read from docker's config.json)`;
};

export const describeError = (error: EngineError): ErrorText => {
  const { reason, subject, call } = error;
  switch (reason._tag) {
    case "NotFound":
      return plain(`no such thing: ${reason.what}`);
    case "Conflict":
      return plain(reason.detail);
    case "NameTaken":
      return plain(`the container name ${reason.name} is taken by ${reason.by}`, "remove or rename that container, or choose another container_name");
    case "PortTaken":
      return plain(`host port ${reason.port} is in use: ${reason.detail}`, "free the port or publish another one");
    case "Unauthorized":
      return plain(`${registryWords(call, subject)}${reason.detail}`, loginHint(subject));
    case "Rejected":
      return plain(`${registryWords(call, subject)}${reason.detail}`, pullHint(call, reason.detail));
    case "Unavailable":
      return unavailable(reason);
    case "WaitFailed":
      return waitFailed(reason);
    case "HookFailed":
      return {
        headline: `${reason.phase}: ${reason.service} hook exited with status ${reason.exitCode}`,
        details: reason.output.trim() === "" ? [] : reason.output.trimEnd().split("\n").map((line) => `  ${line}`),
      };
    case "BuildFailed":
      return { headline: `build of ${subject} failed: ${reason.detail}`, details: reason.output.trim() === "" ? [] : reason.output.trimEnd().split("\n").map((line) => `  ${line}`) };
    case "PluginFailed":
      return plain(`service ${subject}: ${reason.plugin}: ${reason.detail}`);
    case "Unsupported":
      return plain(`this engine cannot do ${reason.feature}: it needs ${reason.needs}`);
  }
};
