// One project, two tools: what either brings up, the other sees, leaves alone, and takes down.
import { afterEach, expect, test } from "vitest";
import { type Checkout, checkOut } from "../../src/checkout.ts";
import type { ProjectShape } from "../../src/projects.ts";
import { remains } from "../../src/engineUnderTest.ts";
import { look, states } from "../../src/snapshot.ts";
import type { Subject } from "../../src/subject.ts";
import { onEngineWithPeer } from "../gate.ts";
import { expectFates, psRows, psStates, succeeded, wantedStates } from "./lifecycle.ts";

const nothing = { what: "nothing", edits: [] };

// `first` brings the project up, `second` must find everything as it wants it.
const handOver = async (checkout: Checkout, shape: ProjectShape, first: Subject, second: Subject): Promise<void> => {
  succeeded(await checkout.run(first, ["up", "-d"]));
  const before = await look(checkout);
  expect(states(before)).toEqual(wantedStates(shape));
  const { output } = succeeded(await checkout.run(second, ["up", "-d"]));
  expectFates(shape, nothing, before, await look(checkout), output);
};

const looksAlike = async (checkout: Checkout, shape: ProjectShape, reader: Subject): Promise<void> => {
  const rows = psRows(await checkout.run(reader, ["ps", "-a", "--format", "json"]));
  expect(psStates(checkout.project, rows)).toEqual(wantedStates(shape));
  const logs = succeeded(await checkout.run(reader, ["logs", "--no-color"])).stdout;
  for (const [service, words] of Object.entries(shape.says)) expect(logs, service).toMatch(words);
};

const changesAlike = async (checkout: Checkout, shape: ProjectShape, second: Subject, first: Subject): Promise<void> => {
  const [change] = shape.changes;
  if (change === undefined) return;
  const before = await look(checkout);
  await checkout.edit(change.edits);
  const args = [...(change.globals ?? []), "up", "-d", ...(change.flags ?? [])];
  const { output } = succeeded(await checkout.run(second, args));
  const after = await look(checkout);
  expectFates(shape, change, before, after, output);
  // And back: what the second tool changed, the first one accepts.
  const back = succeeded(await checkout.run(first, args));
  expectFates(shape, nothing, after, await look(checkout), back.output);
};

/** Tests both directions of handing `shape` over between the subject and the peer. */
export const exchange = (shape: ProjectShape): void =>
  onEngineWithPeer(`${shape.name}: handed over`, ({ client, subject, peer }) => {
    const open: Array<Checkout> = [];
    const checkedOut = async (purpose: string): Promise<Checkout> => {
      const checkout = await checkOut({ client, purpose, from: shape.name, env: shape.env });
      open.push(checkout);
      return checkout;
    };
    afterEach(async () => {
      for (const checkout of open.splice(0)) await checkout.dispose();
    });

    test("from the peer: nothing is recreated or restarted, one change is one change, and down takes all", async () => {
      const checkout = await checkedOut("theirs");
      await handOver(checkout, shape, peer, subject);
      await looksAlike(checkout, shape, subject);
      await changesAlike(checkout, shape, subject, peer);
      succeeded(await checkout.run(subject, ["--profile", "*", "down", "-v"]));
      expect(await remains(client, checkout.project)).toEqual([]);
    });

    test("to the peer: nothing is recreated or restarted, one change is one change, and down takes all", async () => {
      const checkout = await checkedOut("ours");
      await handOver(checkout, shape, subject, peer);
      await looksAlike(checkout, shape, peer);
      await changesAlike(checkout, shape, peer, subject);
      succeeded(await checkout.run(peer, ["--profile", "*", "down", "-v"]));
      expect(await remains(client, checkout.project)).toEqual([]);
    });

    test("config is the same model as the peer's", async () => {
      const checkout = await checkedOut("model");
      const args = ["--profile", "*", "config", "--format", "json"];
      const [own, theirs] = await Promise.all([checkout.run(subject, args), checkout.run(peer, args)]);
      expect(JSON.parse(succeeded(own).stdout)).toEqual(JSON.parse(succeeded(theirs).stdout));
    });
  });
