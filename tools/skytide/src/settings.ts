import { stageSettings, storeSettings as storeFields } from "@skytide/stage";
import { z } from "zod";

const { NATS_URL, NATS_USER, NATS_PASSWORD, NATS_CREDS, NATS_NKEY_SEED } = stageSettings;

/** How the log is reached. */
export const natsSettings = z.object({ NATS_URL, NATS_USER, NATS_PASSWORD, NATS_CREDS, NATS_NKEY_SEED });
/** How the database is reached. */
export const storeSettings = z.object(storeFields);
