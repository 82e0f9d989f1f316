export { connectCoordination } from "./connect.ts";
export type {
  Coordination,
  CoordinationOptions,
  Journal,
  JournalEntry,
  Journals,
  Lease,
  Leases,
  Limits,
  Rate,
} from "./types.ts";
