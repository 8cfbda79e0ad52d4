// Reads vitest's JSON reports for .ci/run.
//   node report.mjs failed FIRST            prints the test files that failed, a line each
//   node report.mjs count FIRST[+AGAIN]...  prints what needed a second run and "N passed, N failed, N skipped"; fails unless all is well
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const failedFiles = (report) => report.testResults.filter((file) => file.status === "failed");
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

const count = (files) => {
  const sums = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const of = (status) => file.assertionResults.filter((test) => test.status === status).length;
    sums.passed += of("passed");
    // A file that fails to load has no tests to count.
    sums.failed += file.status === "failed" ? Math.max(1, of("failed")) : of("failed");
    sums.skipped += file.assertionResults.length - of("passed") - of("failed");
  }
  return sums;
};

/** The files of a run; what failed in it counts as it ended when it was run again, alone. */
const filesOf = (first, again) => {
  const repeated = new Map(again.flatMap((path) => read(path).testResults).map((file) => [file.name, file]));
  for (const [name, { status }] of repeated) console.log(`needed a second run, which ${status}: ${relative(process.cwd(), name)}`);
  return read(first).testResults.map((file) => repeated.get(file.name) ?? file);
};

const [verb, ...paths] = process.argv.slice(2);
if (verb === "failed") for (const file of failedFiles(read(paths[0]))) console.log(relative(process.cwd(), file.name));
else {
  const total = { passed: 0, failed: 0, skipped: 0 };
  let whole = true;
  for (const run of paths) {
    const [first, ...again] = run.split("+");
    try {
      const sums = count(filesOf(first, again));
      for (const key of Object.keys(total)) total[key] += sums[key];
      if (sums.passed === 0) whole = false;
    } catch (cause) {
      console.log(`no counts: ${cause.message}`);
      whole = false;
    }
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = whole && total.failed === 0 ? 0 : 1;
}
