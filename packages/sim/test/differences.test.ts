// What random scripts of calls found on real engines of API 1.41 and 1.51 and the simulated one did not know: one test each.
import type { Service } from "@composure/core/model/Service";
import type { BoundContainerSpec, EndpointSpec } from "@composure/core/plan/Operation";
import { assert, describe, it } from "@effect/vitest";
import * as containers from "../src/containers.ts";
import { loadImage } from "../src/images.ts";
import * as networks from "../src/networks.ts";
import { observeContainer } from "../src/observe.ts";
import { type Answer, textOf } from "../src/refusals.ts";
import * as volumes from "../src/volumes.ts";
import { findContainer, makeWorld, type World } from "../src/World.ts";

const world = (apiVersion = "1.51"): World => {
  const made = makeWorld({ apiVersion, images: { db: { volumes: ["/data"] } } });
  for (const image of ["app", "db"]) loadImage(made, image);
  return made;
};

const told = (given: Answer<unknown>): string => (given._tag === "Granted" ? "granted" : `${given.reason._tag}: ${textOf(given.reason)}`);

const endpoint = (network: string, more: Partial<EndpointSpec> = {}): EndpointSpec => ({ network, aliases: [], links: [], settings: null, ...more });

const add = (sim: World, name: string, service: Partial<Service> = {}, more: Partial<BoundContainerSpec> = {}): string => {
  const spec: BoundContainerSpec = {
    service: { name, ...service }, image: service.image ?? "app", labels: {}, endpoints: [], mounts: [], volumesFrom: [], links: [],
    networkMode: "bridge", proxyEnvironment: {}, interactive: { stdin: false, autoRemove: false }, ...more,
  };
  return told(containers.createContainer(sim, name, spec));
};
const network = (sim: World, name: string, subnet?: string): string => told(networks.createNetwork(sim, name, subnet === undefined ? {} : { ipam: { config: [{ subnet }] } }, {}));
const stories = (sim: World, name: string): string => sim.events.filter((event) => event.name === name).map(({ action }) => action).join(", ");

describe("networks", () => {
  it("the daemon's own networks are endpoints, too", () => {
    const sim = world();
    for (const mode of ["bridge", "host", "none"]) add(sim, `c-${mode}`, {}, { networkMode: mode });
    assert.deepStrictEqual(Object.values(sim.containers).map(({ endpoints }) => endpoints.map((one) => one.network)), [["bridge"], ["host"], ["none"]]);
  });
  it("an address can only be asked for where the user gave the subnet", () => {
    const fixed = { endpoints: [endpoint("n", { settings: { ipv4_address: "10.9.9.9" } })], networkMode: "n" };
    const [old, fresh] = [world("1.41"), world()];
    for (const sim of [old, fresh]) network(sim, "n");
    const why = "user specified IP address is supported only when connecting to networks with user configured subnets";
    assert.strictEqual(add(fresh, "a1", {}, fixed), `Rejected: invalid config for network n: invalid endpoint settings:\n${why}`);
    assert.strictEqual(add(old, "a1", {}, fixed), "granted");
    assert.strictEqual(told(containers.startContainer(old, "a1")), `Rejected: ${why}`);
  });
  it("an address outside of the subnet", () => {
    const outside = endpoint("n", { settings: { ipv4_address: "10.8.0.1" } });
    const [old, fresh] = [world("1.41"), world()];
    for (const sim of [old, fresh]) {
      network(sim, "n", "10.9.0.0/24");
      add(sim, "a1");
      containers.startContainer(sim, "a1");
    }
    assert.strictEqual(told(networks.connect(fresh, outside, "a1")), "Rejected: invalid endpoint settings:\nno configured subnet or ip-range contain the IP address 10.8.0.1");
    assert.strictEqual(told(networks.connect(old, outside, "a1")), "Rejected: Invalid address 10.8.0.1: It does not belong to any of this network's subnets");
  });
  it("neither aliases nor addresses on the daemon's own networks", () => {
    const sim = world();
    add(sim, "a1", {}, { networkMode: "none" });
    assert.match(told(networks.connect(sim, endpoint("bridge", { aliases: ["x"], settings: { ipv4_address: "10.8.0.1" } }), "a1")), /^Rejected: invalid endpoint settings:\n\* user specified.*\n\* network-scoped alias.*\n\* user specified/);
  });
  it("a container without a network gets no other", () => {
    const sim = world();
    network(sim, "n");
    add(sim, "a1", {}, { networkMode: "none" });
    assert.match(told(networks.connect(sim, endpoint("n"), "a1")), /^Rejected: container cannot be connected to multiple networks/);
  });
  it("one that shares a namespace and runs is refused before the network is looked for", () => {
    const sim = world();
    add(sim, "a1", {}, { networkMode: "host" });
    containers.startContainer(sim, "a1");
    assert.match(told(networks.connect(sim, endpoint("nope"), "a1")), /^Rejected: container sharing network namespace/);
  });
  it("published ports go with the last network", () => {
    const sim = world();
    add(sim, "a1", { ports: [{ target: 80, published: "8000" }] });
    containers.startContainer(sim, "a1");
    networks.disconnect(sim, "bridge", "a1");
    assert.deepStrictEqual(findContainer(sim, "a1")?.ports, []);
  });
  it.each([
    ["1.41", "Rejected: Invalid subnet 10.1.2.3/99 : invalid CIDR address: 10.1.2.3/99"],
    ["1.51", "Rejected: invalid network config:\ninvalid subnet 10.1.2.3/99: invalid CIDR block notation"],
  ])("a wrong subnet, an unknown driver (API %s)", (api, why) => {
    const sim = world(api);
    assert.strictEqual(network(sim, "n", "10.1.2.3/99"), why);
    assert.strictEqual(told(networks.createNetwork(sim, "m", { driver: "nosuch" }, {})), 'NotFound: plugin "nosuch" not found');
    assert.match(told(volumes.createVolume(sim, "v", "nosuch", {})), /^NotFound: create v: error looking up volume plugin nosuch/);
  });
  it.each([["1.41", "NotFound: No such container: zz"], ["1.51", "Rejected: joining network namespace of container: No such container: zz"]])("the namespace of a container that is not there (API %s)", (api, why) => {
    const sim = world(api);
    add(sim, "a1", {}, { networkMode: "container:zz" });
    assert.strictEqual(told(containers.startContainer(sim, "a1")), why);
    assert.strictEqual(told(containers.beginRestart(sim, "a1", 1)), `Rejected: Cannot restart container a1: ${why.replace(/^\w+: /, "")}`);
  });
});

describe("volumes", () => {
  it("who borrows a volume does not hold it", () => {
    const sim = world();
    add(sim, "a1", {}, { mounts: [{ _tag: "Volume", name: "v", target: "/v", readOnly: false, inherited: false }] });
    add(sim, "b1", {}, { volumesFrom: ["a1"] });
    containers.removeContainer(sim, "a1", { force: false, volumes: false });
    assert.strictEqual(told(volumes.removeVolume(sim, "v")), "granted");
  });
  it("an anonymous volume cannot be read-only, and that is said before anything else", () => {
    const sim = world();
    assert.match(add(sim, "a1", { image: "nosuch" }, { mounts: [{ _tag: "Volume", target: "/v", readOnly: true, inherited: false }] }), /^Rejected: invalid mount config/);
  });
  it("a container that removes itself takes its anonymous volumes along, even when it cannot start", () => {
    const sim = world();
    add(sim, "a1", { image: "db" }, { networkMode: "container:zz", interactive: { stdin: false, autoRemove: true } });
    containers.startContainer(sim, "a1");
    assert.deepStrictEqual([Object.keys(sim.containers), Object.keys(sim.volumes)], [[], []]);
  });
});

describe("signals and ends", () => {
  it("a signal thaws what is paused; one that asks for the end is taken as a stop is", () => {
    const sim = world();
    add(sim, "a1");
    containers.startContainer(sim, "a1");
    containers.pauseContainer(sim, "a1");
    containers.killContainer(sim, "a1", "WINCH");
    assert.strictEqual(findContainer(sim, "a1")?.state, "running");
    containers.killContainer(sim, "a1", "TERM");
    assert.deepInclude(findContainer(sim, "a1"), { state: "exited", exitCode: 0 });
    assert.strictEqual(stories(sim, "a1"), "create, start, pause, kill, unpause, kill, die");
  });
  it.each([["1.41", "Invalid signal: 0"], ["1.51", "cannot kill container: zz: invalid signal: 0"]])("a signal is looked at before its container (API %s)", (api, why) => {
    assert.strictEqual(told(containers.killContainer(world(api), "zz", "0")), `Rejected: ${why}`);
  });
  it("what is removed by force is killed, as its events tell", () => {
    const sim = world();
    add(sim, "a1");
    containers.startContainer(sim, "a1");
    containers.removeContainer(sim, "a1", { force: true, volumes: false });
    assert.strictEqual(stories(sim, "a1"), "create, start, kill, die, destroy");
  });
  it("a container that removes itself tells its stop before its end", () => {
    const sim = world();
    add(sim, "a1", {}, { interactive: { stdin: false, autoRemove: true } });
    containers.startContainer(sim, "a1");
    containers.beginStop(sim, "a1", 1);
    assert.strictEqual(stories(sim, "a1"), "create, start, kill, die, stop, destroy");
  });
  it("names: an empty one, a malformed one", () => {
    const sim = world();
    assert.strictEqual(told(containers.renameContainer(sim, "zz", "")), "Rejected: Neither old nor new names may be empty");
    add(sim, "a1");
    assert.match(told(containers.renameContainer(sim, "a1", "_bad/")), /^Rejected: Error when allocating new name: Invalid container name \(\/_bad\/\)/);
  });
  it("the command in a list, with quotes around what has spaces", () => {
    const sim = world();
    add(sim, "a1", { command: ["sh", "-c", "exit 3"] });
    const container = findContainer(sim, "a1");
    assert.strictEqual(container === undefined ? "" : observeContainer(sim, container).command, "sh -c 'exit 3'");
  });
});
