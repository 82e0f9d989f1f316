// The live part of verify:deploy, in a process (and where possible a namespace) of its own; writes one JSON object per line.
import { parseArgs } from "node:util";
import { onStopSignals } from "../../../tools/fleet/stop-signals.ts";
import { runLive } from "./run-live.ts";

const { values } = parseArgs({
  options: { "may-mount": { type: "boolean", default: false }, only: { type: "string", multiple: true, default: [] } },
});
const stopping = new AbortController();
void onStopSignals({ first: () => stopping.abort(), second: () => undefined });
// Whoever started us is gone, however it ended.
process.stdin.on("end", () => stopping.abort()).resume();
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
try {
  await runLive({
    mayMount: values["may-mount"],
    only: values.only,
    signal: stopping.signal,
    note: (note) => say({ note }),
    row: (row) => say({ row }),
  });
} catch (error) {
  if (!stopping.signal.aborted) throw error;
}
process.exit(stopping.signal.aborted ? 130 : 0);
