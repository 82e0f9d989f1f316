import { conversation, listen } from "../setup.ts";

/** Between errands: goes back to what is open where it stands, else waits for what the customer wants. */
export const supervisor = conversation.createStateConfig({
  initial: "routing",
  states: {
    routing: {
      always: [
        { guard: "isQuestionOpen", target: "#knowledge" },
        { guard: "isCancelling", target: "#cancellation" },
        { guard: "isConfirming", target: "#confirmation" },
        { guard: "isMoving", target: "#reschedule" },
        { guard: "isBooking", target: "#appointment" },
        { guard: "isAskingReminders", target: "#askingReminders" },
        { target: "listening" },
      ],
    },
    listening: {
      tags: ["wait"],
      meta: { asked: "Nothing is pending: how can we help?" },
      entry: listen,
    },
  },
});
