// SPDX-License-Identifier: Apache-2.0
/** What others, or the author, wrote of a message in other languages. The original counts. */
import type { Json, Message, MessageId } from '../types';
import { languageOf } from './body_view';

export interface Translation {
  key: string;
  language: string;
  text: string;
  /** absent: by the author, in the message itself */
  entry?: MessageId;
  author?: string;
  translator?: string;
  reviewer?: string;
}

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const asObject = (value: Json | undefined): { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** Those in the body first, then entries of kind `translation`, the newest first. */
export function translationsOf(message: Message): Translation[] {
  const inside = Array.isArray(message.body?.translations) ? message.body.translations : [];
  const own = inside.map(asObject).flatMap((one, i): Translation[] => {
    const said = text(one.text);
    return said === undefined ? [] : [{ key: `own-${i}`, language: languageOf(one) ?? '', text: said }];
  });
  const others = (message.replies ?? []).flatMap((reply): Translation[] => {
    const said = reply.kind === 'translation' ? text(reply.body?.text) : undefined;
    if (said === undefined) return [];
    return [
      {
        key: reply.id,
        entry: reply.id,
        author: reply.author,
        language: languageOf(reply.body) ?? '',
        text: said,
        translator: text(reply.body?.translator),
        reviewer: text(reply.body?.reviewer),
      },
    ];
  });
  return [...own, ...others.reverse()];
}

/** What a message says in words, its title first. */
export function originalOf(message: Message): string {
  return ['title', 'subject', 'summary', 'text', 'question', 'description', 'reason']
    .map((name) => text(message.body?.[name]))
    .filter((part) => part !== undefined)
    .join('\n\n');
}
