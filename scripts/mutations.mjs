// npm run mutations [-- --only TEXT] [--seeds 60] [--part 1/3]: puts one deliberate fault after the other into planner and executor, in memory only,
// and tells which property catches it. Fails when one is not caught, or does not apply any more.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { load } from "./bundle.mjs";

const { values } = parseArgs({
  options: { only: { type: "string", default: "" }, seeds: { type: "string", default: "60" }, seed: { type: "string", default: "0" }, one: { type: "string" }, part: { type: "string", default: "1/1" } },
});
const { mutations, mutate } = await load("packages/sim/test/mutations/list.ts");

/** In a process of its own: a fault may make it run for ever. */
const tryOne = async (name) => {
  const mutation = mutations.find((each) => each.name === name);
  let applied = mutation === undefined;
  const edit = (path, text) => {
    if (path !== `packages/${mutation?.file}`) return text;
    const mutated = mutate(mutation, text);
    if (typeof mutated === "string") throw new Error(mutated);
    applied = true;
    return mutated.text;
  };
  const { firstFailure } = await load("packages/sim/test/night.ts", edit);
  if (!applied) throw new Error(`${mutation.file} is not among what the properties use`);
  console.log(JSON.stringify(firstFailure(Number(values.seed), Number(values.seeds)) ?? null));
};

const limit = 400_000;
const run = (name) => {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--one", name, "--seeds", values.seeds, "--seed", values.seed], { encoding: "utf8", timeout: limit });
  if (child.error?.code === "ETIMEDOUT") return { property: "(none: it runs for ever)", seed: 0 };
  if (child.status !== 0) throw new Error(`${name}: ${child.stderr}`);
  return JSON.parse(child.stdout.trim().split("\n").at(-1));
};

if (values.one !== undefined) await tryOne(values.one);
else {
  const [part, parts] = values.part.split("/").map(Number);
  const chosen = mutations.filter(({ name }, at) => name.includes(values.only) && at % parts === part - 1);
  const sound = part === 1 ? run("") : null;
  if (sound !== null) throw new Error(`without any fault: ${sound.property} fails with seed ${sound.seed}: ${sound.text}`);
  const survivors = [];
  for (const { name } of chosen) {
    const caught = run(name);
    console.log(caught === null ? `| ${name} | NOT CAUGHT |` : `| ${name} | ${caught.property} (seed ${caught.seed}) |`);
    if (caught === null) survivors.push(name);
  }
  console.log(`${chosen.length - survivors.length} of ${chosen.length} faults are caught`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
}
