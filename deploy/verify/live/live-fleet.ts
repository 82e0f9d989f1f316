import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPhone, type Phone } from "../../../test/phone.ts";
import { type Fleet, startFleet } from "../../../tools/fleet/fleet.ts";
import { freePort } from "../../../tools/fleet/ports.ts";

/** More than the streams may ever hold: JetStream reserves their limits when it starts. Nothing of it is memory until written. */
const ROOMY = "32g";

/** The fleet under observation, with a disk of its own for the log where that can be had. */
export interface LiveFleet {
  fleet: Fleet;
  folder: string;
  /** Admin addresses by the job names of Prometheus. */
  targets: Record<string, string[]>;
  /** Undefined where this process must not mount anything. */
  disk: { fill(): void; free(): void } | undefined;
  phone(app: string, number: string): Phone;
  /** Switches faults of a simulator on; an empty list switches them off. */
  faults(simulator: "gupshup" | "openai" | "gemini", faults: readonly object[]): Promise<void>;
  freePort(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a fleet in a new folder. `mayMount`: the folder of JetStream becomes a tmpfs that can be full. */
export async function startLiveFleet(options: {
  mayMount: boolean;
  signal: AbortSignal;
  note(text: string): void;
}): Promise<LiveFleet> {
  const folder = await mkdtemp(join(tmpdir(), "skytide-verify-"));
  const natsFolder = join(folder, "fleet", "nats");
  if (options.mayMount) {
    mkdirSync(natsFolder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${ROOMY}`, "skytide-verify", natsFolder]);
  }
  const clear = async () => {
    if (options.mayMount) execFileSync("umount", ["--lazy", natsFolder]);
    await rm(folder, { recursive: true, force: true });
  };
  const { PATH = "", HOME = "" } = process.env;
  try {
    const fleet = await startFleet({
      dataDir: join(folder, "fleet"),
      ports: "free",
      // Only this: what the shell happens to have is none of the check's.
      env: { PATH, HOME, DEBOUNCE_MS: "400", DEBOUNCE_MAX_MS: "3000" },
      signal: options.signal,
      onProgress: ({ part, state }) => state === "ready" && options.note(`${part} is ready`),
    });
    return {
      ...{ fleet, folder, targets: jobsOf(fleet), freePort },
      disk: options.mayMount ? diskAt(natsFolder) : undefined,
      phone: (app, number) => openPhone(fleet.urls.simulators, app, number),
      async faults(simulator, faults) {
        await fetch(`${fleet.urls.simulators}/simulator/${simulator}/faults`, {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ faults }),
        }).then(mustBeOk);
      },
      async stop() {
        await fleet.stop();
        await clear();
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}

function jobsOf(fleet: Fleet): Record<string, string[]> {
  return Object.fromEntries(Object.entries(fleet.urls.admin).map(([name, url]) => [`skytide-${name}`, [url]]));
}

/** The limit of a tmpfs can be moved while it is in use: at what is written already it is a full disk. */
function diskAt(folder: string): LiveFleet["disk"] {
  const resize = (size: string) => execFileSync("mount", ["-o", `remount,size=${size}`, folder]);
  return {
    fill() {
      const [, used = "0"] = execFileSync("df", ["--output=used", "--block-size=1024", folder], { encoding: "utf8" })
        .trim()
        .split("\n");
      resize(`${used.trim()}k`);
    },
    free: () => void resize(ROOMY),
  };
}

async function mustBeOk(response: Response): Promise<void> {
  if (!response.ok) throw new Error(`the simulator answered ${response.status}: ${await response.text()}`);
}
