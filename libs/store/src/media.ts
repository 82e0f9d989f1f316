import { PermanentError, RetryableError } from "@skytide/errors";
import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import type { Platform } from "./connections.ts";
import type { Rpc } from "./rpc.ts";

const bucket = "chat-media";
/** Names per page of a folder. */
const LISTED = 100;

export interface Media {
  /** The identity under which a customer's files are stored; made where there is none. */
  beginMedia(of: {
    organizationId: string;
    chat: string;
    platform: Platform;
    platformUserId: string;
  }): Promise<{ chatIdentityId: string }>;
  /** Stores a file at `<organization>/<chat identity>/<name>.<ext>`; the same path again replaces it. */
  uploadMedia(file: { path: string; bytes: Uint8Array; mimeType: string }): Promise<{ path: string }>;
  /** Deletes every file of a customer, and says how many there were. */
  removeMediaOf(of: { organizationId: string; chatIdentityId: string }): Promise<number>;
  /** Deletes files; ones that are not there are no error. */
  removeMedia(paths: readonly string[]): Promise<void>;
}

function toStorageError(error: { message: string; status?: unknown }): RetryableError | PermanentError {
  const status = typeof error.status === "number" ? error.status : 0;
  const message = `The file storage answered with status ${status}.`;
  return status === 0 || status === 401 || status === 403 || status === 429 || status >= 500
    ? new RetryableError(`storage-${status}`, message)
    : new PermanentError(`storage-${status}`, message);
}

/** The functions about files. */
export function createMedia(rpc: Rpc, client: SupabaseClient): Media {
  return {
    beginMedia: ({ organizationId, chat, platform, platformUserId }) =>
      rpc.call(
        "begin_media",
        {
          p_organization_id: organizationId,
          p_chat: chat,
          p_platform: platform,
          p_platform_user_id: platformUserId,
        },
        z.object({ chatIdentityId: z.uuid() }),
      ),
    async uploadMedia({ path, bytes, mimeType }) {
      const { error } = await client.storage.from(bucket).upload(path, bytes, { contentType: mimeType, upsert: true });
      if (error) throw toStorageError(error);
      return { path };
    },
    async removeMediaOf({ organizationId, chatIdentityId }) {
      const folder = `${organizationId}/${chatIdentityId}`;
      for (let removed = 0; ; ) {
        const { data, error } = await client.storage.from(bucket).list(folder, { limit: LISTED });
        if (error) throw toStorageError(error);
        if (data.length === 0) return removed;
        const gone = await client.storage.from(bucket).remove(data.map(({ name }) => `${folder}/${name}`));
        if (gone.error) throw toStorageError(gone.error);
        removed += data.length;
      }
    },
    async removeMedia(paths) {
      if (paths.length === 0) return;
      const { error } = await client.storage.from(bucket).remove([...paths]);
      if (error) throw toStorageError(error);
    },
  };
}
