// A registry for one test: one image, and whatever a test wants it to ask for or to get wrong. Speaks what a pull needs.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** What stands between a pull and the image. */
export interface Manners {
  /** Basic: name and password with every request. Token: exchanged at /token. */
  readonly auth?: "basic" | "token";
  readonly user?: string;
  readonly password?: string;
  /** Offered instead of a password; goes to /token as a refresh token. */
  readonly identityToken?: string;
  readonly tls?: boolean;
  /** The first requests for a manifest end like this. */
  readonly failures?: ReadonlyArray<"429" | "503" | "reset">;
}

export interface Registry {
  /** "127.0.0.1:41234": goes before the image's name. */
  readonly host: string;
  readonly asked: ReadonlyArray<string>;
  readonly close: () => Promise<void>;
}

const digest = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const layerOf = async (text: string): Promise<Buffer> => {
  const archive = pack();
  archive.entry({ name: "layer", mtime: new Date(0) }, text);
  archive.finalize();
  const chunks: Array<Uint8Array> = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
};

interface Content {
  readonly manifest: Buffer;
  readonly blobs: ReadonlyMap<string, Buffer>;
}

const contentOf = async (text: string): Promise<Content> => {
  const tar = await layerOf(text);
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Cmd: ["/layer"] },
      rootfs: { type: "layers", diff_ids: [digest(tar)] },
      history: [{ created: "1970-01-01T00:00:00Z" }],
    }),
  );
  const type = "application/vnd.docker";
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${type}.distribution.manifest.v2+json`,
      config: { mediaType: `${type}.container.image.v1+json`, size: config.length, digest: digest(config) },
      layers: [{ mediaType: `${type}.image.rootfs.diff.tar.gzip`, size: layer.length, digest: digest(layer) }],
    }),
  );
  return {
    manifest,
    blobs: new Map([
      [digest(config), config],
      [digest(layer), layer],
    ]),
  };
};

/** A certificate that nobody trusts. */
const selfSigned = (): { readonly key: Buffer; readonly cert: Buffer } => {
  const folder = mkdtempSync(join(tmpdir(), "composure-cert-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=registry", "-addext", "subjectAltName=IP:127.0.0.1"];
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  execFileSync("openssl", [...args, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
};

const TOKEN = "a-token-of-the-test";

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
};

const refuse = (response: ServerResponse, status: number, code: string, headers: Readonly<Record<string, string>> = {}) => {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
};

export const openRegistry = async (manners: Manners = {}): Promise<Registry> => {
  const { auth, user = "somebody", password = "hush-hush", identityToken, tls = false } = manners;
  const content = await contentOf(String(process.hrtime.bigint()));
  const failures = [...(manners.failures ?? [])];
  const asked: Array<string> = [];
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const origin = () => `${tls ? "https" : "http"}://${host()}`;
  const giveToken = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    const known =
      identityToken === undefined
        ? request.headers.authorization === basic || new URLSearchParams(body).get("password") === password
        : new URLSearchParams(body).get("refresh_token") === identityToken;
    if (!known) return refuse(response, 401, "UNAUTHORIZED");
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ token: TOKEN, access_token: TOKEN, expires_in: 300 }));
  };
  const mayEnter = ({ headers }: IncomingMessage): boolean =>
    auth === undefined || headers.authorization === (auth === "basic" ? basic : `Bearer ${TOKEN}`);
  const challenge = () =>
    auth === "basic" ? 'Basic realm="test"' : `Bearer realm="${origin()}/token",service="test",scope="repository:app:pull"`;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? "").replace(/\?.*$/, "");
    asked.push(`${request.method ?? ""} ${path}`);
    if (path === "/token") return giveToken(request, response);
    // Also with a refusal: Docker 20.10 takes a registry that leaves it out for one that speaks no TLS.
    response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
    if (!mayEnter(request)) return refuse(response, 401, "UNAUTHORIZED", { "WWW-Authenticate": challenge() });
    if (path === "/v2/") return void response.end("{}");
    const blob = content.blobs.get(path.split("/blobs/")[1] ?? "");
    if (blob !== undefined) return void response.end(request.method === "HEAD" ? undefined : blob);
    if (!path.includes("/manifests/")) return refuse(response, 404, "NOT_FOUND");
    const failure = failures.shift();
    if (failure === "reset") return void request.socket.destroy();
    if (failure !== undefined) return refuse(response, Number(failure), failure === "429" ? "TOOMANYREQUESTS" : "UNAVAILABLE", { "Retry-After": "1" });
    response.writeHead(200, {
      "Content-Type": "application/vnd.docker.distribution.manifest.v2+json",
      "Docker-Content-Digest": digest(content.manifest),
      "Content-Length": content.manifest.length,
    });
    response.end(request.method === "HEAD" ? undefined : content.manifest);
  };
  const server = tls ? createHttps(selfSigned()) : createHttp();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => void answer(request, response));
  const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: host(),
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
