// SPDX-License-Identifier: Apache-2.0
// What people wrote to a message, and the thread it stands in.
import { kindLabel, useCatalogue } from '../../catalogue';
import type { Books } from '../../codebooks';
import { t } from '../../i18n';
import { threads } from '../../model/rows';
import { to } from '../../router';
import type { Evidence, Message, Reply, Row } from '../../types';
import { Badge, cx, Id, Section, TimeText } from '../../ui';
import { Flags, RowTitle, Side } from '../channel/row';
import { BodyFields, Some } from './fields';

export function EvidenceWords({ evidence, channel }: { evidence: Evidence; channel: string }) {
  return (
    <p>
      <Badge tone={evidence.matches ? 'good' : 'bad'} icon={evidence.matches ? 'check' : 'cross'}>
        {t(evidence.matches ? 'message.evidence.matches' : 'message.evidence.differs')}
      </Badge>{' '}
      <Id id={evidence.commit} channel={channel} />
      {evidence.held === false && <span class="soft"> {t('message.evidence.on_its_way')}</span>}
    </p>
  );
}

export function Replies({ message, channel, own }: { message: Message; channel: string; own: string }) {
  const catalogue = useCatalogue();
  const replies: Reply[] = (message.replies ?? []).filter((reply) => reply.kind !== 'translation');
  if (replies.length === 0) return null;
  return (
    <Section title={t('message.replies')} count={replies.length}>
      <Some
        all={replies}
        draw={(shown) => (
          <ol class="replies">
            {shown.map((reply) => (
              <li key={reply.id}>
                <header>
                  <Side own={reply.author === own} author={reply.author} />
                  <a href={to.message(channel, reply.id)}>{kindLabel(catalogue, reply.kind)}</a>
                  <TimeText time={reply.sent} />
                  <Id id={reply.id} />
                </header>
                {reply.evidence && <EvidenceWords evidence={reply.evidence} channel={channel} />}
                {reply.body !== undefined && reply.kind !== 'signal' && (
                  <BodyFields kind={reply.kind} body={reply.body} channel={channel} without={['language']} isShort />
                )}
              </li>
            ))}
          </ol>
        )}
      />
    </Section>
  );
}

/** The messages round this one: what it answers, and all that answers. */
export function Thread({
  rows,
  chosen,
  channel,
  books,
}: {
  rows: readonly Row[];
  chosen: string;
  channel: string;
  books: Books;
}) {
  const catalogue = useCatalogue();
  const shown = threads(rows, new Set());
  if (shown.length < 2) return null;
  return (
    <Section title={t('message.thread')} count={shown.length}>
      <ol class="thread">
        {shown.map(({ row, depth }) => (
          <li
            key={row.id}
            class={cx(`depth-${Math.min(depth, 6)}`, row.own ? 'ours' : 'theirs')}
            aria-current={row.id === chosen ? 'true' : undefined}
          >
            <span class="meta">
              <Side own={row.own} author={row.author} /> <span class="kind">{kindLabel(catalogue, row.kind)}</span>{' '}
              <TimeText time={row.sent} alone />
            </span>
            <a href={to.message(channel, row.id)}>
              <RowTitle row={row} books={books} catalogue={catalogue} />
            </a>
            <Flags flags={row.flags} />
          </li>
        ))}
      </ol>
    </Section>
  );
}
