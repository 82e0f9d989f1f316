// npm run knowledge:embed: vectors for what organizations wrote about themselves.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `npm run knowledge:embed needs Node 24 or later, this is ${process.versions.node}. On Linux x64 "npm ci" brings it along; elsewhere install Node 24.`,
  );
  process.exit(1);
}
// Loaded after the check: older versions cannot even read it.
const { runEmbed } = await import("./knowledge/run-embed.ts");
process.exitCode = await runEmbed(process.argv.slice(2), (line) => console.log(line));
