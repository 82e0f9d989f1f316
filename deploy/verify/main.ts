// npm run verify:deploy: every check of the deployment in one go, as a table.
import { parseArgs } from "node:util";
import { onStopSignals } from "../../tools/fleet/stop-signals.ts";
import { runChecks } from "./check.ts";
import { allChecks } from "./checks.ts";
import { summaryOf, toTable } from "./table.ts";

const checks = allChecks();
const names = checks.flatMap(({ name, rows = [] }) => [name, ...rows]);

const HELP = `npm run verify:deploy [-- --only <name> ...]

Runs every check of the deployment that this machine can run and prints what was seen. Ends with 1 when one fails.
What it needs beyond npm: kubectl 1.27, promtool and prometheus (Debian package prometheus), docker-compose 2, buildah,
the right to mount (root or user namespaces); whatever is missing is skipped and said. About a quarter of an hour; Ctrl-C stops it.

  --only <name>   this check only; may be given more than once
  --help          this text

Checks:
${checks.map(({ name, about, rows }) => `  ${name.padEnd(16)} ${about}${rows ? `\n${" ".repeat(19)}${rows.join(" ")}` : ""}`).join("\n")}
`;

const say = (text: string) => process.stdout.write(`${text}\n`);
const { values } = readArguments();
if (values.help) {
  say(HELP);
  process.exit(0);
}
const unknown = values.only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no check ${unknown.join(", ")}. --help lists them.\n`);
  process.exit(2);
}

const stopping = new AbortController();
void onStopSignals({
  first() {
    say("Stopping …");
    stopping.abort();
  },
  second: () => undefined,
});
const began = performance.now();
const seconds = () => (performance.now() - began) / 1_000;
const rows = await runChecks(checks, {
  only: values.only,
  signal: stopping.signal,
  note: (text) => say(`${seconds().toFixed(0).padStart(4)} s  ${text}`),
});
say(`\n${toTable(rows)}\n\n${summaryOf(rows, seconds())}`);
process.exit(stopping.signal.aborted ? 130 : rows.some(({ result }) => result === "failed") ? 1 : 0);

function readArguments() {
  try {
    return parseArgs({
      options: {
        only: { type: "string", multiple: true, default: [] as string[] },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(2);
  }
}
