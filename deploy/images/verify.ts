// node deploy/images/verify.ts: builds every image without a daemon, looks inside, and runs the fleet from them.
import { ensureBase } from "./base-image.ts";
import { buildImage, IMAGES } from "./build.ts";
import { checkFleet } from "./check-fleet.ts";
import { endAll, type MountedImage, mountImage } from "./container.ts";
import { lookInside } from "./contents.ts";
import { createReport, type Report } from "./report.ts";
import { has } from "./run.ts";

/** Why images cannot be built and run here; null when they can. */
async function whyNot(): Promise<string | null> {
  if (process.getuid?.() !== 0) return "only root mounts images";
  const missing = [];
  for (const command of ["buildah", "runc"]) if (!(await has(command))) missing.push(command);
  return missing.length === 0 ? null : `there is no ${missing.join(" and no ")} (Debian: apt-get install buildah runc)`;
}

async function verify(report: Report): Promise<void> {
  await report.row("base image", async () => ({ seen: await ensureBase() }));
  await using stack = new AsyncDisposableStack();
  const images = new Map<string, MountedImage>();
  for (const name of Object.keys(IMAGES)) {
    await report.row(`image ${name}`, async () => {
      const bytes = await buildImage(name);
      const image = await mountImage(name);
      stack.defer(() => image.unmount());
      images.set(name, image);
      const { packages, megabytes, wrong } = lookInside(image.root);
      if (wrong.length > 0) throw new Error(`holds what it must not: ${wrong.slice(0, 10).join(", ")}`);
      return {
        seen: `${Math.round(bytes / 1e6)} MB, of it ours ${megabytes} MB with ${packages} packages; no tests, no tools of development, no secret`,
      };
    });
  }
  await checkFleet(images, report);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endAll();
    process.exit(130);
  });
}
const report = createReport((line) => process.stdout.write(`${line}\n`));
const reason = await whyNot();
if (reason !== null) report.skip("images", reason);
else
  await verify(report).catch((error: unknown) => {
    if (!report.lines.some(({ result }) => result === "failed")) throw error;
    process.exitCode = 1;
  });
