import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where the dump of a freshly migrated database is kept: its name changes with every migration. */
export async function templatePath(supabaseFolder: string): Promise<string> {
  const hash = createHash("sha256");
  // Names the version of PGlite that made the dump.
  hash.update(await readFile(new URL("../../package.json", import.meta.url)));
  hash.update(await readFile(join(supabaseFolder, "bootstrap.sql")));
  const folder = join(supabaseFolder, "migrations");
  for (const file of (await readdir(folder)).sort()) hash.update(file).update(await readFile(join(folder, file)));
  const name = `database-${hash.digest("hex").slice(0, 16)}.tar.gz`;
  return join(dirname(supabaseFolder), "node_modules", ".cache", "skytide", name);
}

/** The dump, or null where there is none yet. */
export async function readTemplate(path: string): Promise<Blob | null> {
  try {
    return new Blob([await readFile(path)], { type: "application/x-gzip" });
  } catch {
    return null;
  }
}

/** Keeps a dump for the next start and drops those of older migrations. */
export async function writeTemplate(path: string, dump: Blob): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, Buffer.from(await dump.arrayBuffer()));
  await rename(temporary, path);
  for (const file of await readdir(dirname(path))) {
    const other = join(dirname(path), file);
    if (/^database-[0-9a-f]{16}\.tar\.gz$/.test(file) && other !== path) await rm(other, { force: true });
  }
}
