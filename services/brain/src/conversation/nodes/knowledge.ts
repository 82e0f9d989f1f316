import { effectInputs } from "../effects.ts";
import { conversation, note, say } from "../setup.ts";

/** Answers a question from what the search found, then goes on where the conversation stood. */
export const knowledge = conversation.createStateConfig({
  id: "knowledge",
  initial: "searching",
  exit: note("noQuestion"),
  states: {
    searching: {
      invoke: {
        id: "search_knowledge",
        src: "search_knowledge",
        input: effectInputs.search,
        onDone: { target: "phrasing", actions: note("passages") },
        onError: { target: "#offering", actions: [say("knowledgeFailed"), note("toolFailed")] },
      },
    },
    phrasing: {
      invoke: {
        id: "phrase_answer",
        src: "phrase_answer",
        input: effectInputs.phrasing,
        onDone: [
          { guard: "isAnswered", target: "#supervisor", actions: say("answer") },
          { target: "#offering", actions: [say("nothingFound"), note("personNeeded")] },
        ],
        onError: { target: "#offering", actions: [say("knowledgeFailed"), note("toolFailed")] },
      },
    },
  },
});
