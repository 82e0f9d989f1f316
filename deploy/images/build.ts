import { STAGES } from "@skytide/events";
import { ROOT } from "./root.ts";
import { run } from "./run.ts";

/** Every image of the fleet and what of the Dockerfile it is. */
export const IMAGES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(STAGES.map((stage) => [stage, ["--build-arg", `SERVICE=${stage}`]])),
  tools: ["--target", "tools"],
  simulators: ["--target", "simulators"],
};

/** The name under which an image is built here; not the one of docker-compose.yml, so that nobody's image is replaced. */
export function tagOf(name: string): string {
  return `localhost/skytide-verify/${name}:latest`;
}

/** Builds an image from the unmodified Dockerfile without a daemon; gives its bytes. */
export async function buildImage(name: string): Promise<number> {
  const args = IMAGES[name] ?? [];
  await run("buildah", ["build", "--layers", "--isolation", "chroot", ...args, "--tag", tagOf(name), "."], ROOT);
  const listed = JSON.parse(await run("buildah", ["images", "--json", tagOf(name)])) as { size: string }[];
  return toBytes(listed[0]?.size ?? "0 B");
}

function toBytes(size: string): number {
  const [, number = "0", unit = "B"] = /^([\d.]+) ?(\w+)$/.exec(size) ?? [];
  return Math.round(Number(number) * ({ B: 1, KB: 1e3, MB: 1e6, GB: 1e9 }[unit.toUpperCase()] ?? 1));
}
