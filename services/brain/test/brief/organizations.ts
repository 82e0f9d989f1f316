import type { LanguageModel } from "@skytide/models";
import type { OrganizationSettings, TurnFacts } from "@skytide/store";
import { createLogger } from "@skytide/telemetry";

/** A logger that says nothing. */
export const quiet = createLogger({ service: "test", stage: "brain", version: "0", level: "silent" });

/** What `begin_turn` says of an organization with these settings; a brief needs no more of a turn's facts. */
export function factsWith(settings: Partial<OrganizationSettings> = {}, spentTodayUsd = 0): TurnFacts {
  const organization = {
    name: "Aurora Estética",
    agentName: "Aura",
    tone: "cercano y\nbreve",
    instructions: null,
    settings: {
      agentLanguages: ["es", "en"],
      agentPolicies: null,
      chatModel: null,
      promptVersion: null,
      rollout: null,
      draftMode: false,
      dailySpendUsd: null,
      traceContent: false,
      ...settings,
    },
  };
  return { organization, spentTodayUsd } as unknown as TurnFacts;
}

export const request = {
  system: "s",
  history: [],
  context: "c",
  tools: [],
  allowed: [],
  signal: new AbortController().signal,
};

/** A model that answers every question and remembers which model was asked. */
export function modelThat(answer: (model: string | undefined) => void = () => {}) {
  const asked: (string | undefined)[] = [];
  const take = (model: string | undefined) => {
    asked.push(model);
    answer(model);
    return { model: model ?? "fleet", inputTokens: 10, cachedInputTokens: 4, outputTokens: 2, costUsd: 0.25 };
  };
  const model: LanguageModel = {
    choose: async ({ model: name }) => ({ kind: "chosen", tool: "greet", arguments: {}, usage: take(name) }),
    write: async ({ model: name }) => ({ kind: "text", text: "Hola", usage: take(name) }),
  };
  return { model, asked };
}
