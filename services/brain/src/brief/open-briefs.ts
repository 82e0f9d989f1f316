import type { LanguageModel } from "@skytide/models";
import type { StageContext } from "@skytide/stage";
import type { Store } from "@skytide/store";
import { prompts } from "../conversation/index.ts";
import { createBriefs } from "./create-briefs.ts";
import { createSpendMeter } from "./spend-meter.ts";
import { createSpendMetrics } from "./spend-metrics.ts";
import { tellCeilingIn } from "./tell-ceiling.ts";

interface Deps {
  store: Pick<Store, "recordUsage">;
  model: LanguageModel;
  defaultModel: string;
}

/** The briefs of this process's turns, and the meter behind them, which is closed with the stage. */
export function openBriefs(
  { bus, clock, log, metrics, stack }: Pick<StageContext<unknown>, "bus" | "clock" | "log" | "metrics" | "stack">,
  { store, model, defaultModel }: Deps,
) {
  const tell = tellCeilingIn(bus, clock);
  const spend = createSpendMeter({
    ...{ record: store.recordUsage, tell, metrics: createSpendMetrics(metrics) },
    ...{ log, now: clock },
  });
  stack.defer(() => spend.close());
  return { brief: createBriefs({ model, prompts, defaultModel, spend, log, now: clock }), spend };
}
