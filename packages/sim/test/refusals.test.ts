// What the simulated daemon refuses, in the words that engines 20.10 (API 1.41) and 28.5 (API 1.51) were seen to use.
import { assert, describe, it } from "@effect/vitest";
import * as containers from "../src/containers.ts";
import * as images from "../src/images.ts";
import { makeWorld, type World } from "../src/index.ts";
import * as networks from "../src/networks.ts";
import { type Answer, textOf } from "../src/refusals.ts";
import * as volumes from "../src/volumes.ts";
import { endpoint, spec } from "./samples.ts";

const world = (apiVersion = "1.51"): World => {
  const fresh = makeWorld({ apiVersion, images: { redis: { volumes: ["/data"], command: ["redis-server"] } } });
  images.loadImage(fresh, "nginx");
  images.loadImage(fresh, "redis:7");
  return fresh;
};
const add = (sim: World, name: string, ...more: Parameters<typeof spec> extends [infer S, (infer M)?] ? [Partial<S & object>?, M?] : never): string => {
  const made = containers.createContainer(sim, name, spec({ name, ...more[0] } as Parameters<typeof spec>[0], more[1] as Parameters<typeof spec>[1]));
  return made._tag === "Granted" ? made.value.id : told(made);
};
const told = (given: Answer<unknown>): string => (given._tag === "Granted" ? "granted" : `${given.reason._tag}: ${textOf(given.reason)}`);
const oneNetwork = (sim: World, name: string, subnet?: string) => networks.createNetwork(sim, name, subnet === undefined ? {} : { ipam: { config: [{ subnet }] } }, {});

describe("names", () => {
  it("an image that is not there", () => assert.strictEqual(add(world(), "a1", { image: "nope" }), "NotFound: No such image: nope:latest"));
  it("taken, malformed, the same", () => {
    const sim = world();
    const id = add(sim, "a1");
    const conflict = `Conflict. The container name "/a1" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`;
    assert.strictEqual(add(sim, "a1"), `NameTaken: ${conflict}`);
    assert.strictEqual(add(sim, "_bad/"), "Rejected: Invalid container name (_bad/), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    add(sim, "b1");
    assert.strictEqual(told(containers.renameContainer(sim, "b1", "a1")), `NameTaken: ${conflict}`);
    assert.strictEqual(told(containers.renameContainer(sim, "a1", "a1")), "Rejected: Renaming a container with the same name as its current name");
    assert.strictEqual(told(containers.renameContainer(sim, "b1", "c1")), "granted");
  });
});

describe("states", () => {
  it.each([
    ["1.41", (id: string) => `You cannot remove a running container ${id}. Stop the container before attempting removal or force remove`, "Cannot kill container: a1: Container"],
    ["1.51", () => `cannot remove container "a1": container is running: stop the container before removing or force remove`, "cannot kill container: a1: container"],
  ])("API %s", (api, removal, kill) => {
    const sim = world(api);
    const id = add(sim, "a1");
    assert.strictEqual(told(containers.startContainer(sim, "zz")), "NotFound: No such container: zz");
    assert.strictEqual(told(containers.killContainer(sim, "a1", "KILL")), `Conflict: ${kill} ${id} is not running`);
    assert.strictEqual(told(containers.beginStop(sim, "a1", 1)), "granted");
    assert.strictEqual(told(containers.startContainer(sim, "a1")), "granted");
    assert.strictEqual(told(containers.startContainer(sim, "a1")), "granted");
    assert.strictEqual(told(containers.unpauseContainer(sim, "a1")), `Rejected: Container ${id} is not paused`);
    assert.strictEqual(told(containers.pauseContainer(sim, "a1")), "granted");
    assert.strictEqual(told(containers.pauseContainer(sim, "a1")), `Conflict: Container ${id} is already paused`);
    assert.strictEqual(told(containers.startContainer(sim, "a1")), "Conflict: cannot start a paused container, try unpause instead");
    assert.strictEqual(told(containers.unpauseContainer(sim, "a1")), "granted");
    assert.strictEqual(told(containers.removeContainer(sim, "a1", { force: false, volumes: false })), `Conflict: ${removal(id)}`);
    assert.strictEqual(told(containers.removeContainer(sim, "a1", { force: true, volumes: false })), "granted");
    assert.strictEqual(told(containers.removeContainer(sim, "a1", { force: true, volumes: false })), "granted");
  });
});

describe("networks", () => {
  it.each([
    ["1.41", "", (id: string) => `network n1 id ${id} has active endpoints`],
    ["1.51", "invalid pool request: ", () => `network n1 has active endpoints (name:"a1" id:"ENDPOINT")`],
  ])("API %s", (api, prefix, active) => {
    const sim = world(api);
    const made = oneNetwork(sim, "n1", "10.77.9.0/24");
    const id = made._tag === "Granted" ? made.value.id : "";
    assert.strictEqual(told(oneNetwork(sim, "n1")), "Conflict: network with name n1 already exists");
    assert.strictEqual(told(oneNetwork(sim, "n2", "10.77.9.0/25")), `Rejected: ${prefix}Pool overlaps with other one on this address space`);
    add(sim, "a1");
    containers.startContainer(sim, "a1");
    assert.strictEqual(told(networks.connect(sim, endpoint("n1", "10.77.9.9"), "a1")), "granted");
    assert.strictEqual(told(networks.connect(sim, endpoint("n1"), "a1")), "Rejected: endpoint with name a1 already exists in network n1");
    assert.strictEqual(told(networks.connect(sim, endpoint("n1"), "zz")), "NotFound: No such container: zz");
    assert.strictEqual(told(networks.connect(sim, endpoint("nope"), "a1")), "NotFound: network nope not found");
    // The endpoint's own id, which nothing else tells.
    assert.strictEqual(told(networks.removeNetwork(sim, "n1")).replace(/"[0-9a-f]{12}"/, '"ENDPOINT"'), `Conflict: error while removing network: ${active(id)}`);
    assert.strictEqual(told(networks.removeNetwork(sim, "nope")), "NotFound: network nope not found");
    assert.strictEqual(told(networks.removeNetwork(sim, "bridge")), "Rejected: bridge is a pre-defined network and cannot be removed");
    const b = add(sim, "b1");
    assert.strictEqual(told(networks.disconnect(sim, "n1", "b1")), "granted", "by force: nothing is left to be done");
    assert.strictEqual(told(networks.disconnect(sim, "n1", "zz")), "NotFound: endpoint zz not found");
    assert.strictEqual(told(networks.disconnect(sim, "nope", "b1")), "granted");
    add(sim, "c1", {}, { endpoints: [endpoint("n1", "10.77.9.9")] });
    assert.match(told(containers.startContainer(sim, "c1")), /^Conflict: .*Address already in use$/);
    add(sim, "d1", {}, { networkMode: `container:${b}` });
    assert.match(told(containers.startContainer(sim, "d1")), /^Conflict: cannot join network (namespace )?of a non running container/);
    add(sim, "e1", {}, { networkMode: "host" });
    containers.startContainer(sim, "e1");
    assert.strictEqual(told(networks.connect(sim, endpoint("n1"), "e1")), "Rejected: container sharing network namespace with another container or host cannot be connected to any other network");
  });

  it("a container holds on to the network it ran in, not to one of the same name", () => {
    const sim = world();
    oneNetwork(sim, "n1");
    add(sim, "a1", {}, { endpoints: [endpoint("n1")] });
    add(sim, "b1", {}, { endpoints: [endpoint("n1")] });
    containers.startContainer(sim, "a1");
    containers.beginStop(sim, "a1", 0);
    networks.removeNetwork(sim, "n1");
    oneNetwork(sim, "n1");
    assert.match(told(containers.startContainer(sim, "a1")), /^NotFound: failed to set up container networking: network [0-9a-f]{64} not found$/);
    assert.strictEqual(told(containers.startContainer(sim, "b1")), "granted", "one that never ran looks by name");
    assert.strictEqual(told(networks.connect(sim, endpoint("n1"), "a1")), "granted", "connecting it anew heals it");
    assert.strictEqual(told(containers.startContainer(sim, "a1")), "granted");
  });

  it("address pools end", () => {
    const sim = world();
    const made = Array.from({ length: 40 }, (_, at) => told(oneNetwork(sim, `n${at}`)));
    assert.strictEqual(made.filter((text) => text === "granted").length, 30);
    assert.strictEqual(made.at(-1), "Rejected: all predefined address pools have been fully subnetted");
    networks.removeNetwork(sim, "n3");
    assert.strictEqual(told(oneNetwork(sim, "again")), "granted");
  });

  it.each([
    ["1.41", ""],
    ["1.51", "failed to set up container networking: "],
  ])("API %s notices a missing second network at the start", (api, prefix) => {
    const sim = world(api);
    add(sim, "a1", {}, { networkMode: "bridge" });
    assert.strictEqual(told(networks.connect(sim, endpoint("nope"), "a1")), "granted", "what does not run may wait for a network");
    assert.strictEqual(told(containers.startContainer(sim, "a1")), `NotFound: ${prefix}network nope not found`);
  });
});

describe("host ports", () => {
  it("one at a time, freed by a stop", () => {
    const sim = world();
    const published = { ports: [{ target: 80, published: "18999" }] };
    const a = add(sim, "a1", published);
    add(sim, "b1", published);
    containers.startContainer(sim, "a1");
    assert.match(told(containers.startContainer(sim, "b1")), /^PortTaken: failed to set up container networking: driver failed programming external connectivity on endpoint b1 \([0-9a-f]{64}\): Bind for 0.0.0.0:18999 failed: port is already allocated$/);
    const refused = sim.containers[Object.keys(sim.containers)[1] ?? ""];
    assert.deepInclude(refused, { state: "created", exitCode: 128 });
    containers.beginStop(sim, a, 0);
    assert.strictEqual(told(containers.startContainer(sim, "b1")), "granted");
  });
  it("ranges and ephemeral ports take what is free; addresses matter", () => {
    const sim = world();
    const ports = (name: string, published?: string, host_ip?: string) => {
      add(sim, name, { ports: [{ target: 80, ...(published === undefined ? {} : { published }), ...(host_ip === undefined ? {} : { host_ip }) }] });
      const started = told(containers.startContainer(sim, name));
      return started === "granted" ? Object.values(sim.containers).find((container) => container.name === name)?.ports.map((port) => port.public) : started.split(":")[0];
    };
    assert.deepStrictEqual(ports("a1", "8000-8001"), [8000]);
    assert.deepStrictEqual(ports("a2", "8000-8001"), [8001]);
    assert.strictEqual(ports("a3", "8000-8001"), "PortTaken");
    assert.deepStrictEqual(ports("a4"), [32768]);
    assert.deepStrictEqual(ports("a5"), [32769]);
    assert.deepStrictEqual(ports("a6", "9000", "127.0.0.1"), [9000]);
    assert.deepStrictEqual(ports("a7", "9000", "127.0.0.2"), [9000]);
    assert.strictEqual(ports("a8", "9000"), "PortTaken");
  });
});

describe("volumes", () => {
  it("in use, missing, made by a create, anonymous ones taken along only when asked", () => {
    const sim = world();
    volumes.createVolume(sim, "v1", "local", {});
    assert.strictEqual(told(volumes.createVolume(sim, "v1", "local", {})), "granted");
    const id = add(sim, "g1", { image: "redis:7" }, { mounts: [{ _tag: "Volume", name: "v1", target: "/x", readOnly: false, inherited: false }, { _tag: "Volume", name: "v2", target: "/y", readOnly: false, inherited: false }] });
    assert.deepStrictEqual(sim.containers[id]?.mounts.map(({ destination }) => destination), ["/x", "/y", "/data"]);
    assert.deepStrictEqual(Object.values(sim.volumes).map(({ anonymous }) => anonymous), [false, false, true]);
    assert.strictEqual(told(volumes.removeVolume(sim, "v1")), `Conflict: remove v1: volume is in use - [${id}]`);
    assert.strictEqual(told(volumes.removeVolume(sim, "nope")), "NotFound: get nope: no such volume");
    containers.removeContainer(sim, id, { force: true, volumes: true });
    assert.deepStrictEqual(Object.keys(sim.volumes), ["v1", "v2"]);
  });
  it("borrowed from another container", () => {
    const sim = world();
    const lender = add(sim, "g1", { image: "redis:7" });
    const borrower = add(sim, "h1", {}, { volumesFrom: [`${lender}:ro`] });
    assert.deepInclude(sim.containers[borrower]?.mounts[0], { destination: "/data", readOnly: true });
    assert.strictEqual(add(sim, "i1", {}, { volumesFrom: ["nope"] }), "Rejected: No such container: nope");
  });
  it("a path of the host that must exist and does not", () => {
    const sim = world();
    sim.missingPaths.push("/nope/here");
    const bind = (createHostPath: boolean) => ({ mounts: [{ _tag: "Bind", source: "/nope/here", target: "/x", readOnly: false, createHostPath }] as const });
    assert.strictEqual(add(sim, "g1", {}, bind(false)), `Rejected: invalid mount config for type "bind": bind source path does not exist: /nope/here`);
    assert.match(add(sim, "g1", {}, bind(true)), /^[0-9a-f]{64}$/);
  });
});

describe("images", () => {
  it("removed tag by tag, and never under a container", () => {
    const sim = world();
    assert.strictEqual(told(images.removeImage(sim, "nope:1")), "NotFound: No such image: nope:1");
    add(sim, "a1");
    assert.match(told(images.removeImage(sim, "nginx")), /^Conflict: conflict: unable to remove repository reference "nginx" \(must force\)/);
    assert.strictEqual(told(images.removeImage(sim, "redis:7")), "granted");
    assert.isUndefined(images.findImage(sim, "redis:7"));
  });
  it("pulled from a registry that has everything, in versions", () => {
    const sim = world();
    const first = images.pullImage(sim, "ghcr.io/some/app:1.2");
    assert.deepStrictEqual(images.pullImage(sim, "ghcr.io/some/app:1.2"), first);
    images.pushImage(sim, "ghcr.io/some/app:1.2");
    assert.notDeepEqual(images.pullImage(sim, "ghcr.io/some/app:1.2"), first);
    assert.strictEqual(told(images.pullImage(sim, "Not Well/Formed")), "Rejected: invalid reference format");
    sim.registry.failing["private"] = "unauthorized";
    assert.match(told(images.pullImage(sim, "private")), /^Unauthorized: pull access denied for private/);
  });
});
