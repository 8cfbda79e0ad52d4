// Build contexts that are not folders of this machine.
import { isAbsolute } from "node:path";

/** Git and http addresses, as docker tells them from paths. */
export const isRemote = (context: string): boolean =>
  !isAbsolute(context) && /^(?:https?:\/\/|git:\/\/|ssh:\/\/|git@|github\.com\/)/.test(context);
