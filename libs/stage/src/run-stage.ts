import type { z } from "zod";
import type { StageOptions } from "./stage-types.ts";

/** The whole of a stage's main.ts. */
export async function runStage<Schema extends z.ZodObject>(_options: StageOptions<Schema>): Promise<never> {
  throw new Error("not built yet");
}
