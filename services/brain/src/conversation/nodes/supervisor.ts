import { conversation, listen } from "../setup.ts";

/** Between errands: goes back to an open booking where it stands, else waits for what the customer wants. */
export const supervisor = conversation.createStateConfig({
  initial: "routing",
  states: {
    routing: {
      always: [{ guard: "isBooking", target: "#appointment" }, { target: "listening" }],
    },
    listening: {
      tags: ["wait"],
      meta: { asked: "Nothing is pending: how can we help?" },
      entry: listen,
    },
  },
});
