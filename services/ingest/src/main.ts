import { runStage } from "@skytide/stage";
import { configSchema } from "./config.ts";
import { start } from "./start.ts";

await runStage({ stage: "ingest", schema: configSchema, start });
