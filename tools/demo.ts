// npm run demo: one booking through the whole fleet, in a temporary folder.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `npm run demo needs Node 24 or later, this is ${process.versions.node}. On Linux x64 "npm ci" brings it along; elsewhere install Node 24.`,
  );
  process.exit(1);
}
// Loaded after the check: older versions cannot even read it.
const { runDemo } = await import("./fleet/run-demo.ts");
await runDemo();
