// Files of the host that containers mount: missing ones are found beforehand, changed ones reach the containers.
import { describe, expect, it } from "vitest";
import {
  type HostFile,
  hostFileProblems,
  type HostFiles,
  hostPathsOf,
  withHostFiles,
} from "../../src/desired/hostFiles.ts";
import { empty } from "../plan/applyModel.ts";
import { after, lines, plan } from "../plan/planning.ts";
import { desired, type ProjectText } from "../plan/projects.ts";

const shop: ProjectText = {
  services: {
    web: {
      secrets: [{ source: "token" }],
      configs: [{ source: "settings", target: "/settings" }],
      volumes: [
        { type: "bind", source: "/p/data", target: "/data", bind: { create_host_path: false } },
        { type: "bind", source: "/p/made", target: "/made", bind: { create_host_path: true } },
      ],
    },
    off: { scale: 0, secrets: [{ source: "other" }] },
  },
  secrets: { token: { file: "/p/token" }, other: { file: "/p/other" } },
  configs: { settings: { file: "/p/settings" } },
};
const found = (token: HostFile): HostFiles =>
  new Map<string, HostFile>([
    ["/p/token", token],
    ["/p/settings", { _tag: "File", digest: "s" }],
    ["/p/data", { _tag: "Folder" }],
  ]);
const problems = (files: HostFiles) =>
  hostFileProblems(desired(shop), files).map(({ message, path }) => `${path ?? ""}: ${message}`);

describe("files of the host", () => {
  it("are looked at where the engine would not make them", () => {
    expect(hostPathsOf(desired(shop))).toEqual(["/p/data", "/p/settings", "/p/token"]);
  });

  it("that are missing are found before anything is touched", () => {
    expect(problems(found({ _tag: "File", digest: "t" }))).toEqual([]);
    expect(problems(found({ _tag: "Missing" }))).toEqual([
      'secrets.token.file: secret "token" of service "web" is the file /p/token, which does not exist',
    ]);
    expect(problems(found({ _tag: "Unreadable", why: "EACCES" }))).toEqual([
      'secrets.token.file: secret "token" of service "web" is the file /p/token, which cannot be read: EACCES',
    ]);
    const bare = new Map([...found({ _tag: "File", digest: "t" }), ["/p/data", { _tag: "Missing" } as const]]);
    expect(problems(bare)).toEqual(['services.web.volumes: /p/data, which service "web" mounts, does not exist']);
  });

  it("whose contents have changed make new containers, and others none", () => {
    const now = (token: HostFile) => withHostFiles(desired(shop), found(token));
    const observed = after(now({ _tag: "File", digest: "1" }), empty);
    expect(plan(now({ _tag: "File", digest: "1" }), observed).steps).toEqual([]);
    expect(lines(plan(now({ _tag: "File", digest: "2" }), observed))[0]).toContain(
      "CreateContainer <id>_p-web-1, configs and secrets changed",
    );
    // Nobody looked, or it is too large: that is no change.
    expect(plan(desired(shop), observed).steps).toEqual([]);
    expect(plan(now({ _tag: "File" }), observed).steps).toEqual([]);
    const unlooked = after(desired(shop), empty);
    expect(plan(now({ _tag: "File", digest: "2" }), unlooked).steps).toEqual([]);
  });
});
