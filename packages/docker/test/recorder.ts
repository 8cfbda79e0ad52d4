// A proxy on an engine's socket that writes down every request as it went over the wire, and may answer some itself.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export type Answer = { readonly status: number; readonly body: unknown };

export interface Recorder {
  /** A DOCKER_HOST. */
  readonly host: string;
  readonly requests: Array<Recorded>;
  readonly close: () => Promise<void>;
}

/** Headers always travel at once; bodies are copied as they come. `answer` replaces the engine for requests that it knows. */
export const record = async (
  socketPath: string,
  answer: (request: Recorded) => Answer | undefined = () => undefined,
): Promise<Recorder> => {
  const folder = mkdtempSync(join(tmpdir(), "composure-rec-"));
  const path = join(folder, "s");
  const requests: Array<Recorded> = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Array<Buffer> = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const seen: Recorded = {
        method: incoming.method ?? "",
        url: incoming.url ?? "",
        headers: incoming.headers,
        body: body.toString("latin1"),
      };
      requests.push(seen);
      const own = answer(seen);
      if (own !== undefined) {
        outgoing.writeHead(own.status, { "Content-Type": "application/json", "Api-Version": "1.51" });
        outgoing.end(JSON.stringify(own.body));
        return;
      }
      const forwarded = httpRequest(
        { socketPath, method: seen.method, path: seen.url, headers: incoming.headers },
        (response) => {
          outgoing.writeHead(response.statusCode ?? 500, response.headers);
          outgoing.flushHeaders();
          response.pipe(outgoing);
          response.on("error", () => outgoing.destroy());
          outgoing.on("close", () => response.destroy());
        },
      );
      forwarded.on("error", () => outgoing.destroy());
      forwarded.end(body);
    });
  });
  server.on("upgrade", (_request, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    host: `unix://${path}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
