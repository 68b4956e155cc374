// SPDX-License-Identifier: Apache-2.0
// What a draft is called in a list: its own title, or the first words of what it says. Pure.
import type { DraftMessage } from '../../types';

const named = ['title', 'subject', 'summary', 'question', 'text', 'description', 'reason', 'paraphrase'];
const MOST = 160;

export function draftTitle(message: DraftMessage): string {
  const body = message.body ?? {};
  for (const name of named) {
    const value = body[name];
    if (typeof value !== 'string') continue;
    const line = value.split('\n').find((one) => one.trim() !== '');
    if (line !== undefined) return [...line.trim()].slice(0, MOST).join('');
  }
  return typeof body['number'] === 'number' ? String(body['number']) : '';
}
