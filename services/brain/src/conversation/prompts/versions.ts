/** The prompt behind each kind of model call, with a version that is raised with every change of its words; traces carry it. */
export const PROMPT_VERSIONS = { decide: "decide-3", phrase: "answer-2", embed: "embed" } as const;
