// SPDX-License-Identifier: Apache-2.0
/**
 * A raw entry as its bytes: base64 from the API, a hex dump, the text, and the hash of its
 * leaf (RFC 6962: SHA-256 of a zero byte and the entry), computed here and not taken over.
 */

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** "00000000  7b 22 61 …  |{"a…|", 16 bytes a line. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = Array.from(row, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    ).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  |${text}|`);
  }
  return lines.join('\n');
}

/** The text as it stands; what is no UTF-8 shows as U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Undefined where the browser gives no SHA-256: on a page that is not a secure context. */
export async function leafHash(bytes: Uint8Array): Promise<string | undefined> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return undefined;
  const leaf = new Uint8Array(bytes.length + 1);
  leaf.set(bytes, 1);
  return hexOf(new Uint8Array(await subtle.digest('SHA-256', leaf)));
}
