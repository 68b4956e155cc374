// SPDX-License-Identifier: Apache-2.0
// One message in a list: whose it is by shape and word, what it is, what it says, where it stands.
import { kindLabel, kindOf, useCatalogue } from '../../catalogue';
import { type Books, useBooks } from '../../codebooks';
import { locale, num, t } from '../../i18n';
import { directionOf } from '../../model/languages';
import { signalBody, signalLine, signalText, type SignalText } from '../../model/signal_text';
import { to } from '../../router';
import type { Catalogue, Json, Row } from '../../types';
import { Badge, cx, DeliveryWords, GridCell, Icon, Name, PeerText, TimeText, Tlp } from '../../ui';

/** One line of what a message says. */
export interface Title {
  text: string;
  lang?: string;
  /** of a signal: its number and text, the values apart, so that a date keeps its own direction */
  signal?: SignalText;
}

/** What a signal says in the reader's language; its number where it can't be put into words. */
export function signalTitle(body: Json | undefined, books: Books): Title | undefined {
  const said = signalBody(body);
  if (said === undefined) return undefined;
  const book = books(said.codebook);
  const signal = book && signalText(book, body, locale().split('-')[0] ?? 'en');
  if (!signal) return { text: t('channel.signal', { number: String(said.number) }) };
  return { text: `${said.number} · ${signalLine(signal)}`, lang: signal.lang, signal };
}

/** What a message is called by: as rows, duties, failures and alarms have it. */
export type Called = Partial<Pick<Row, 'kind' | 'title' | 'body'>>;

/** What it says in one line: its title, or the signal in the reader's language. */
export function titleOf(row: Called, books: Books): Title | undefined {
  const signal = row.kind === 'signal' ? signalTitle(row.body, books) : undefined;
  if (signal) return signal;
  return row.title ? { text: row.title } : undefined;
}

export function TitleText({ title }: { title: Title }) {
  const { signal } = title;
  if (!signal) return <PeerText text={title.text} lang={title.lang} max={300} />;
  return (
    <span class="peer" lang={signal.lang} dir={directionOf(signal.lang)}>
      {signal.number} ·{' '}
      {signal.parts.map((part, i) =>
        part.parameter === undefined ? <span key={i}>{part.text}</span> : <PeerText key={i} text={part.text} max={200} />,
      )}
    </span>
  );
}

/** The title as an element; the kind where it says nothing in words. */
export function RowTitle({ row, books, catalogue }: { row: Called; books: Books; catalogue: Catalogue | undefined }) {
  const title = titleOf(row, books);
  if (title === undefined) return <span class="no-title">{kindLabel(catalogue, row.kind)}</span>;
  return <TitleText title={title} />;
}

/** The same for lists over all channels: the codebook is found by itself. */
export function MessageTitle({ message }: { message: Called }) {
  const said = message.kind === 'signal' ? signalBody(message.body) : undefined;
  const books = useBooks(said ? [said.codebook] : []);
  return <RowTitle row={message} books={books} catalogue={useCatalogue()} />;
}

export function Flags({ flags }: { flags: readonly string[] }) {
  return (
    <>
      {flags.map((flag) => (
        <Badge key={flag} tone={flag === 'malformed' || flag === 'unreadable' ? 'bad' : 'warn'} icon="triangle">
          {t(`flag.${flag}`)}
        </Badge>
      ))}
    </>
  );
}

export const isByPerson = (catalogue: Catalogue | undefined, row: Row) =>
  kindOf(catalogue, row.kind)?.automatic === false;

/** Someone else's message that nobody here has opened. */
export const isUnread = (row: Row) => !row.own && row.opened === false;

/** Whose message it is. */
export function Side({ own, author }: { own: boolean; author: string }) {
  return (
    <span class={cx('side', own ? 'ours' : 'theirs')}>
      <Icon name={own ? 'up' : 'into'} />
      {own ? <span>{t('channel.us')}</span> : <Name>{author}</Name>}
    </span>
  );
}

export function RowCells({
  row,
  channel,
  catalogue,
  books,
  depth = 0,
  below = 0,
  isCollapsed,
  onToggle,
}: {
  row: Row;
  channel: string;
  catalogue: Catalogue | undefined;
  books: Books;
  depth?: number;
  below?: number;
  isCollapsed?: boolean;
  onToggle?: () => void;
}) {
  return (
    <>
      <GridCell class="when">
        <TimeText time={row.sent} alone />
      </GridCell>
      <GridCell class="from">
        <Side own={row.own} author={row.author} />
      </GridCell>
      <GridCell class="kind">{kindLabel(catalogue, row.kind)}</GridCell>
      <GridCell class={cx('says', `depth-${Math.min(depth, 6)}`)}>
        {depth > 0 && <span class="answers" aria-label={t('channel.depth', { n: depth })} role="img" />}
        {onToggle && below > 0 && (
          <button
            type="button"
            class={cx('fold', isCollapsed && 'closed')}
            aria-expanded={!isCollapsed}
            onClick={onToggle}
          >
            <Icon name="down" />
            <span class="unseen">{t('channel.fold')}</span>
            <span class="digits">{num(below)}</span>
          </button>
        )}
        <a href={to.message(channel, row.id)} class="title">
          <RowTitle row={row} books={books} catalogue={catalogue} />
        </a>
        {row.attachments > 0 && <span class="attached">{t('channel.attachments', { n: row.attachments })}</span>}
      </GridCell>
      <GridCell class="label">
        {row.line && <span class="line">{row.line}</span>}
        <Tlp value={row.tlp} />
      </GridCell>
      <GridCell class="state">
        {isUnread(row) && (
          <Badge tone="info" icon="dot">
            {t('channel.unread')}
          </Badge>
        )}
        {row.own && row.state && <DeliveryWords state={row.state} />}
        {row.overdue && row.state !== 'overdue' && (
          <Badge tone="bad" icon="clock">
            {t('channel.overdue')}
          </Badge>
        )}
        <Flags flags={row.flags} />
      </GridCell>
    </>
  );
}

export function RowHead() {
  return (
    <>
      <GridCell isHead>{t('channel.head.when')}</GridCell>
      <GridCell isHead>{t('channel.head.from')}</GridCell>
      <GridCell isHead>{t('channel.head.kind')}</GridCell>
      <GridCell isHead>{t('channel.head.says')}</GridCell>
      <GridCell isHead>{t('channel.head.label')}</GridCell>
      <GridCell isHead>{t('channel.head.state')}</GridCell>
    </>
  );
}

/** A row that is on its way. */
export function WaitingCells() {
  return <GridCell class="coming">{t('ui.loading')}</GridCell>;
}
