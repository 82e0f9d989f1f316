const aurora = "a0000000-0000-4000-8000-000000000001";
const brisa = "b0000000-0000-4000-8000-000000000002";

/** The fixed ids of `supabase/seed.sql`. */
export const demo = {
  aurora: {
    organizationId: aurora,
    app: "AuroraDemo",
    appId: "a0000000-0000-4000-8000-00000000a991",
    businessNumber: "573000000001",
    phoneNumberId: "100000000000001",
    apiKey: "demo-key-aurora",
    webhookSecret: "demo-secret-aurora",
    services: {
      facial: "a0000000-0000-4000-8000-000000000101",
      laser: "a0000000-0000-4000-8000-000000000102",
      massage: "a0000000-0000-4000-8000-000000000103",
      /** Requires the assessment first. */
      botulinum: "a0000000-0000-4000-8000-000000000104",
      assessment: "a0000000-0000-4000-8000-000000000105",
      /** Not bookable. */
      surgery: "a0000000-0000-4000-8000-000000000106",
    },
    members: {
      valentina: "a0000000-0000-4000-8000-000000000201",
      camila: "a0000000-0000-4000-8000-000000000202",
      andres: "a0000000-0000-4000-8000-000000000203",
    },
    carlosContactId: "a0000000-0000-4000-8000-000000000301",
  },
  brisa: {
    organizationId: brisa,
    app: "BrisaDemo",
    appId: "b0000000-0000-4000-8000-00000000a992",
    businessNumber: "573000000002",
    phoneNumberId: "100000000000002",
    apiKey: "demo-key-brisa",
    webhookSecret: "demo-secret-brisa",
    services: {
      cleaning: "b0000000-0000-4000-8000-000000000101",
      assessment: "b0000000-0000-4000-8000-000000000102",
    },
    members: {
      lucia: "b0000000-0000-4000-8000-000000000201",
      tomas: "b0000000-0000-4000-8000-000000000202",
    },
  },
  /** Laura is known nowhere, Carlos is a contact of Aurora with an appointment and an opt-in. */
  customers: { laura: "573001110001", carlos: "573001110002", marta: "573001110003", diego: "573001110004" },
} as const;
