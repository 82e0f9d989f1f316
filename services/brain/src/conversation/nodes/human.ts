import { conversation, note, sayInClosing } from "../setup.ts";

/** A person has the conversation: nothing is answered until the bot is switched on again. */
export const human = conversation.createStateConfig({
  id: "human",
  tags: ["wait"],
  entry: note("silence"),
  on: {
    "turn.began": [{ guard: "botIsOn", target: "#talking", actions: note("facts") }, { actions: note("facts") }],
    "escalation.unanswered": { actions: sayInClosing("stillWaiting") },
    "bot.resumed": { guard: "botIsOn", target: "#talking" },
  },
});
