import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HttpProblem } from "./http.ts";

interface StoredFile {
  bytes: Buffer;
  mimeType: string;
}

/** The part of Supabase Storage that the stages use, on a folder: one private bucket. */
export interface FileStorage {
  write(path: string, file: StoredFile, upsert: boolean): Promise<void>;
  read(path: string): Promise<StoredFile>;
  /** The names of the files in a folder, in order. */
  list(folder: string, page: { limit: number; offset: number }): Promise<string[]>;
  /** Removes what is there and says which. */
  remove(paths: readonly string[]): Promise<string[]>;
}

const BUCKET = "chat-media";
const segment = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,150}$/;

function notFound(): HttpProblem {
  return new HttpProblem(404, "NoSuchKey", "Object not found");
}

/** Opens the folder of stored files. A path is `<bucket>/<segments>`; anything that could leave the folder is refused. */
export function createFileStorage(folder: string): FileStorage {
  const locate = (path: string): string => {
    const [bucket, ...segments] = path.split("/");
    if (bucket !== BUCKET) throw new HttpProblem(404, "NoSuchBucket", "Bucket not found");
    if (segments.length === 0 || !segments.every((part) => segment.test(part)))
      throw new HttpProblem(400, "InvalidKey", "Invalid key");
    return join(folder, BUCKET, ...segments);
  };
  return {
    async write(path, { bytes, mimeType }, upsert) {
      const target = locate(path);
      if (!upsert && (await readOrNull(target)) !== null)
        throw new HttpProblem(409, "KeyAlreadyExists", "The resource already exists");
      await mkdir(dirname(target), { recursive: true });
      await writeFile(`${target}.type`, mimeType);
      const temporary = `${target}.${randomUUID()}`;
      await writeFile(temporary, bytes);
      await rename(temporary, target);
    },
    async read(path) {
      const target = locate(path);
      const bytes = await readOrNull(target);
      if (bytes === null) throw notFound();
      const type = await readOrNull(`${target}.type`);
      return { bytes, mimeType: type?.toString("utf8") ?? "application/octet-stream" };
    },
    async list(path, { limit, offset }) {
      const entries = await readdir(locate(path), { withFileTypes: true }).catch(nothingThere);
      const names = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".type")).map(({ name }) => name);
      return names.sort().slice(offset, offset + limit);
    },
    async remove(paths) {
      const removed: string[] = [];
      for (const path of paths) {
        const target = locate(path);
        if ((await readOrNull(target)) === null) continue;
        await rm(target, { force: true });
        await rm(`${target}.type`, { force: true });
        removed.push(path);
      }
      return removed;
    },
  };
}

function nothingThere(error: NodeJS.ErrnoException): never[] {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
  throw error;
}

async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "EISDIR") return null;
    throw error;
  }
}
