// The engine is elsewhere: over TLS, by variables and by a docker context, and over ssh, in one connection.
import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { openSshEngine, openTlsEngine } from "../src/farEngine.ts";
import { clientConfig } from "../src/plugins.ts";
import { onEngine } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

const hasSshd = existsSync("/usr/sbin/sshd") && process.getuid?.() === 0;

onEngine("an engine", ({ client, subject }) => {
  const socket = client.host.replace(/^unix:\/\//, "");
  let checkout: Checkout;
  afterEach(() => checkout.dispose());

  test("over TLS: by variables, and by a context", async () => {
    checkout = await checkOut({ client, purpose: "tls" });
    const far = await openTlsEngine(socket);
    const config = await clientConfig({ currentContext: "far" });
    far.addContext(config.folder, "far");
    await checkout.write("compose.yaml", "services: { web: { image: composure/test-idle, stop_grace_period: 0s } }\n");
    const byVariables = { DOCKER_HOST: far.host, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: far.certificates };
    try {
      const up = succeeded(await checkout.run(subject, ["up", "-d"], { env: byVariables }));
      expect(up.stderr).toMatch(/Container \S+-web-1 +Started/);
      // An empty DOCKER_HOST is none: the context of config.json counts.
      const byContext = { DOCKER_HOST: "", DOCKER_CONFIG: config.folder };
      expect(succeeded(await checkout.run(subject, ["ps", "-q"], { env: byContext })).stdout).toMatch(/^[0-9a-f]{64}\n$/);
      expect(succeeded(await checkout.run(subject, ["plan"], { env: byContext })).stdout).toContain(far.host);
      const named = { DOCKER_CONFIG: config.folder };
      expect(succeeded(await checkout.run(subject, ["--context", "far", "ps", "-q"], { env: named })).stdout).not.toBe("");

      const wrong = [{ DOCKER_CERT_PATH: far.strange }, { DOCKER_TLS_VERIFY: "", DOCKER_TLS: "1", DOCKER_CERT_PATH: "/nonexistent" }, { DOCKER_TLS_VERIFY: "" }];
      for (const change of wrong) {
        const failed = await checkout.run(subject, ["ps"], { env: { ...byVariables, ...change } });
        expect(failed.code, failed.output).toBe(1);
        expect(failed.stderr).toContain(far.host);
        expect(failed.output).not.toMatch(/PRIVATE KEY|at Object\./);
      }
      succeeded(await checkout.run(subject, ["down", "-t", "0"], { env: byVariables }));
    } finally {
      far.close();
      await config.close();
    }
  });

  const overSsh = test.skipIf(!hasSshd);

  overSsh("over ssh: a dozen services come up through one connection", async () => {
    checkout = await checkOut({ client, purpose: "ssh" });
    const far = await openSshEngine(socket, true);
    const service = "{ image: composure/test-idle, network_mode: none, stop_grace_period: 0s }";
    await checkout.write("compose.yaml", `services:\n${Array.from({ length: 12 }, (_, at) => `  s${at}: ${service}\n`).join("")}`);
    const env = { DOCKER_HOST: far.host, PATH: `${far.bin}${delimiter}${process.env["PATH"] ?? ""}` };
    try {
      const up = succeeded(await checkout.run(subject, ["up", "-d"], { env }));
      expect(up.stderr.match(/ Started$/gm)).toHaveLength(12);
      expect(far.accepted()).toBe(1);
      expect(succeeded(await checkout.run(subject, ["plan"], { env })).stdout).toContain(far.host);
      const other = { ...env, DOCKER_HOST: far.host.replace("ssh://root@", "ssh://nobody@") };
      const failed = await checkout.run(subject, ["ps"], { env: other });
      expect(failed.code).toBe(1);
      expect(failed.stderr).toMatch(/Permission denied/);
    } finally {
      far.close();
    }
  });

  overSsh("over ssh, where forwarding is forbidden: docker itself on the far side is the way", async () => {
    checkout = await checkOut({ client, purpose: "sshd" });
    const far = await openSshEngine(socket, false);
    await checkout.write("compose.yaml", "services: { web: { image: composure/test-idle, stop_grace_period: 0s } }\n");
    const env = { DOCKER_HOST: far.host, PATH: `${far.bin}${delimiter}${process.env["PATH"] ?? ""}` };
    try {
      succeeded(await checkout.run(subject, ["up", "-d"], { env }));
      expect(succeeded(await checkout.run(subject, ["ps", "-q"], { env })).stdout).not.toBe("");
      expect(far.accepted()).toBe(2);
    } finally {
      far.close();
    }
  });
});
