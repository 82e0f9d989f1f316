import type { Dashboard } from "./dashboard-types.ts";
import { fleet } from "./panels/fleet.ts";
import { llm } from "./panels/llm.ts";
import { nats } from "./panels/nats.ts";
import { outbound } from "./panels/outbound.ts";
import { stage } from "./panels/stage.ts";

/** Every dashboard, in the order in which a night begins. */
export const DASHBOARDS: readonly Dashboard[] = [fleet, stage, llm, outbound, nats];
