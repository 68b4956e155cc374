// SPDX-License-Identifier: Apache-2.0
// The blob that evidence is committed to by its hash: 16 random bytes, then the content (record/evidence_commit.h).

/** Bytes of a blob's salt. */
export const SALT = 16;

const hex = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The salted blob and its SHA-256. */
export async function seal(content: ArrayBuffer): Promise<{ blob: Uint8Array<ArrayBuffer>; hash: string }> {
  const blob = new Uint8Array(SALT + content.byteLength);
  crypto.getRandomValues(blob.subarray(0, SALT));
  blob.set(new Uint8Array(content), SALT);
  return { blob, hash: hex(await crypto.subtle.digest('SHA-256', blob)) };
}
