// The engine's words as typed reasons.
import { engineError, reasonOf } from "@composure/docker/errors";
import { HttpFailure } from "@composure/docker/modem";
import { isTransient, lineError, toProgress } from "@composure/docker/pull";
import { describe, expect, test } from "vitest";

describe("the engine's words", () => {
  test.each([
    [
      409,
      'Conflict. The container name "/web-1" is already in use by container "c0ffee0123". You have to remove (or rename) that container to be able to reuse that name.',
      { _tag: "NameTaken", name: "web-1", by: "c0ffee0123" },
    ],
    // 20.10
    [
      500,
      "driver failed programming external connectivity on endpoint w (0a1b): Bind for 0.0.0.0:8080 failed: port is already allocated",
      { _tag: "PortTaken", port: "8080" },
    ],
    [
      500,
      "driver failed programming external connectivity on endpoint w (0a1b): Error starting userland proxy: listen tcp4 127.0.0.1:8443: bind: address already in use",
      { _tag: "PortTaken", port: "127.0.0.1:8443" },
    ],
    // 28
    [
      500,
      "failed to set up container networking: driver failed programming external connectivity on endpoint w (0a1b): failed to bind host port for 0.0.0.0:80:172.18.0.2:80/tcp: address already in use",
      { _tag: "PortTaken", port: "80" },
    ],
    [500, "failed to bind host port [::]:443/tcp: address already in use", { _tag: "PortTaken", port: "443" }],
    [404, "No such container: x", { _tag: "NotFound", what: "No such container: x" }],
    [
      404,
      "pull access denied for nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      { _tag: "NotFound" },
    ],
    [404, "pull access denied: unauthorized: authentication required", { _tag: "Unauthorized" }],
    [500, 'Head "https://r.test/v2/app/manifests/1": no basic auth credentials', { _tag: "Unauthorized" }],
    [401, "wrong", { _tag: "Unauthorized" }],
    [409, "volume is in use - [abc]", { _tag: "Conflict" }],
    [403, "error while removing network: network x has active endpoints", { _tag: "Conflict" }],
    [403, "bridge is a pre-defined network and cannot be removed", { _tag: "Rejected", status: 403 }],
    [400, "invalid reference format", { _tag: "Rejected", status: 400 }],
    [
      500,
      'OCI runtime create failed: exec: "nope": executable file not found in $PATH',
      { _tag: "Rejected", status: 500 },
    ],
    [501, "not supported", { _tag: "Unsupported" }],
  ])("%i %s", (status, text, reason) => {
    expect(reasonOf(status, text)).toMatchObject(reason);
  });
});

describe("lines of a pull", () => {
  test("progress", () => {
    expect(toProgress({ id: "0123456789ab", status: "Downloading", progressDetail: { current: 5, total: 9 } })).toEqual(
      { id: "0123456789ab", text: "Downloading", current: 5, total: 9 },
    );
    expect(toProgress({ status: "Status: Image is up to date", progressDetail: {} })).toEqual({
      id: "",
      text: "Status: Image is up to date",
    });
  });
  test("errors, and which of them are worth another try", () => {
    const of = (message: string) => lineError("pullImage", "x", { error: message, errorDetail: { message } });
    expect(lineError("pullImage", "x", { status: "Pulling" })).toBeUndefined();
    expect(of("manifest unknown")?.reason._tag).toBe("NotFound");
    expect(of("unauthorized: authentication required")?.reason._tag).toBe("Unauthorized");
    const transient = [
      "net/http: TLS handshake timeout",
      "received unexpected HTTP status: 503 Service Unavailable",
      "read tcp: connection reset by peer",
      "toomanyrequests: slow down",
    ];
    expect(transient.map((text) => isTransient(of(text)!))).toEqual([true, true, true, true]);
    expect(
      ["manifest unknown", "denied", "connect: connection refused", "no such host", "no space left on device"].map(
        (text) => isTransient(of(text)!),
      ),
    ).toEqual([false, false, false, false, false]);
  });
});

describe("what node says", () => {
  const failing = (code: string) =>
    engineError("observe", "p", "unix:///x.sock", Object.assign(new Error(`connect ${code}`), { code })).reason;
  test.each([
    ["ENOENT", "missing"],
    ["ECONNREFUSED", "refused"],
    ["EACCES", "permission"],
    ["ECONNRESET", "lost"],
    ["EPIPE", "lost"],
    ["ETIMEDOUT", "timeout"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
  ])("%s is %s", (code, cause) => {
    expect(failing(code)).toMatchObject({ _tag: "Unavailable", cause, target: "unix:///x.sock" });
  });
  test("an answer is never Unavailable", () => {
    expect(engineError("c", "s", "t", new HttpFailure(500, "boom")).reason).toMatchObject({
      _tag: "Rejected",
      status: 500,
      detail: "boom",
    });
  });
});
