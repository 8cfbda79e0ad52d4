// What is filled in while a plan runs, and what labels and specs hold before.
import { describe, expect, it } from "vitest";
import { serviceHash } from "../../src/hash/serviceHash.ts";
import { bindContainer } from "../../src/plan/bind.ts";
import type { ContainerSpec } from "../../src/plan/Operation.ts";
import { empty } from "./applyModel.ts";
import { after, plan } from "./planning.ts";
import { desired, type ProjectText } from "./projects.ts";

const specs = (text: ProjectText, observed = empty): ReadonlyMap<string, ContainerSpec> =>
  new Map(
    plan(desired(text), observed).steps.flatMap(({ address, operation }) =>
      operation._tag === "CreateContainer" ? [[address as string, operation.spec]] : [],
    ),
  );
const spec = (text: ProjectText, address = "service:web:1"): ContainerSpec => {
  const found = specs(text).get(address);
  if (found === undefined) throw new Error(`no ${address}`);
  return found;
};

describe("labels", () => {
  it("are docker compose's", () => {
    const made = spec({
      services: {
        web: {
          labels: { own: "1", "com.docker.compose.project": "mine" },
          depends_on: { db: { condition: "service_started", restart: true } },
        },
        db: {},
      },
    });
    const { labels } = bindContainer(made, (step) => `id${step}`);
    const { "composure.config": record, "composure.reason": _, ...theirs } = labels;
    expect(theirs).toEqual({
      own: "1",
      "com.docker.compose.project": "p",
      "com.docker.compose.version": "2.40.3",
      "com.docker.compose.project.working_dir": "/p",
      "com.docker.compose.project.config_files": "/p/compose.yaml",
      "com.docker.compose.service": "web",
      "com.docker.compose.container-number": "1",
      "com.docker.compose.oneoff": "False",
      "com.docker.compose.depends_on": "db:service_started:true",
      "com.docker.compose.config-hash": serviceHash(made.service),
      "com.docker.compose.image": "id1",
    });
    expect(record).toMatch(/^1:/);
  });

  it("of a successor name the predecessor", () => {
    const next: ProjectText = { services: { web: { environment: { A: "1" } } } };
    const made = specs(next, after({ services: { web: {} } })).get("service:web:1");
    expect(made?.labels["com.docker.compose.replace"]).toBe("web-1");
  });
});

describe("references to containers that are not made yet", () => {
  const text: ProjectText = {
    services: {
      vpn: {},
      web: { network_mode: "service:vpn", pid: "service:vpn", ipc: "host", volumes_from: ["vpn:ro", "container:box"] },
    },
  };
  const made = spec(text);

  it("are bound to ids, and so is the hash", () => {
    const maker = made.namespaces.network?._tag === "CreatedBy" ? made.namespaces.network.step : 0;
    const bound = bindContainer(made, (step) => (step === maker ? "vpn-id" : "image-id"));
    expect(bound).toMatchObject({
      networkMode: "container:vpn-id",
      pidMode: "container:vpn-id",
      ipcMode: "host",
      volumesFrom: ["vpn-id:ro", "box"],
    });
    expect(made.labels).not.toHaveProperty("com.docker.compose.config-hash");
    const resolved = {
      ...made.service,
      network_mode: "container:vpn-id",
      pid: "container:vpn-id",
      volumes_from: ["vpn-id", "box"],
    };
    expect(bound.labels["com.docker.compose.config-hash"]).toBe(serviceHash(resolved));
  });

  it("fall back to the container that stays", () => {
    const ref = { _tag: "CreatedBy", step: 9, name: "p-vpn-1", orElse: { id: "old-id", name: "p-vpn-1" } } as const;
    const bound = bindContainer({ ...made, namespaces: { network: ref }, volumesFrom: [] }, () => undefined);
    expect(bound.networkMode).toBe("container:old-id");
  });
});

describe("images", () => {
  it("known, made on the way, or never known", () => {
    const made = spec({ services: { web: {} } });
    const label = (imageId: ContainerSpec["imageId"]) =>
      bindContainer(
        { ...made, imageId },
        () => undefined,
        (step) => (step === 4 ? "four" : undefined),
      ).labels["com.docker.compose.image"];
    expect(label({ _tag: "Known", id: "sha256:x" })).toBe("sha256:x");
    expect(label({ _tag: "ProducedBy", step: 4 })).toBe("four");
    expect(label({ _tag: "ProducedBy", step: 5 })).toBeUndefined();
    expect(label({ _tag: "Unknown" })).toBeUndefined();
  });

  it("mounted ones leave their ids in a label", () => {
    const text: ProjectText = { services: { web: { volumes: [{ type: "image", source: "data:1", target: "/d" }] } } };
    const observed = { ...empty, images: [{ reference: "data:1", id: "sha256:d", digests: [], labels: {} }] };
    expect(specs(text, observed).get("service:web:1")?.labels["com.docker.compose.image-volume-digest"]).toBe(
      "/d=sha256:d",
    );
  });
});
