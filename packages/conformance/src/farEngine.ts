// The engine under test, reached from afar: over TLS with a throwaway authority, or over ssh with a server of its own.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer as createNet, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";

const openssl = (folder: string, ...args: ReadonlyArray<string>): void => {
  execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
};

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];

const issue = (folder: string, name: string, extension: string): void => {
  openssl(folder, "req", ...newKey.slice(0, -2), "-keyout", `${name}-key.pem`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
  writeFileSync(join(folder, `${name}.ext`), extension);
  const signing = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-days", "1", "-extfile", `${name}.ext`];
  openssl(folder, "x509", "-req", "-in", `${name}.csr`, ...signing, "-out", `${name}.pem`);
};

/** Folders with ca.pem, cert.pem and key.pem, as DOCKER_CERT_PATH wants them; `strange` is of another authority. */
export interface TlsEngine {
  readonly host: string;
  readonly certificates: string;
  readonly strange: string;
  /** Adds a docker context that leads here to a client configuration. */
  readonly addContext: (config: string, name: string) => void;
  readonly close: () => void;
}

const authority = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  openssl(folder, "req", "-x509", ...newKey, "-keyout", "ca-key.pem", "-out", "ca.pem", "-subj", "/CN=test authority");
  issue(folder, "server", "subjectAltName=IP:127.0.0.1");
  issue(folder, "client", "extendedKeyUsage=clientAuth");
  copyFileSync(join(folder, "client.pem"), join(folder, "cert.pem"));
  copyFileSync(join(folder, "client-key.pem"), join(folder, "key.pem"));
};

export const openTlsEngine = async (socketPath: string): Promise<TlsEngine> => {
  const folder = mkdtempSync(join(tmpdir(), "composure-tls-"));
  const [own, strange] = [join(folder, "own"), join(folder, "strange")];
  authority(own);
  authority(strange);
  const file = (name: string) => readFileSync(join(own, name));
  const sockets = new Set<Socket>();
  const options = { ca: file("ca.pem"), cert: file("server.pem"), key: file("server-key.pem"), requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (near) => {
    const far = connect(socketPath);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    certificates: own,
    strange,
    addContext: (config, name) => {
      const id = createHash("sha256").update(name).digest("hex");
      const [meta, tls] = [join(config, "contexts", "meta", id), join(config, "contexts", "tls", id, "docker")];
      for (const path of [meta, tls]) mkdirSync(path, { recursive: true });
      const text = { Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
      writeFileSync(join(meta, "meta.json"), JSON.stringify(text));
      for (const one of ["ca.pem", "cert.pem", "key.pem"]) copyFileSync(join(own, one), join(tls, one));
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export interface SshEngine {
  readonly host: string;
  /** To be put before the PATH: an ssh that knows this server and its key. */
  readonly bin: string;
  /** Connections that were let in so far. */
  readonly accepted: () => number;
  readonly close: () => void;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createNet().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const listens = async (port: number): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("data", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("close", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no sshd answers at port ${port}`);
};

/** Needs root, because sshd lets nobody else log in as root. `forwarding` false forbids the way through the socket. */
export const openSshEngine = async (socketPath: string, forwarding: boolean): Promise<SshEngine> => {
  const folder = mkdtempSync(join(tmpdir(), "composure-sshd-"));
  const at = (name: string) => join(folder, name);
  for (const key of ["host", "user"]) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at(key)]);
  copyFileSync(at("user.pub"), at("authorized"));
  mkdirSync("/run/sshd", { recursive: true });
  const port = await freePort();
  const server = {
    Port: port,
    ListenAddress: "127.0.0.1",
    HostKey: at("host"),
    AuthorizedKeysFile: at("authorized"),
    PidFile: "none",
    StrictModes: "no",
    UsePAM: "no",
    PermitRootLogin: "yes",
    PasswordAuthentication: "no",
    LogLevel: "VERBOSE",
    AllowStreamLocalForwarding: forwarding ? "yes" : "no",
    SetEnv: "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  };
  const textOf = (settings: object) => Object.entries(settings).map(([name, value]) => `${name} ${String(value)}\n`).join("");
  writeFileSync(at("sshd_config"), textOf(server));
  writeFileSync(at("known_hosts"), `[127.0.0.1]:${port} ${readFileSync(at("host.pub"), "utf8")}`);
  writeFileSync(at("ssh_config"), textOf({ IdentityFile: at("user"), UserKnownHostsFile: at("known_hosts"), StrictHostKeyChecking: "yes", IdentitiesOnly: "yes" }));
  mkdirSync(at("bin"));
  writeFileSync(at("bin/ssh"), `#!/bin/sh\nexec /usr/bin/ssh -F ${at("ssh_config")} "$@"\n`, { mode: 0o755 });
  const daemon = spawn("/usr/sbin/sshd", ["-D", "-f", at("sshd_config"), "-E", at("log")], { stdio: "ignore" });
  await listens(port);
  return {
    host: `ssh://${userInfo().username}@127.0.0.1:${port}${socketPath}`,
    bin: at("bin"),
    accepted: () => readFileSync(at("log"), "utf8").split("\n").filter((line) => line.includes("Accepted publickey")).length,
    close: () => {
      daemon.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
