// npm start: the whole fleet on this machine, until Ctrl-C.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `npm start needs Node 24 or later, this is ${process.versions.node}. On Linux x64 "npm ci" brings it along; elsewhere install Node 24.`,
  );
  process.exit(1);
}
// Loaded after the check: older versions cannot even read it.
const { runStart } = await import("./fleet/run-start.ts");
await runStart();
