// SIGKILL of first ups and of downs, and two ups at once: the next command finishes what is left.
import { expect, test } from "vitest";
import { remains } from "../../src/engineUnderTest.ts";
import type { Moment } from "../../src/proxy.ts";
import { look, states } from "../../src/snapshot.ts";
import { betterThanPeer, onEngine } from "../gate.ts";
import { succeeded } from "../scenarios/lifecycle.ts";
import { killAt, mostRequests, staged } from "./killing.ts";

const fresh = `services:
  web:
    image: composure/test-web:1
    depends_on: [db]
    networks: [front]
  db:
    image: composure/test-db:1
    volumes: ["rows:/rows"]
    networks: [front, back]
networks: {front: {}, back: {}}
volumes: {rows: {}}
`;

onEngine("SIGKILL of a first up and of a down", (ground) => {
  const stage = staged(ground, "kill-fresh");
  const everyRequest = async (command: ReadonlyArray<string>, moment: Moment, before: () => Promise<void>, after: (story: string) => Promise<void>): Promise<void> => {
    let k = 0;
    for (let struck = true; struck; ) {
      k += 1;
      expect(k, "the run never gets through").toBeLessThan(mostRequests);
      await before();
      const killed = await killAt(stage.at(), stage.proxy(), ground.subject, command, k, moment);
      await after(killed.story);
      struck = killed.struck;
    }
    expect(k).toBeGreaterThan(4);
  };
  const up = async (): Promise<void> => void succeeded(await stage.at().run(ground.subject, ["up", "-d"]));
  const down = async (): Promise<void> => void succeeded(await stage.at().run(ground.subject, ["down", "-v"]));

  test("after each change of a first up, the next up -d finishes it", async () => {
    await stage.at().write("compose.yaml", fresh);
    await everyRequest(["up", "-d"], "after", down, async (story) => {
      await up();
      expect(states(await look(stage.at())), story).toEqual(["db-1 running", "web-1 running"]);
    });
  }, 280_000);

  test("after each change of a down -v, the next one finishes it", async () => {
    await everyRequest(["down", "-v"], "after", up, async (story) => {
      await down();
      expect(await remains(ground.client, stage.at().project), story).toEqual([]);
    });
  }, 280_000);
});

onEngine("two ups at once", (ground) => {
  const stage = staged(ground, "twice");
  betterThanPeer("end where one would, and neither breaks the other", async () => {
    await stage.at().write("compose.yaml", fresh);
    const both = await Promise.all([stage.at().run(ground.subject, ["up", "-d"]), stage.at().run(ground.subject, ["up", "-d"])]);
    const story = both.map(({ output, code }) => `${code}: ${output}`).join("\n");
    const { ApiVersion } = await ground.client.json<{ readonly ApiVersion: string }>("GET", "/version");
    // Before API 1.44 an engine may make one network twice, and either run may meet that; it must not last.
    if (Number(ApiVersion.split(".")[1]) < 44 && both.some(({ code }) => code !== 0)) succeeded(await stage.at().run(ground.subject, ["up", "-d"]));
    else expect(both.map(({ code }) => code), story).toEqual([0, 0]);
    expect(states(await look(stage.at())), story).toEqual(["db-1 running", "web-1 running"]);
  });
});
