// Deliberate faults in planner and executor. Each must apply (its text stands exactly once in its file) and be caught by a property.

export interface Mutation {
  readonly name: string;
  /** Below `packages/`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const plan = (file: string, name: string, find: string, replace: string): Mutation => ({ name, file: `core/src/plan/${file}.ts`, find, replace });
const rule = (name: string, find: string, replace: string): Mutation => ({ name, file: "core/src/observed/classify.ts", find, replace });
const engine = (file: string, name: string, find: string, replace: string): Mutation => ({ name, file: `engine/src/${file}.ts`, find, replace });

const ordering: ReadonlyArray<Mutation> = [
  plan("activate", "a start waits for no dependency", "needs: [...needs, ...readiness.needs, ...portNeeds(assembly, seat)],", "needs: [...needs, ...portNeeds(assembly, seat)],"),
  plan("activate", "a start waits for no port", "...portNeeds(assembly, seat)],", "],"),
  plan("readiness", "an edge is dropped", "const known = steps.filter((step) => step !== undefined);", "const known = [];"),
  plan("readiness", "a required dependency may fail", "return edge.required ? { needs: known, after: [] }", "return edge.required ? { needs: [], after: known }"),
  plan("readiness", "healthy is taken for running", 'service_healthy: "healthy",', 'service_healthy: "running",'),
  plan("readiness", "completed is taken for exited", 'service_completed_successfully: "completed_successfully",', 'service_completed_successfully: "exited",'),
  plan("make", "a create waits for no image", "    assembly.images.stepOf(desired),\n", ""),
  plan("make", "a create waits for no network", "    ...desired.endpoints.map(({ network }) => assembly.networks.get(network)),\n", ""),
  plan("assemble", "who takes over a port does not stop its holder", "if (assembly.starts) handOver(assembly);", ""),
  plan("condemn", "a volume goes before its users", "needs: removals.get(volume.name) ?? [],", "needs: [],"),
  plan("networks", "a network goes before everyone left", "    leaving.map(({ step }) => step),\n", "    [],\n"),
  plan("networks", "who leaves a network that is made anew does not come back", "if (endpoint === undefined) continue;\n    builder.add({\n      ...rewiring,", "continue;\n    builder.add({\n      ...rewiring,"),
  plan("intents/down", "down removes a network before its containers", "const needs = leaving.filter(({ container }) => isAttachedTo(network)(container)).map(({ remove }) => remove);", "const needs = [];"),
  plan("intents/down", "down takes the networks of other projects", "owner === desired.project.name && (key", "true && (key"),
  plan("intents/stop", "stop goes in the order of starting", "of groups.toReversed())", "of groups)"),
  plan("intents/stop", "stop waits for no dependent", "(dependents.get(name) ?? []).flatMap", "[].flatMap"),
];

const replacing: ReadonlyArray<Mutation> = [
  plan("replace", "a fixed host port does not matter", "applies: ({ service }) => portClaims(publishedPorts(service)).length > 0,", "applies: () => false,"),
  plan("replace", "a container_name does not matter, nor does a writable volume", "replicas <= 1 && mounts.some(isWritable)", "false"),
  plan("replace", "a fixed address does not matter", "settings?.ipv4_address !== undefined ||", "false ||"),
  plan("replace", "everything is replaced stop-first, without a word", "(change.because === undefined\n", "(false\n"),
  plan("replace", "the new one starts before the old one has stopped", "const needs = [...gate, stop, hook];", "const needs = [...gate, hook];"),
  plan("replace", "all replicas are replaced at once", "const gate = [...ready, ...chain];", "const gate = [...ready];"),
  plan("replace", "no replica waits for the one before it", "return { ups, chain: isProven && !sharesRange ? proven : [done] };", "return { ups, chain: [] };"),
  plan("replace", "there is no way back", "if (guard === undefined) return;\n  const address", "return;\n  const address"),
  plan("replace", "the old one does not come back", "if (!mustReturn) return;", "return;"),
  plan("replace", "a successor keeps its temporary name", "if (change.rename === undefined) return remove;", "return remove;"),
  plan("replace", "a successor's health is not looked at", "if (condition === undefined) return undefined;", "return undefined;"),
  plan("assemble", "a container whose namespace was lent never ends", "for (const finish of deferred.toReversed()) finish();", ""),
  plan("assemble", "nothing is renamed in the end", "  addRenames(assembly);", ""),
  plan("assemble", "replicas beyond the scale stay", "for (const decision of assembly.order) removeSurplus(assembly, decision);", ""),
  plan("assemble", "orphans stay", "  removeOrphans(draft, movedFrom(assembly));", ""),
  plan("assemble", "dependents that ask for it are not restarted", "    restartDependents(assembly, decision);", ""),
  plan("assemble", "what an interrupted run left is not cleared away", "clearLeftovers(draft, desired, leftovers);", ";"),
  plan("retire", "anonymous volumes go with their container", "force: true, volumes: false }", "force: true, volumes: true }"),
  plan("decide", "a lost network does not matter", "return !isAttachedTo({ id: state.id, name: network })(container);", "return false;"),
  plan("decide", "scaling up makes nothing", "freshSlots(Array.from(all.keys()), desired.replicas - kept.length, reason)", "freshSlots(Array.from(all.keys()), 0, reason)"),
  plan("decide", "new replicas count from one", "number: last + 1 + index,", "number: 1 + index,"),
  plan("containers", "anonymous volumes are not handed on", "mounts: withInherited(desired.mounts, inherited),", "mounts: desired.mounts,"),
  plan("slots", "an interrupted replacement is not adopted", "if (successor === undefined) {", "if (true) {"),
  plan("slots", "a running successor cannot take over", "  if (isLive(container)) return true;", "  if (isLive(container)) return false;"),
  plan("slots", "too many replicas are kept", "kept: ordered.slice(0, replicas)", "kept: ordered.slice(0, replicas + 1)"),
];

const rules: ReadonlyArray<Mutation> = [
  rule("a moved namespace does not matter", "const parent = moved.find(({ guard }) => guard === undefined);", "const parent = undefined;"),
  rule("a changed configuration does not matter", 'standing._tag === "Replace" ? { reason', "false ? { reason"),
  rule("a changed image does not matter", 'if (image._tag !== "Known") return undefined;', "return undefined;"),
  rule("what is paused stays paused", 'state === "paused" ? { _tag: "Unpause"', 'false ? { _tag: "Unpause"'),
  rule("a finished job runs again at every up", 'isJob && container.state === "exited"', 'false && container.state === "exited"'),
  rule("what was stopped stays stopped", 'return { _tag: "Start", reason: { _tag: "NotRunning", state: facts.container.state } };', 'return { _tag: "Keep" };'),
];

const executing: ReadonlyArray<Mutation> = [
  engine("decide", "a failed step releases its dependents", 'outcome?._tag === "Done" || outcome?._tag === "NotNeeded"', 'outcome?._tag === "Done" || outcome?._tag === "NotNeeded" || outcome?._tag === "Failed"'),
  engine("decide", "an interrupted run goes on", 'return interrupted ? { _tag: "Skip", cause: { _tag: "Interrupted" } } : { _tag: "Run" };', 'return { _tag: "Run" };'),
  engine("decide", "an interruption leads nobody back", '(undoes && outcome?._tag === "Skipped")', "false"),
  engine("decide", "a new image is overlooked", "outcome.result.id !== undefined && outcome.result.id !== from", "false"),
  engine("execute", "the limit of calls does not hold", "limit.take(1)", "limit.take(0)"),
  engine("judge", "unhealthy is good enough", 'return bad(known, "unhealthy");', "return met;"),
  engine("judge", "a failed job is good enough", 'if (wanted === "zero") return bad(known, "exited");', "if (false) return pending;"),
  engine("waits", "one replica of a service is enough", "judged.every(({ verdict }) => verdict._tag", "judged.some(({ verdict }) => verdict._tag"),
  engine("perform", "a removal takes the anonymous volumes along", "{ force: operation.force, volumes: operation.volumes }", "{ force: operation.force, volumes: true }"),
  engine("perform", "a stop is left out", "goneIsFine(engine.stopContainer(id, operation.timeout))", "Effect.void"),
  engine("perform", "files are not put into the container", "engine.injectFiles(id, operation.files, stage.contents)", "Effect.void"),
];

export const mutations: ReadonlyArray<Mutation> = [...ordering, ...replacing, ...rules, ...executing];

/** The source with the fault in it; a string that says why when it does not apply. */
export const mutate = ({ find, replace, file }: Mutation, text: string): { readonly text: string } | string => {
  const count = text.split(find).length - 1;
  return count === 1 ? { text: text.replace(find, () => replace) } : `${file} has the text ${count} times instead of once: ${find}`;
};
