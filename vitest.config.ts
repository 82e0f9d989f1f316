import { join } from "node:path";
import { defineConfig } from "vitest/config";

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  throw new Error(
    `The tests need Node 24 or later, this is ${process.versions.node}. Run them with "npm test" (it brings its own Node on Linux x64) or install Node 24.`,
  );
}

// Stages and test files start hundreds of processes that load the same code: V8 compiles it once, for them and for the next run.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules", ".cache", "node");

export default defineConfig({
  test: {
    include: [
      "libs/*/test/**/*.test.ts",
      "services/*/test/**/*.test.ts",
      "test/**/*.test.ts",
      "tools/**/*.test.ts",
      "deploy/**/*.test.ts",
    ],
    // A test file's first test starts its servers, on a machine that may be busy with others.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
    // V8 then never optimizes WebAssembly, which pays only for a PGlite that lives longer than a test file's.
    execArgv: ["--liftoff-only"],
    globalSetup: "libs/testing/src/database-template.ts",
  },
});
