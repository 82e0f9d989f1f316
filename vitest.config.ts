import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  throw new Error(
    `The tests need Node 24 or later, this is ${process.versions.node}. Run them with "npm test" (it brings its own Node on Linux x64) or install Node 24.`,
  );
}

// Stages and test files start hundreds of processes that load the same code: V8 compiles it once, for them and for the next run.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules", ".cache", "node");

// A long file that begins last is waited for alone. Vitest knows how long a file takes only where it has run before.
const LONGEST = [
  "test/kills",
  "tools/fleet/test/start",
  "services/notifier/test/process",
  "libs/store/test/migrations",
  "tools/db/test/adoption",
  "libs/store/test/nonsense-sweep",
  "services/outbound/test/process",
  "tools/db/test/commands",
  "libs/store/test/free-time",
  "services/notifier/test/reminders/reminder-process",
  "services/ingest/test/process",
  "test/booking",
  "services/outbound/test/crash",
  "services/brain/test/conversation/adversary",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).sort((a, b) => placeOf(a) - placeOf(b));
  }
}

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
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    // Two cores; a third file works while others wait for a timer or a server.
    maxWorkers: 3,
    // A process for several files, one after another: nothing is mocked and no module keeps what a test did, and to load
    // the code for each file anew was half of the work of the small ones.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // V8 then never optimizes WebAssembly, which pays only for a PGlite that lives longer than a test file's.
    execArgv: ["--liftoff-only"],
    globalSetup: "libs/testing/src/database-template.ts",
  },
});
