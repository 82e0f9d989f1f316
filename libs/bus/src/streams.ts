/** The four streams of the log. */
export const STREAM_NAMES = ["CONVERSATIONS", "TIMERS", "DEADLETTERS", "OPERATIONS"] as const;
