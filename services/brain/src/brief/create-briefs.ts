import { RetryableError } from "@skytide/errors";
import type { LanguageModel, ModelOperation, Usage } from "@skytide/models";
import type { TurnFacts } from "@skytide/store";
import type { Logger } from "@skytide/telemetry";
import type { PromptLibrary } from "../conversation/index.ts";
import type { SpendMeter } from "./spend-meter.ts";
import { type Treatment, treatmentOf } from "./treatment.ts";
import type { TurnBrief } from "./turn-brief.ts";
import { createTurnContents } from "./turn-contents.ts";

interface Deps {
  model: LanguageModel;
  prompts: PromptLibrary;
  /** The fleet's model, for those who chose none, and where the chosen one cannot be had. */
  defaultModel: string;
  spend: Pick<SpendMeter, "add" | "isExhausted" | "settled">;
  log: Logger;
  now(): Date;
}

interface Conversation {
  organizationId: string;
  chat: string;
}

type CreateBrief = (conversation: Conversation, facts: TurnFacts) => TurnBrief;

/** Makes the brief of each turn from its organization's settings. */
export function createBriefs(deps: Deps): CreateBrief {
  return ({ organizationId, chat }, { organization, spentTodayUsd }) => {
    const { settings } = organization;
    const treatment = treatmentOf(settings, chat);
    const found = treatment.prompt === null ? deps.prompts.newest : deps.prompts.find(treatment.prompt);
    // A deployment half done: the other half has it.
    if (found === null) deps.log.warn("prompt-unknown", { org: organizationId, setting: "prompt_version" });
    const prompts = found ?? deps.prompts.newest;
    const contents = settings.traceContent ? createTurnContents() : null;
    const model = modelFor(deps, { organizationId, chat }, { treatment, prompt: prompts.version, contents });
    return {
      treatment: { ...treatment, prompt: prompts.version, model: treatment.model ?? deps.defaultModel },
      model,
      prompts,
      business: {
        name: organization.name,
        agentName: organization.agentName,
        tone: organization.tone,
        instructions: organization.instructions,
        languages: settings.agentLanguages,
        policies: settings.agentPolicies,
      },
      exhausted: deps.spend.isExhausted(organizationId, { ceilingUsd: settings.dailySpendUsd, spentTodayUsd }),
      contents,
      spent: ({ operation, ...usage }) => deps.spend.add({ organizationId, chat }, operation, usage),
      settled: () => deps.spend.settled(organizationId),
    };
  };
}

interface Way {
  treatment: Treatment;
  prompt: string;
  contents: TurnBrief["contents"];
}

/** The codes of a model that an organization chose and cannot have; the fleet's model answers instead. */
const CANNOT_BE_HAD = new Set(["openai-model-unknown", "openai-circuit-open"]);

/** The organization's model: every call is told its name, noted with its time and prompt, and counted. */
function modelFor(deps: Deps, conversation: Conversation, { treatment, prompt, contents }: Way): LanguageModel {
  const { organizationId } = conversation;

  async function timed<Request extends { model?: string }, Result extends { usage: Usage }>(
    operation: ModelOperation,
    ask: (request: Request) => Promise<Result>,
    request: Request,
  ): Promise<Result> {
    const startedAt = deps.now();
    const result = await withFallback(ask, request);
    const durationMs = deps.now().getTime() - startedAt.getTime();
    deps.spend.add(conversation, operation, result.usage);
    contents?.note(startedAt, request, result);
    return { ...result, usage: { ...result.usage, prompt, startedAt: startedAt.toISOString(), durationMs } };
  }

  async function withFallback<Request extends { model?: string }, Result>(
    ask: (request: Request) => Promise<Result>,
    request: Request,
  ): Promise<Result> {
    const { model: chosen } = treatment;
    if (chosen === null || chosen === deps.defaultModel) return ask(request);
    try {
      return await ask({ ...request, model: chosen });
    } catch (error) {
      if (!(error instanceof RetryableError && CANNOT_BE_HAD.has(error.code))) throw error;
      deps.log.warn("model-not-had", { org: organizationId, code: error.code, setting: "chat_model" });
      return ask(request);
    }
  }

  return {
    choose: (request) => timed("decide", (given) => deps.model.choose(given), request),
    write: (request) => timed("phrase", (given) => deps.model.write(given), request),
  };
}
