/** The organizations of the demo's seed, and their apps at the Gupshup simulator. */
export const AURORA = { organizationId: "a0000000-0000-4000-8000-000000000001", app: "AuroraDemo" };
export const BRISA = { organizationId: "b0000000-0000-4000-8000-000000000002", app: "BrisaDemo" };
