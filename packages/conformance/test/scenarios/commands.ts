// Scenarios of single commands: given a file, when a command is given, then its exit code, its output, and what it left behind.

export interface Step {
  /** A command line in words; an underscore stands for a space inside of a word. */
  readonly line: string;
  readonly stdin?: string;
  /** 0 when absent. */
  readonly code?: number;
  readonly stdout?: RegExp;
  readonly stderr?: RegExp;
  /** A file of the project's folder, and what is in it afterwards. */
  readonly file?: readonly [name: string, content: RegExp];
  /** Where it can be asked: not on a simulated engine, or not of the peer, which does otherwise (docs/differences.md). */
  readonly but?: "sim" | "peer" | "engine only, ours only";
}

export interface Scenario {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly steps: ReadonlyArray<Step>;
}

const idle = "image: composure/test-idle";

export const scenarios: ReadonlyArray<Scenario> = [
  {
    name: "a close look",
    files: {
      "compose.yaml": `services:\n  web: {${idle}, scale: 2, depends_on: [db], labels: {team: x}}\n  db: {image: "composure/test-db:1", environment: {A: "1"}}\n`,
    },
    steps: [
      { line: "images", stdout: /^CONTAINER +REPOSITORY +TAG +PLATFORM +IMAGE ID +SIZE +CREATED\n$/ },
      { line: "top", stdout: /^$/ },
      { line: "up -d" },
      { line: "images", stdout: /-db-1 +composure\/test-db +1 +linux\/\w+ +[0-9a-f]{12} +\S+ +\S+.*\n\S+-web-1 +composure\/test-idle +latest .*\n\S+-web-2 / },
      { line: "images --format json", stdout: /^\[\{"ID":"sha256:[0-9a-f]{64}","ContainerName":"[^"]+","Repository":"[^"]+","Tag":"\w+","Platform":"linux\/\w+","Size":\d+,/ },
      { line: "images -q", stdout: /^(?:[0-9a-f]{64}\n){2}$/ },
      { line: "images --format xml", code: 1, stdout: /^$/, stderr: /xml/ },
      { line: "images nobody", code: 1, stderr: /no such service: nobody/, but: "peer" },
      { line: "top web", stdout: /^SERVICE +# .*CMD\nweb +1 [^\n]*\n[^]*web +2 / },
      { line: "stats --no-stream", stdout: /^CONTAINER ID +NAME +CPU % +MEM USAGE \/ LIMIT +MEM % +NET I\/O +BLOCK I\/O +PIDS\n(?:[0-9a-f]{12} +\S+ +\d+\.\d\d% .*\n){3}$/ },
      { line: "stats --no-stream --format json db", stdout: /^\{"BlockIO":"[^"]+","CPUPerc":"[^"]+","Container":"[^"]+","ID":"[0-9a-f]{12}","MemPerc":"[^"]+","MemUsage":"[^"]+","Name":"[^"]+-db-1","NetIO":"[^"]+","PIDs":"\d+"\}\n$/ },
      { line: "stats --no-stream --format {{.PIDs}} db", stdout: /^\d+\n$/ },
      { line: "viz", stdout: /^digraph "[^"]+" \{\n\tlayout=dot;\n[^]*"web" -> "db";\n\}\n$/, but: "peer" },
      { line: "alpha viz --spaces --indentation-size 2 --image", stdout: /\n {2}"db" \[style="filled" label=<<font point-size="15">db<\/font>.*<b>Image:<\/b><br\/>composure\/test-db:1<\/font>>\];\n/ },
      { line: "commit db kept:1", stderr: /-db-1/ },
      { line: "commit nobody", code: 1 },
      { line: "export db -o all.tar", file: ["all.tar", /^/] },
      { line: "events --since 10m --until 0s --json", stdout: /"action":"start","attributes":\{.*"service":"web","time":"[^"]+","type":"container"\}\n/, but: "engine only, ours only" },
      { line: "events --since nonsense", code: 1, but: "engine only, ours only" },
      { line: "publish me/it", code: 1, stderr: /config --resolve-image-digests/, but: "peer" },
      { line: "bridge convert", code: 1, stderr: /composure config/, but: "peer" },
      { line: "push", stdout: /^$/ },
      { line: "stop db" },
      { line: "export db -o none.tar", code: 1, stderr: /not running/ },
      { line: "down -v -t 0" },
    ],
  },
  {
    name: "files in and out",
    files: {
      "compose.yaml": `services:\n  web: {${idle}, scale: 2}\n`,
      "in.txt": "given\n",
      "folder/a": "a\n",
      "folder/deep/b": "b\n",
    },
    steps: [
      { line: "cp in.txt web:/tmp", code: 1, stderr: /no container found for service "web"/ },
      { line: "up -d" },
      { line: "cp in.txt web:/tmp" },
      { line: "cp --index 2 web:/tmp/in.txt out.txt", file: ["out.txt", /^given\n$/] },
      { line: "cp web:/tmp/in.txt .", file: ["in.txt", /^given\n$/] },
      { line: "cp folder web:/tmp/new" },
      { line: "cp web:/tmp/new/deep/b back", file: ["back", /^b\n$/] },
      { line: "cp folder/. web:/tmp/other" },
      { line: "cp web:/tmp/other/. emptied", file: ["emptied/deep/b", /^b\n$/] },
      { line: "cp web:/tmp/other copied", file: ["copied/a", /^a\n$/] },
      { line: "cp web:/tmp/in.txt -", stdout: /^in\.txt\0[^]*given\n/ },
      { line: "cp folder web:/tmp/in.txt", code: 1, stderr: /cannot copy directory/ },
      { line: "cp in.txt web:/no/such/folder/", code: 1 },
      { line: "cp web:/nothing .", code: 1, stderr: /Could not find the file \/nothing/ },
      { line: "cp nothing web:/tmp", code: 1 },
      { line: "cp web:/tmp web:/x", code: 1, stderr: /copying between services is not supported/ },
      { line: "cp a b", code: 1, stderr: /unknown copy direction/ },
      { line: "cp --index 7 in.txt web:/tmp", code: 1, but: "peer" },
      { line: "stop -t 0" },
      { line: "cp web:/tmp/in.txt stopped", file: ["stopped", /^given\n$/] },
      { line: "down -t 0" },
    ],
  },
  {
    name: "processes, one-offs and their ends",
    files: {
      "compose.yaml": `services:\n  web: {${idle}, environment: {MOOD: good}, ports: ["80"]}\n  job: {${idle}, command: ["sh", "-c", "echo working; exit 3"], profiles: [jobs]}\n`,
      "more.env": "FROMFILE=yes\n",
    },
    steps: [
      { line: "exec -T web true", code: 1, stderr: /service "web" is not running/ },
      { line: "up -d" },
      { line: "exec -T web sh -c exit_7", code: 7 },
      { line: "exec -T -e A=b -w /tmp web sh -c echo_$A_$MOOD_$PWD", stdout: /^b good \/tmp\n$/, but: "sim" },
      { line: "exec -T web cat", stdin: "through\n", stdout: /^through\n$/, but: "sim" },
      { line: "exec -T --index 3 web true", code: 1 },
      { line: "run --rm -T job", code: 3, stdout: /^working\n$/ },
      { line: "run --rm -T --env-from-file more.env -e A=1 -w /tmp -u 1000 web sh -c echo_$FROMFILE_$A_$MOOD_$(id_-u)_$PWD", stdout: /^yes 1 good 1000 \/tmp\n$/, but: "sim" },
      { line: "run --rm -T --entrypoint echo web entered", stdout: /^entered\n$/ },
      { line: "run -d -T -l mine=1 --name scenario-named-${PROJECT} web idle", stdout: /\S+\n$/ },
      { line: "ps -a --format {{.Name}}:{{.State}}", stdout: /scenario-named-\S+:running/ },
      { line: "ps -a --filter status=nonsense", code: 1, but: "peer" },
      { line: "ps --services", stdout: /^web\n$/ },
      { line: "logs --no-log-prefix --no-color job", stdout: /^$/ },
      { line: "kill -s SIGTERM nobody", code: 1, but: "peer" },
      { line: "wait nobody", code: 1 },
      { line: "port web 99", code: 1, stderr: /no port 99\/tcp/ },
      { line: "down -t 0 --remove-orphans" },
      { line: "ps -aq", stdout: /^$/ },
    ],
  },
];
