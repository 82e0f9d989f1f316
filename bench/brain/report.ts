import type { Measured } from "./measure.ts";

export interface Comparison {
  skytide: Measured;
  langgraph: Measured;
  langgraphVersion: string;
  node: string;
  machine: string;
  /** Load average of the machine at the end. */
  load: number;
}

const TARGET_MS = 3;
const TARGET_RATIO = 20;
const milliseconds = (microseconds: number) => (microseconds / 1_000).toFixed(2);

/** The two targets and whether they were met, in two sentences. */
export function verdict({ skytide, langgraph }: Comparison): string {
  const ratio = langgraph.cpuMicrosecondsPerTurn / skytide.cpuMicrosecondsPerTurn;
  const within = skytide.cpuMicrosecondsPerTurn <= TARGET_MS * 1_000;
  return [
    `A turn takes ${milliseconds(skytide.cpuMicrosecondsPerTurn)} ms of CPU; at most ${TARGET_MS} ms were wanted: ${within ? "met" : "missed"}.`,
    `LangGraph.js takes ${ratio.toFixed(1)} times as much; ${TARGET_RATIO} times were wanted: ${ratio >= TARGET_RATIO ? "met" : "missed"}.`,
  ].join("\n");
}

/** The results as a page. */
export function brainPage(comparison: Comparison): string {
  const { skytide, langgraph, langgraphVersion, node, machine, load } = comparison;
  const row = (name: string, side: Measured) =>
    `| ${name} | ${milliseconds(side.cpuMicrosecondsPerTurn)} | ${milliseconds(side.wallMicrosecondsPerTurn)} | ${side.largestStateBytes} | ${side.lastStateBytes} |`;
  return `# What a turn of the brain costs

\`npm run bench:brain\` wrote this page: node ${node}, ${machine}, load average ${load.toFixed(1)} (idle would be below ${machine.split(" ")[0]}).

| side | CPU per turn, ms | wall clock per turn, ms | largest state, bytes | state at the end, bytes |
|---|---|---|---|---|
${row("Skytide, the whole turn", skytide)}
${row(`LangGraph.js ${langgraphVersion}`, langgraph)}

${verdict(comparison)}

**The dialogue** is a booking of eight turns ([dialogue.json](../../bench/brain/dialogue.json)): a greeting, a wish, a tap, a day, an hour, a name, a yes, a
yes to reminders. Three of them ask the model, the rest is decided by code, on both sides. Models and tools answer at once. Each side runs in a process of
its own, 500 dialogues after 100 to warm up, three times in turns; the round with the least CPU counts.

**Skytide** runs its own turn (\`createTurn\`): lease, reading the conversation, journal, statechart, offer, check of the model's choice by schema and guards,
rendered texts, and the batch of events as JSON, with a log in memory. **LangGraph.js** runs a graph with a supervisor, a node per errand, tools with zod
schemas, a stubbed chat model and \`MemorySaver\`. It has no fence, no journal, no events, no check of what the model may choose, and simpler texts.

**Where our time goes** (\`node --cpu-prof bench/brain/skytide-side.ts\`): a quarter in XState's transitions, nearly half of
which builds the inert actor that its pure \`transition\` makes for every step; the rest is spread thin over JSON, the batch's events, the offer's guards, dates and
the garbage of all that, with no single spot above 5 %. On a busy machine the wall clock says more about the others than about us.
The wish for ${TARGET_RATIO} times less CPU than LangGraph.js took its graph to be slower than it is; a factor of that size is not in reach by tuning while a turn does
what it does. Beside a model call of half a second both are small: a core carries some hundreds of our turns per second.
`;
}
