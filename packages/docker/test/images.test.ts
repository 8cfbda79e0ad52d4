// Pulls and builds on a real engine. Pulls come from the registries beside a test engine: 127.0.0.1:5000 (open), 127.0.0.1:5001 (user, secret).
import { mkdirSync, symlinkSync, chmodSync } from "node:fs";
import { join } from "node:path";
import type { Build } from "@composure/core/model/Build";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, onEngine, raw, refusal, specOf, using } from "./engine.ts";
import { CLOSED, OPEN, credentials, gather, noSecret, pull, push, silent, write } from "./imageGround.ts";

onEngine("pull", (project) => {
  const repository = (host: string) => `${host}/${project}/app`;
  let open = false;
  let closed = false;
  beforeAll(async () => {
    open = await push(project, repository(OPEN));
    closed = await push(project, repository(CLOSED));
    if (process.env["COMPOSURE_ENGINE_TESTS"] === "required" && !(open && closed))
      throw new Error("COMPOSURE_ENGINE_TESTS=required, but the registries beside the engine are missing");
  });
  afterAll(() => Promise.all([OPEN, CLOSED].map((host) => raw("DELETE", `/images/${repository(host)}:1?force=1`))));

  test("with progress per layer; observed, removed by reference", async ({ skip }) => {
    if (!open) skip("no registry at 127.0.0.1:5000");
    const image = `${repository(OPEN)}:1`;
    const { seen, onProgress } = gather();
    const { id, images, gone } = await using((engine) =>
      Effect.gen(function* () {
        const pulled = yield* engine.pullImage(pull(image), onProgress);
        const observed = yield* engine.observe({
          project,
          images: [image],
          imageDetails: [],
          volumes: false,
          foreign: false,
        });
        const digest = observed.images[0]?.digests[0] ?? "";
        const again = yield* engine.pullImage(pull(digest), silent);
        expect(again.id).toBe(pulled.id);
        yield* engine.removeImage(image);
        yield* engine.removeImage(digest).pipe(Effect.catchReason("EngineError", "NotFound", () => Effect.void));
        const after = yield* engine.observe({
          project,
          images: [image],
          imageDetails: [],
          volumes: false,
          foreign: false,
        });
        return { id: pulled.id, images: observed.images, gone: after.images };
      }),
    );
    expect(images).toMatchObject([{ reference: image, id, digests: [expect.stringMatching(/@sha256:[0-9a-f]{64}$/)] }]);
    const layer = seen.filter((progress) => /^[0-9a-f]{12}$/.test(progress.id) && progress.text === "Pull complete");
    expect(layer.length).toBeGreaterThan(0);
    expect(seen.at(-1)?.text).toMatch(/^Status: /);
    expect(gone).toEqual([]);
  });

  test("with credentials of config.json, which go to their registry only", async ({ skip }) => {
    if (!closed) skip("no registry at 127.0.0.1:5001");
    const image = `${repository(CLOSED)}:1`;
    const config = write({ "config.json": JSON.stringify({ auths: { [CLOSED]: { auth: credentials } } }) }, "config");
    expect(
      await using((engine) => engine.pullImage(pull(image), silent), { env: { DOCKER_CONFIG: config } }),
    ).toMatchObject({ id: expect.stringMatching(/^sha256:/) });
    await raw("DELETE", `/images/${image}`);
    expect(await refusal((engine) => engine.pullImage(pull(image), silent))).toMatchObject({ _tag: "Unauthorized" });
    const wrong = write(
      {
        "config.json": JSON.stringify({ auths: { [CLOSED]: { auth: Buffer.from("user:wrong").toString("base64") } } }),
      },
      "wrong",
    );
    expect(
      await refusal((engine) => engine.pullImage(pull(image), silent), { env: { DOCKER_CONFIG: wrong } }),
    ).toMatchObject({ _tag: "Unauthorized" });
  });

  test("with a credential helper; one that fails is named when it matters", async ({ skip }) => {
    if (!closed) skip("no registry at 127.0.0.1:5001");
    const image = `${repository(CLOSED)}:1`;
    const bin = write(
      {
        "docker-credential-good": `#!/bin/sh\nread server\n[ "$server" = ${CLOSED} ] && echo '{"Username":"user","Secret":"secret"}'\n`,
        "docker-credential-bad": "#!/bin/sh\necho 'key chain is locked'\nexit 1\n",
      },
      "bin",
    );
    for (const name of ["good", "bad"]) chmodSync(join(bin, `docker-credential-${name}`), 0o755);
    const path = process.env["PATH"];
    process.env["PATH"] = `${bin}:${path}`;
    try {
      const good = write({ "config.json": JSON.stringify({ credsStore: "good" }) }, "good");
      expect(
        await using((engine) => engine.pullImage(pull(image), silent), { env: { DOCKER_CONFIG: good } }),
      ).toHaveProperty("id");
      await raw("DELETE", `/images/${image}`);
      const bad = write({ "config.json": JSON.stringify({ credHelpers: { [CLOSED]: "bad" } }) }, "bad");
      expect(
        await refusal((engine) => engine.pullImage(pull(image), silent), { env: { DOCKER_CONFIG: bad } }),
      ).toMatchObject({ _tag: "Unauthorized", detail: expect.stringContaining("key chain is locked") });
    } finally {
      process.env["PATH"] = path;
    }
  });

  test("for a build on it, by either builder", async ({ skip }) => {
    if (!closed) skip("no registry at 127.0.0.1:5001");
    const base = `${repository(CLOSED)}:1`;
    const config = write(
      { "config.json": JSON.stringify({ auths: { [CLOSED]: { auth: credentials } } }) },
      "config-build",
    );
    for (const flag of ["", "--mount=type=cache,target=/c "]) {
      const build = {
        context: write({ Dockerfile: `FROM ${base}\nRUN ${flag}test -f /layer\n` }, `private${flag.length}`),
      };
      const operation = {
        _tag: "BuildImage",
        image: `${project}-private:1`,
        service: "web",
        build,
        labels: { "com.docker.compose.project": project },
        pull: true,
        noCache: true,
      } as const;
      expect(
        await using((engine) => engine.buildImage(operation, silent, noSecret), { env: { DOCKER_CONFIG: config } }),
      ).toHaveProperty("id");
      for (const image of [`${project}-private:1`, base]) await raw("DELETE", `/images/${image}?force=1`);
      expect(await refusal((engine) => engine.buildImage(operation, silent, noSecret))).toMatchObject({ _tag: "BuildFailed" });
    }
  });

  test("what is not there", async ({ skip }) => {
    if (!open) skip("no registry at 127.0.0.1:5000");
    expect(await refusal((engine) => engine.pullImage(pull(`${repository(OPEN)}:nope`), silent))).toMatchObject({
      _tag: "NotFound",
    });
    expect(await refusal((engine) => engine.pullImage(pull("127.0.0.1:9/app:1"), silent))).toMatchObject({
      _tag: "Rejected",
    });
    expect(await refusal((engine) => engine.removeImage("no-such-image:1"))).toMatchObject({ _tag: "NotFound" });
  });
});

onEngine("build", (project) => {
  const image = `${project}-web:latest`;
  afterAll(async () => {
    for (const name of [image, `${project}-extra:1`]) await raw("DELETE", `/images/${name}?force=1`);
  });
  const operation = (build: Build) =>
    ({
      _tag: "BuildImage",
      image,
      service: "web",
      build,
      labels: { "com.docker.compose.project": project },
      pull: false,
      noCache: false,
    }) as const;
  /** Builds, runs the command in a container of the image and gives what it printed. */
  const buildAndRun = (build: Build, script: string) =>
    using((engine) =>
      Effect.gen(function* () {
        const { seen, onProgress } = gather();
        const { id } = yield* engine.buildImage(operation(build), onProgress, noSecret);
        const container = yield* launch(
          engine,
          `${project}-run`,
          specOf(project, { image, command: ["sh", "-c", script] }),
        );
        yield* engine.waitContainer(container);
        const chunks = yield* Stream.runCollect(engine.logs(container, { follow: false, timestamps: false }));
        yield* engine.removeContainer(container, { force: true, volumes: true });
        return { id, seen, output: Buffer.concat(chunks.map((chunk) => chunk.bytes)).toString() };
      }),
    );

  test("arguments, labels, target, tags; the id is the image's", async () => {
    const context = write(
      {
        Dockerfile: "FROM busybox AS base\nARG WHO\nRUN echo hello $WHO > /said\nFROM base AS last\nRUN false\n",
        "a.txt": "x",
      },
      "args",
    );
    const { id, seen, output } = await buildAndRun(
      { context, args: { WHO: "you" }, target: "base", labels: { a: "b" }, tags: [`${project}-extra:1`] },
      "cat /said",
    );
    expect(output).toBe("hello you\n");
    expect(seen.some((progress) => /^3\/\d+$/.test(progress.id))).toBe(true);
    expect(seen.find((progress) => progress.id !== "")?.text).toMatch(/^Step 1\/\d+ : FROM busybox AS base$/);
    const info = (await raw("GET", `/images/${project}-extra:1/json`)).json as {
      Id: string;
      Config: { Labels: Record<string, string> };
    };
    expect(info.Id).toBe(id);
    expect(info.Config.Labels).toMatchObject({
      a: "b",
      "com.docker.compose.project": project,
      "com.docker.compose.image.builder": "classic",
    });
  });

  test(".dockerignore, links, modes and empty folders", async () => {
    const context = write(
      {
        ".dockerignore": "# no secrets\n*.key\nnode_modules\n!node_modules/keep\n**/*.tmp\nDockerfile\n",
        Dockerfile: "FROM busybox\nCOPY . /ctx\n",
        "a.key": "",
        "b.txt": "",
        "sub/c.tmp": "",
        "sub/d.txt": "",
        "node_modules/x/index.js": "",
        "node_modules/keep/y.js": "",
        "run.sh": "#!/bin/sh\n",
      },
      "ignore",
    );
    mkdirSync(join(context, "empty"));
    symlinkSync("b.txt", join(context, "link"));
    chmodSync(join(context, "run.sh"), 0o755);
    const { output } = await buildAndRun({ context }, "cd /ctx; find . | sort; readlink link; stat -c %a run.sh");
    expect(output.trim().split("\n")).toEqual([
      ".",
      "./.dockerignore",
      "./b.txt",
      "./empty",
      "./link",
      "./node_modules",
      "./node_modules/keep",
      "./node_modules/keep/y.js",
      "./run.sh",
      "./sub",
      "./sub/d.txt",
      "b.txt",
      "755",
    ]);
  });

  test("a Dockerfile inline, one outside, one in a folder with an ignore file of its own", async () => {
    const context = write(
      {
        "f.txt": "1",
        "g.txt": "2",
        "docker/web.Dockerfile": "FROM busybox\nCOPY . /ctx\n",
        "docker/web.Dockerfile.dockerignore": "g.txt\n",
      },
      "dockerfiles",
    );
    const outside = join(
      write({ "Other.Dockerfile": "FROM busybox\nCOPY . /ctx\nRUN touch /outside\n" }, "elsewhere"),
      "Other.Dockerfile",
    );
    expect(
      (
        await buildAndRun(
          { context, dockerfile_inline: "FROM busybox\nCOPY . /ctx\nRUN touch /inline\n" },
          "ls -A /ctx; ls /inline",
        )
      ).output,
    ).toBe("docker\nf.txt\ng.txt\n/inline\n");
    expect((await buildAndRun({ context, dockerfile: outside }, "ls -A /ctx; ls /outside")).output).toBe(
      "docker\nf.txt\ng.txt\n/outside\n",
    );
    expect(
      (await buildAndRun({ context, dockerfile: "docker/web.Dockerfile" }, "cd /ctx; find . -type f | sort")).output,
    ).toBe("./docker/web.Dockerfile\n./docker/web.Dockerfile.dockerignore\n./f.txt\n");
  });

  test("hosts, network and shared memory reach the build's containers", async () => {
    const context = write(
      {
        Dockerfile:
          "FROM busybox\nRUN grep build.test /etc/hosts > /hosts; df -k /dev/shm | tail -1 > /shm; ls /sys/class/net | wc -l > /net\n",
      },
      "more",
    );
    const { output } = await buildAndRun(
      { context, extra_hosts: { "build.test": ["10.9.8.7"] }, shm_size: 33_554_432, network: "none" },
      "cat /hosts /shm /net",
    );
    expect(output).toContain("10.9.8.7");
    expect(output).toMatch(/\b32768\b/);
  });

  test("files of some size, many of them", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`f/${index}`, String(index).repeat(2000)]),
    );
    const context = write({ Dockerfile: "FROM busybox\nCOPY f /f\nRUN cat /f/* | wc -c > /size\n", ...files }, "many");
    const size = Object.values(files).join("").length;
    expect((await buildAndRun({ context }, "cat /size")).output.trim()).toBe(String(size));
  });

  test("a Dockerfile that only BuildKit can read", async () => {
    const text = (command: string) =>
      `FROM busybox AS base\nARG WHO\nRUN --mount=type=cache,target=/cache echo hello $WHO > /cache/x && cat /cache/x | tee /said\n${command}FROM base AS unused\nRUN false\nFROM base\nCOPY . /ctx\n`;
    const context = write({ Dockerfile: text(""), a: "", "b.key": "", ".dockerignore": "*.key\n" }, "buildkit");
    const { id, seen, output } = await buildAndRun(
      { context, args: { WHO: project }, labels: { a: "b" }, tags: [`${project}-extra:1`] },
      "cat /said; ls -A /ctx",
    );
    expect(output).toBe(`hello ${project}\n.dockerignore\nDockerfile\na\n`);
    expect(seen.find((progress) => progress.text === `hello ${project}`)?.id).toMatch(/^base 2\/2$/);
    const info = (await raw("GET", `/images/${project}-extra:1/json`)).json as {
      Id: string;
      Config: { Labels: Record<string, string> };
    };
    expect(info).toMatchObject({ Id: id, Config: { Labels: { a: "b", "com.docker.compose.project": project } } });
    const broken = write({ Dockerfile: text(`RUN echo because ${project}; exit 5\n`) }, "buildkit-broken");
    expect(await refusal((engine) => engine.buildImage(operation({ context: broken }), silent, noSecret))).toMatchObject({
      _tag: "BuildFailed",
      detail: expect.stringMatching(/exit code: 5/),
      output: expect.stringContaining("because"),
    });
  });

  test("failures say what the builder said", async () => {
    const fails = (build: Build) => refusal((engine) => engine.buildImage(operation(build), silent, noSecret));
    const bad = write({ Dockerfile: "FROM busybox\nRUN echo reason; exit 4\n" }, "fails");
    expect(await fails({ context: bad })).toMatchObject({
      _tag: "BuildFailed",
      detail: expect.stringContaining("returned a non-zero code: 4"),
      output: expect.stringContaining("reason"),
    });
    expect(await fails({ context: write({ Dockerfile: "NONSENSE\n" }, "nonsense") })).toMatchObject({
      _tag: "BuildFailed",
      detail: expect.stringMatching(/NONSENSE|no build stage/i),
    });
    expect(await fails({ context: write({ "x.txt": "" }, "none") })).toMatchObject({
      _tag: "BuildFailed",
      detail: expect.stringContaining("no Dockerfile"),
    });
    expect(await fails({ context: "/no/such/folder" })).toMatchObject({
      _tag: "BuildFailed",
      detail: expect.stringContaining("does not exist"),
    });
    expect(await fails({ context: bad, secrets: [{ source: "s" }] })).toMatchObject({
      _tag: "BuildFailed",
      detail: expect.stringContaining("the classic builder doesn't support"),
    });
    expect(await fails({ context: write({ Dockerfile: "FROM no-such-base:1\n" }, "base") })).toMatchObject({
      _tag: "BuildFailed",
    });
  });
});
