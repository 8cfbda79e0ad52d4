// The digests of a project's images, for config --resolve-image-digests.
import type { Project } from "@composure/core/model/Project";
import type { Session } from "../session.ts";

export const digestsOf = async (_session: Session, _project: Project): Promise<ReadonlyMap<string, string> | undefined> => undefined;
