// `run`: what the service depends on comes up, then one container of its own is made, and started when nobody attaches first.
import type { DesiredService } from "../../desired/Desired.ts";
import type { Intent } from "../../policy/Intent.ts";
import { fault } from "../../source/problem.ts";
import { containerAddress } from "../Address.ts";
import type { Assembly } from "../Assembly.ts";
import { oneOffSpec } from "../containers.ts";
import type { Decision } from "../decide.ts";
import type { Draft } from "../Draft.ts";
import { mountedImages } from "../imageVolumes.ts";
import { resourceNeeds } from "../make.ts";
import { nameHolders } from "../nameClaims.ts";
import type { StepId } from "../Operation.ts";
import { portClashes, publishedPorts } from "../ports.ts";
import { readinessOf } from "../readiness.ts";
import { planUp } from "./up.ts";

type Run = Extract<Intent, { readonly _tag: "Run" }>;

const requested = { _tag: "Requested", intent: "run" } as const;

/** Names and ports that others have. */
const addProblems = (assembly: Assembly, desired: DesiredService, intent: Run): void => {
  const { diagnostics } = assembly.draft;
  const holder = nameHolders(assembly.draft).get(intent.name);
  if (holder !== undefined) {
    const text = `the container name "${intent.name}" is taken by container ${holder.id.slice(0, 12)}`;
    diagnostics.push(fault("name-taken", text, {}, "choose another one with --name"));
  }
  for (const { claim, holder: by } of portClashes(publishedPorts(desired.service), assembly.ports)) {
    if (assembly.going.has(by.id)) continue;
    const text = `the host port ${claim.port}/${claim.protocol} is taken by container ${by.name}`;
    diagnostics.push(fault("port-taken", text, {}, "publish another port with --publish"));
  }
};

const addContainer = (assembly: Assembly, desired: DesiredService, intent: Run): void => {
  const { builder } = assembly.draft;
  const address = containerAddress(intent.name);
  const { spec, joins, needs } = oneOffSpec(assembly, desired, intent);
  const made = builder.add({
    address,
    operation: { _tag: "CreateContainer", name: intent.name, spec },
    reason: requested,
    needs: [...resourceNeeds(assembly, desired), ...needs],
  });
  const container = { _tag: "CreatedBy", step: made, name: intent.name } as const;
  const ready: Array<StepId> = joins.map((endpoint) =>
    builder.add({
      address,
      operation: { _tag: "ConnectNetwork", endpoint, container },
      reason: requested,
      needs: [made, assembly.networks.get(endpoint.network)],
    }),
  );
  if (desired.files.length > 0) {
    ready.push(
      builder.add({
        address,
        operation: { _tag: "InjectFiles", container, files: desired.files },
        reason: requested,
        needs: [made],
      }),
    );
  }
  const decision: Decision = { desired, selected: true, slots: [], surplus: [], leftovers: [], before: 0 };
  const { needs: before, after } = readinessOf(assembly, decision);
  if (!intent.start) return;
  builder.add({
    address,
    operation: { _tag: "StartContainer", container },
    reason: requested,
    needs: [made, ...ready, ...before],
    after,
  });
};

export const planRun = (draft: Draft, intent: Run): void => {
  const { desired } = draft;
  const wanted = desired.services.find(({ name }) => name === intent.services[0]);
  if (wanted === undefined) {
    draft.diagnostics.push(fault("unknown-service", `no such service: ${intent.services[0] ?? ""}`, {}));
    return;
  }
  // Its own replicas take no part: they are not what the command line made of the service.
  const others = desired.services.filter(({ name }) => name !== wanted.name);
  const assembly = planUp({ ...draft, desired: { ...desired, services: others } }, true);
  assembly.images.ensure(wanted);
  for (const reference of mountedImages(wanted)) assembly.images.ensureReference(reference, wanted.name);
  draft.diagnostics.push(...assembly.images.diagnostics);
  addProblems(assembly, wanted, intent);
  addContainer(assembly, wanted, intent);
};
