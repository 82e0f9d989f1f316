// The other side of npm run bench:brain: one graph for all conversations, a thread per dialogue.
import dialogue from "../brain/dialogue.json" with { type: "json" };
import { measureDialogues } from "../brain/measure.ts";
import { createGraph, StubbedModel } from "./graph.js";

const { graph, checkpointer, human } = createGraph(new StubbedModel(dialogue));
let threads = 0;

async function play() {
  threads += 1;
  const thread = `conversation-${threads}`;
  const config = { configurable: { thread_id: thread } };
  const bytes = [];
  let last = "";
  for (const { says, taps } of dialogue) {
    const state = await graph.invoke(human(says ?? taps), config);
    last = String(state.messages.at(-1)?.content);
    bytes.push(latestBytes(thread));
  }
  if (!last.includes("recordatorios")) throw new Error(`The dialogue did not end as it should: ${last}`);
  // Nobody keeps checkpoints of a conversation that is over; a growing heap would be counted as the graph's work.
  await checkpointer.deleteThread(thread);
  return bytes;
}

/** The newest checkpoint, as the checkpointer keeps it. */
function latestBytes(thread) {
  const checkpoints = Object.entries(checkpointer.storage[thread][""]);
  const [, [checkpoint]] = checkpoints.sort(([one], [other]) => one.localeCompare(other)).at(-1);
  return checkpoint.length;
}

console.log(JSON.stringify(await measureDialogues(play, Number(process.argv[2] ?? 500))));
