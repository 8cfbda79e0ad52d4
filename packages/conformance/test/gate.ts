// Test blocks that need an engine, a subject or the peer: each is skipped with a sentence that says what is missing.
import { describe, test, vi } from "vitest";
import type { EngineClient } from "../src/EngineClient.ts";
import { enginesRequired, findEngine } from "../src/engineUnderTest.ts";
import { peer, type Subject, subjectUnderTest } from "../src/subject.ts";

// Long enough for the slowest single test on a loaded machine; what hangs shall not hang for the project's whole time.
vi.setConfig({ testTimeout: 150_000, hookTimeout: 60_000 });

const engine = await findEngine();
const subject = subjectUnderTest();

/** What every engine test works with. */
export interface Ground {
  readonly client: EngineClient;
  readonly subject: Subject;
}

const missing = (): string | undefined => {
  if (engine._tag === "Absent") return engine.why;
  return subject === undefined ? "the command line is not built (pnpm build)" : undefined;
};

const skipped = (name: string, why: string): void => {
  if (enginesRequired()) throw new Error(`COMPOSURE_ENGINE_TESTS=required, but ${why}`);
  test.skip(`${name}: ${why}`);
};

/** A block of tests with an engine and the subject under test. */
export const onEngine = (name: string, body: (ground: Ground) => void): void => {
  const why = missing();
  if (why !== undefined || engine._tag === "Absent" || subject === undefined) return skipped(name, why ?? "");
  describe(name, () => body({ client: engine.client, subject }));
};

/** A block of tests that needs the subject alone. */
export const onSubject = (name: string, body: (subject: Subject) => void): void => {
  if (subject === undefined) return skipped(name, "the command line is not built (pnpm build)");
  describe(name, () => body(subject));
};

/** A block of tests that needs an engine and the peer beside the subject. The peer is a convenience, never required. */
export const onEngineWithPeer = (name: string, body: (ground: Ground & { readonly peer: Subject }) => void): void => {
  const other = peer();
  if (other === undefined) return void test.skip(`${name}: the peer is not here (COMPOSURE_PEER names its program)`);
  onEngine(name, (ground) => body({ ...ground, peer: other }));
};

/** A test that the peer is known not to pass; it runs when the subject is ours. */
export const betterThanPeer = test.skipIf(subject?.name === "peer" && process.env["COMPOSURE_PEER_TRY"] === undefined);
