import type { LanguageModel } from "@skytide/models";
import type { StageContext } from "@skytide/stage";
import type { Store } from "@skytide/store";
import { prompts } from "../conversation/index.ts";
import { createBriefs } from "./create-briefs.ts";
import { createSpendMeter } from "./spend-meter.ts";
import { createSpendMetrics } from "./spend-metrics.ts";
import { tellCeilingIn } from "./tell-ceiling.ts";

interface Deps {
  store: Pick<Store, "recordSpend">;
  model: LanguageModel;
  defaultModel: string;
}

/** The briefs of this process's turns, with a meter that is closed with the stage. */
export function openBriefs(
  { bus, clock, log, metrics, stack }: Pick<StageContext<unknown>, "bus" | "clock" | "log" | "metrics" | "stack">,
  { store, model, defaultModel }: Deps,
) {
  const tell = tellCeilingIn(bus, clock);
  const spend = createSpendMeter({ record: store.recordSpend, tell, metrics: createSpendMetrics(metrics), log });
  stack.defer(() => spend.close());
  return createBriefs({ model, prompts, defaultModel, spend, log, now: clock });
}
