#!/usr/bin/env node
// skytide: the operators' command line.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `skytide needs Node 24 or later, this is ${process.versions.node}. "npx skytide" brings its own on Linux x64.`,
  );
  process.exit(1);
}
// Loaded after the check: older versions cannot even read it.
const { runCli } = await import("./run-cli.ts");
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    stopping.abort();
    // A second one ends it whatever it is doing.
    process.once(signal, () => process.exit(130));
  });
}
// `skytide tail | head`: a reader that has seen enough is no error.
process.stdout.on("error", () => process.exit(0));
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  signal: stopping.signal,
  print: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
});
