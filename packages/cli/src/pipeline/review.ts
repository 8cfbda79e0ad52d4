// Before a plan runs: notices are shown, questions asked; without a terminal an open question names its flag.
import type { Confirmation, Notice, Plan } from "@composure/core/plan/Plan";
import type { Session } from "../session.ts";
import { noticeText } from "@composure/core/format/words";
import { isWarning } from "../output/notices.ts";
import { refuse, type Failure } from "./Failure.ts";

const showNotices = async (notices: ReadonlyArray<Notice>, session: Session): Promise<void> => {
  const { host, settings, inks } = session;
  if (settings.progress === "quiet") return;
  for (const notice of notices) {
    // The order of a replacement is for those who read the plan.
    if (notice._tag === "StopFirst") continue;
    const text = `${notice._tag === "Resumed" ? "resuming " : ""}${noticeText(notice)}`;
    const warns = isWarning(notice);
    await host.stderr.write(
      settings.progress === "json"
        ? `${JSON.stringify({ id: notice._tag, status: warns ? "Warning" : "Done", text })}\n`
        : warns
          ? `${inks.stderr("yellow", "warning")}: ${text}\n`
          : `${text}\n`,
    );
  }
};

const ask = async (confirmation: Confirmation, session: Session): Promise<boolean> => {
  const { host, inks } = session;
  await host.stderr.write(`${inks.stderr("yellow", "?")} ${confirmation.question} [y/N] `);
  const answer = (await host.stdin.line()) ?? "";
  return /^y(es)?$/i.test(answer.trim());
};

export type Verdict =
  /** Run it as it is. */
  | { readonly _tag: "Go" }
  /** Plan again: the data at these addresses may be destroyed. */
  | { readonly _tag: "Replan"; readonly allowDestroy: ReadonlyArray<string> }
  /** The person said no. */
  | { readonly _tag: "Declined"; readonly question: string };

const canAsk = (session: Session): boolean => session.host.stdin.isTTY && session.host.stderr.isTTY && session.settings.progress !== "json";

/** `yes` answers what destroys nothing. What destroys data is only ever answered by a person or by its own flag. */
export const review = async (plan: Plan, yes: boolean, session: Session): Promise<Verdict | Failure> => {
  await showNotices(plan.notices, session);
  const allowed: Array<string> = [];
  for (const confirmation of plan.confirmations) {
    if (confirmation.destroys) {
      if (canAsk(session)) {
        if (await ask(confirmation, session)) allowed.push(confirmation.address);
      } else await session.host.stderr.write(`${session.inks.stderr("yellow", "warning")}: kept as it is: ${confirmation.question} Use ${confirmation.flag} to say yes.\n`);
      continue;
    }
    if (yes) continue;
    if (!canAsk(session)) return refuse(`this needs a yes: ${confirmation.question}`, `there is no terminal to ask on; say yes with ${confirmation.flag}`);
    if (!(await ask(confirmation, session))) return { _tag: "Declined", question: confirmation.question };
  }
  return allowed.length > 0 ? { _tag: "Replan", allowDestroy: allowed } : { _tag: "Go" };
};
