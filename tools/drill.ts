// npm run drill:rolling, npm run drill:restore: what an operator fears, played on this machine.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(`The drills need Node 24 or later, this is ${process.versions.node}.`);
  process.exit(1);
}
const [name] = process.argv.slice(2);
if (name === "rolling") await (await import("./drill/run-rolling.ts")).runRolling();
else if (name === "restore") await (await import("./drill/run-restore.ts")).runRestore();
else {
  console.error("Which drill? npm run drill:rolling or npm run drill:restore");
  process.exit(1);
}
