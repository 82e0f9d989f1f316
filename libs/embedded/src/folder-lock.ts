import { readFileSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A process, told from a later one that got the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** When that process started, as the kernel counts it; tells a reused pid from the owner. */
  startedAt: string | null;
}

export interface FolderLock {
  /** Hands the lock to the child process that works on the folder, so that it outlives a crash of ours. */
  handTo(pid: number): Promise<void>;
  release(): Promise<void>;
}

const TAKEOVER_STALE_MS = 5_000;

/** Reserves a data folder for one process. A dead owner's lock is taken over, a live one's never: that throws. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "owner.lock");
  const mine = identityOf(process.pid);
  if (!(await createExclusively(path, mine))) await takeOver(folder, path, mine);
  let held = mine;
  return {
    async handTo(pid) {
      held = identityOf(pid);
      await writeAtomically(path, held);
    },
    async release() {
      if (isSame(await readOwner(path), held)) await rm(path, { force: true });
    },
  };
}

async function takeOver(folder: string, path: string, mine: ProcessIdentity): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await createExclusively(guard, mine))) {
    const age = await stat(guard).then(
      (found) => Date.now() - found.mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (age > TAKEOVER_STALE_MS) await rm(guard, { force: true });
    throw new Error(`Another start is just taking over the data folder ${folder}. Try again in a moment.`);
  }
  try {
    const owner = await readOwner(path);
    if (owner && isAlive(owner)) {
      throw new Error(
        `The data folder ${folder} is in use by process ${owner.pid}. Stop that one first, or use another folder.`,
      );
    }
    await writeAtomically(path, mine);
  } finally {
    await rm(guard, { force: true });
  }
}

/** True while that very process runs. */
export function isAlive(owner: ProcessIdentity): boolean {
  const found = processOf(owner.pid);
  if (found) return found.running && (owner.startedAt === null || owner.startedAt === found.startedAt);
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** The identity of a process that runs now. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedAt: processOf(pid)?.startedAt ?? null };
}

/** What /proc knows of a process; null where it is gone or there is no /proc. A zombie does not run any more. */
function processOf(pid: number): { running: boolean; startedAt: string | null } | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Fields from the third on: the second is the name, in parentheses.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return { running: !["Z", "X"].includes(fields[0] ?? ""), startedAt: fields[19] ?? null };
  } catch {
    return null;
  }
}

async function createExclusively(path: string, owner: ProcessIdentity): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(JSON.stringify(owner));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function writeAtomically(path: string, owner: ProcessIdentity): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(owner));
  await rename(temporary, path);
}

async function readOwner(path: string): Promise<ProcessIdentity | null> {
  try {
    const found: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof found !== "object" || found === null || !("pid" in found) || typeof found.pid !== "number") return null;
    const startedAt = "startedAt" in found && typeof found.startedAt === "string" ? found.startedAt : null;
    return { pid: found.pid, startedAt };
  } catch {
    return null;
  }
}

function isSame(found: ProcessIdentity | null, held: ProcessIdentity): boolean {
  return found !== null && found.pid === held.pid && found.startedAt === held.startedAt;
}
