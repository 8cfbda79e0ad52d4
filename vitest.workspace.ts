// The list of test projects; vitest.config.ts hands it to vitest as `projects`.
const project = (name: string, timeout: number) => ({
  extends: true as const,
  test: {
    name,
    root: `packages/${name}`,
    include: ["test/**/*.test.ts"],
    testTimeout: timeout,
    hookTimeout: timeout,
  },
});

export const projects = [
  project("core", 60_000),
  project("engine", 60_000),
  project("docker", 60_000),
  project("sim", 60_000),
  project("cli", 60_000),
  project("conformance", 300_000),
];
