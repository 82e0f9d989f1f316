// npm run drill:rolling, npm run drill:restore: what an operator fears, played on this machine.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(`The drills need Node 24 or later, this is ${process.versions.node}.`);
  process.exit(1);
}
const HELP = `npm run drill:rolling    restarts every replica of every stage while customers write (about 80 s)
npm run drill:restore    restores log and database from different instants, in each order

Both take no options, start a fleet of their own, and end with 1 when a message suffered.`;
const [name, ...options] = process.argv.slice(2);
if (options.length > 0) {
  console.log(HELP);
  process.exit(options.includes("--help") ? 0 : 2);
}
if (name === "rolling") await (await import("./drill/run-rolling.ts")).runRolling();
else if (name === "restore") await (await import("./drill/run-restore.ts")).runRestore();
else {
  console.error(HELP);
  process.exit(1);
}
