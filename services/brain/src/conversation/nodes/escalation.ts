import { effectInputs } from "../effects.ts";
import { conversation, listen, note, say, sayInClosing } from "../setup.ts";

/** Brings in a person: only when the customer asked for one or accepted one, and told honestly how it went. */
export const escalation = conversation.createStateConfig({
  initial: "offering",
  states: {
    offering: {
      id: "offering",
      tags: ["wait", "yes_or_no"],
      meta: { asked: "Does the customer want to talk to a person of the team?" },
      entry: [note("personProposed"), say("askPerson"), listen],
      on: {
        "agent.accept": { guard: "isYes", target: "raising" },
        "agent.decline": { target: "#supervisor", actions: [note("personDeclined"), say("allRight")] },
        "customer.answered_unseen": { target: "offering", reenter: true, actions: say("notArrived") },
        "customer.asked_back": { target: "offering", reenter: true, actions: say("explained") },
      },
    },
    raising: {
      id: "raising",
      invoke: {
        id: "raise_escalation",
        src: "raise_escalation",
        input: effectInputs.escalation,
        onDone: [
          { guard: "wasOpenAlready", target: "awaitingNotice", actions: [note("escalation"), say("alreadyRaised")] },
          { target: "awaitingNotice", actions: [note("escalation"), say("raised")] },
        ],
        onError: { target: "#supervisor", actions: [note("noEscalation"), say("raiseFailed")] },
      },
    },
    awaitingNotice: {
      id: "awaitingNotice",
      tags: ["wait"],
      meta: { asked: "Nothing is pending: the team is being notified that the customer wants a person." },
      entry: listen,
    },
    pausing: {
      id: "pausing",
      invoke: {
        id: "set_bot",
        src: "set_bot",
        input: effectInputs.botOff,
        onDone: { target: "#human", actions: [note("noEscalation"), sayInClosing("handedOver")] },
        onError: { target: "#supervisor", actions: [note("noEscalation"), sayInClosing("handedOver")] },
      },
    },
  },
});
