// A git repository over http, for builds whose context is elsewhere; its revision can also be had as a tar archive.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface ContextServer {
  /** "http://127.0.0.1:41234/app.git", with the branch master, which old engines take for what is meant. */
  readonly repository: string;
  /** "http://127.0.0.1:41234/app.tar": the files of that branch. */
  readonly archive: string;
  readonly close: () => void;
}

/** The answer of a CGI program: header lines, an empty line, the body. */
const answer = (output: Buffer, response: ServerResponse): void => {
  const end = output.indexOf("\r\n\r\n");
  for (const line of output.subarray(0, end).toString().split("\r\n")) {
    const [name = "", value = ""] = line.split(": ", 2);
    if (name === "Status") response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.end(output.subarray(end + 4));
};

const serveGit = (root: string, request: IncomingMessage, response: ServerResponse): void => {
  const { pathname, search } = new URL(request.url ?? "/", "http://any");
  const env = {
    PATH: process.env["PATH"],
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    REQUEST_METHOD: request.method,
    PATH_INFO: pathname,
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: request.headers["content-type"],
    HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
    GIT_PROTOCOL: request.headers["git-protocol"] as string | undefined,
  };
  const child = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "ignore"] });
  const chunks: Array<Buffer> = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("close", () => answer(Buffer.concat(chunks), response));
  child.stdin.on("error", () => {});
  request.pipe(child.stdin);
};

/** Serves the files, committed to a repository of their own. */
export const serveContext = async (files: Readonly<Record<string, string>>): Promise<ContextServer> => {
  const root = mkdtempSync(join(tmpdir(), "composure-context-"));
  const repository = join(root, "app.git");
  const git = (...args: ReadonlyArray<string>) =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", "-C", repository, ...args], {
      stdio: "ignore",
      env: { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
    });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, name)), { recursive: true });
    writeFileSync(join(repository, name), text);
  }
  git("init", "--initial-branch=master");
  git("add", ".");
  git("commit", "-m", "files");
  git("archive", "-o", join(root, "app.tar"), "master");
  const server = createServer((request, response) => {
    if (request.url !== "/app.tar") return serveGit(root, request, response);
    response.setHeader("Content-Type", "application/x-tar");
    response.end(readFileSync(join(root, "app.tar")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    repository: `${origin}/app.git`,
    archive: `${origin}/app.tar`,
    close: () => {
      server.closeAllConnections();
      server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
};
