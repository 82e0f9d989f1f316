// npm run db:migrate, db:reset, db:types, db:psql: the database by hand.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `The database commands need Node 24 or later, this is ${process.versions.node}. Run them with npm run db:…, which brings its own on Linux x64.`,
  );
  process.exit(1);
}
// Loaded after the check: older versions cannot even read it.
const { runDb } = await import("./db/run-db.ts");
process.exitCode = await runDb(process.argv.slice(2), (line) => console.log(line));
