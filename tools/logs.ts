// logs.sh: what the fleet does, one readable line per happening, until Ctrl-C.
import { runLogs } from "./logs/run-logs.ts";

// `./logs.sh all | head`: a reader that has seen enough is no error.
process.stdout.on("error", () => process.exit(0));
process.exitCode = await runLogs(process.argv.slice(2), {
  env: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
  color: process.stdout.isTTY === true && !process.env.NO_COLOR,
});
