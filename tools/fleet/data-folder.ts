import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type FolderLock, lockFolder } from "@skytide/embedded";
import { FleetError } from "./fleet-error.ts";

/** The folder in which a fleet keeps everything. */
export interface DataFolder {
  path(...parts: string[]): string;
  logFile(part: string): string;
  release(): Promise<void>;
}

/** Reserves the folder for this process and puts the logs of the run before aside. Throws FleetError when another fleet runs on it. */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const root = resolve(folder);
  let lock: FolderLock;
  try {
    lock = await lockFolder(root);
  } catch (error) {
    throw new FleetError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const logs = join(root, "logs");
  if (existsSync(logs)) {
    rmSync(`${logs}.previous`, { recursive: true, force: true });
    renameSync(logs, `${logs}.previous`);
  }
  mkdirSync(logs);
  return {
    path: (...parts) => join(root, ...parts),
    logFile: (part) => join(logs, `${part}.log`),
    release: () => lock.release(),
  };
}

/** A fleet's own secret keys: what stands for customers in the log, and what signs buttons. */
type KeyFile = "chat-hash-keys" | "button-signing-keys";

/** Keys of the fleet in this folder: made once, because whoever knows them could tell customers, or forge buttons. */
export function keysIn(folder: DataFolder, file: KeyFile): string {
  const path = folder.path(file);
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  const keys = `v1:${randomBytes(24).toString("base64url")}`;
  writeFileSync(path, `${keys}\n`, { mode: 0o600 });
  return keys;
}
