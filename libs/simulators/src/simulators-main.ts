import { startSimulators } from "./start-simulators.ts";

await startSimulators({});
