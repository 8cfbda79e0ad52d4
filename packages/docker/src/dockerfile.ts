// Which of the engine's two builders a Dockerfile needs.

/** `classic`: the engine's first builder, known to every engine. `buildkit`: its second, for what the first cannot read. */
export type Builder = "classic" | "buildkit";

const ONLY_BUILDKIT: ReadonlyArray<RegExp> = [
  /^\s*RUN\s+(?:--\S+\s+)*--(?:mount|network|security|device)\b/im,
  /^\s*(?:COPY|ADD)\s+(?:--\S+\s+)*--(?:chmod|link|parents|exclude|checksum|keep-git-dir|unpack)\b/im,
  // A here-document: <<EOF, <<-EOF, <<"EOF"; not the shell's <<< and not an arithmetic shift by a number.
  /^\s*(?:RUN|COPY|ADD)\b.*?(?<!<)<<-?["']?[A-Za-z_]\w*/im,
  /^\s*ADD\s+(?:--\S+\s+)*(?:git@|ssh:\/\/|https?:\/\/\S+\.git\b)/im,
  // Platform arguments that only BuildKit fills.
  /\$\{?(?:TARGET|BUILD)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)\b/,
  /^\s*ARG\s+(?:TARGET|BUILD)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)\s*$/im,
];

/** Comments gone, continued lines joined. */
const logicalLines = (dockerfile: string): string =>
  dockerfile
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replace(/\\[ \t]*\n/g, " ");

/** The images it builds on, as far as they are written out; stages of its own and `scratch` are none. */
export const basesOf = (dockerfile: string): ReadonlyArray<string> => {
  const stages = new Set<string>();
  const bases = new Set<string>();
  for (const [, image = "", stage] of logicalLines(dockerfile).matchAll(
    /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim,
  )) {
    if (!image.includes("$") && image !== "scratch" && !stages.has(image.toLowerCase())) bases.add(image);
    if (stage !== undefined) stages.add(stage.toLowerCase());
  }
  return [...bases];
};

/** A `# syntax=` line alone asks for nothing that the classic builder lacks, and would have to be pulled. */
export const builderFor = (dockerfile: string): Builder => {
  const logical = logicalLines(dockerfile);
  return ONLY_BUILDKIT.some((feature) => feature.test(logical)) ? "buildkit" : "classic";
};
