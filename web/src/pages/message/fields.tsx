// SPDX-License-Identifier: Apache-2.0
// A body as a reader sees it: each field under its label in the reader's language, and beside it what stands in the
// record. Free text is the peer's own and is shown once, in its own language.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useCatalogue } from '../../catalogue';
import { locale, t } from '../../i18n';
import { type BodyRow, languageOf, type Reader, type Value, viewOfBody } from '../../model/body_view';
import type { Json } from '../../types';
import { Button, cx, Id, PeerText, ScrollFrame, TimeText } from '../../ui';

/** Rows of a table and items of a list that are drawn at first. */
const FIRST = 50;

export const reader = (): Reader => ({
  lang: locale().split('-')[0] ?? 'en',
  yes: t('message.yes'),
  no: t('message.no'),
});

function Code({ text }: { text: string }) {
  return (
    <code dir="ltr" class="sent">
      <PeerText text={text} max={400} />
    </code>
  );
}

/** The first of many, and a button for the rest. */
export function Some<T>({ all, draw }: { all: readonly T[]; draw: (shown: readonly T[]) => ComponentChildren }) {
  const [isAll, setAll] = useState(false);
  return (
    <>
      {draw(isAll ? all : all.slice(0, FIRST))}
      {all.length > FIRST && (
        <Button look="quiet" onClick={() => setAll(!isAll)}>
          {isAll ? t('ui.show_less') : t('message.show_items', { n: all.length })}
        </Button>
      )}
    </>
  );
}

export function ValueView({
  value,
  channel,
  lang,
  label,
}: {
  value: Value;
  channel: string;
  lang?: string;
  /** what the value is of */
  label?: string;
}) {
  switch (value.is) {
    case 'text':
      return <PeerText text={value.text} block lang={lang} />;
    case 'word':
      return <PeerText text={value.text} lang={value.lang} />;
    case 'code':
      return <Code text={value.text} />;
    case 'time':
      return <TimeText time={value.time} full />;
    case 'message':
      return <Id id={value.id} channel={channel} />;
    case 'json':
      return (
        <div class="raw" dir="ltr">
          <PeerText text={value.text} block />
        </div>
      );
    case 'group':
      return <Rows rows={value.rows} channel={channel} lang={lang} isInner />;
    case 'list':
      return (
        <Some
          all={value.items}
          draw={(shown) => (
            <ul class="values">
              {shown.map((item, i) => (
                <li key={i}>
                  <ValueView value={item} channel={channel} lang={lang} />
                </li>
              ))}
            </ul>
          )}
        />
      );
    case 'table':
      return (
        <Some
          all={value.rows}
          draw={(shown) => (
            <ScrollFrame label={label}>
              <table class="table inner">
                <thead>
                  <tr>
                    {value.head.map((head, i) => (
                      <th key={i} scope="col" lang={head.lang || undefined}>
                        <PeerText text={head.text} max={100} />
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {shown.map((row, i) => (
                    <tr key={i}>
                      {row.map((cell, at) => (
                        <td key={at} data-head={value.head[at]?.text ?? ''}>
                          {cell && <ValueView value={cell} channel={channel} lang={lang} />}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollFrame>
          )}
        />
      );
  }
}

/** What stands in the record where the reader sees other words. */
const sentOf = (value: Value): string | undefined =>
  value.is === 'word' ? value.sent : value.is === 'time' ? value.time : undefined;

function Rows({
  rows,
  channel,
  lang,
  isInner,
}: {
  rows: readonly BodyRow[];
  channel: string;
  lang?: string;
  isInner?: boolean;
}) {
  const hasSent = !isInner && rows.some(({ value }) => sentOf(value) !== undefined);
  return (
    <table class={cx('fields', isInner && 'inner')}>
      {hasSent && (
        <thead>
          <tr>
            <th scope="col">{t('message.field')}</th>
            <th scope="col">{t('message.value')}</th>
            <th scope="col">{t('message.as_sent')}</th>
          </tr>
        </thead>
      )}
      <tbody>
        {rows.map((row) => {
          const sent = hasSent ? sentOf(row.value) : undefined;
          return (
            <tr key={row.name}>
              <th scope="row" lang={row.labelLang || undefined}>
                <PeerText text={row.label} max={100} />
              </th>
              <td colSpan={hasSent && sent === undefined ? 2 : 1}>
                <ValueView value={row.value} channel={channel} lang={lang} label={row.label} />
              </td>
              {sent !== undefined && (
                <td class={cx('as-sent', row.value.is === 'time' && 'time-sent')}>
                  <Code text={sent} />
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The fields of a body of this kind; `without`: members that are shown elsewhere. */
export function BodyFields({
  kind,
  body,
  channel,
  without = [],
  isShort,
  lang,
}: {
  kind: string;
  body: Json | undefined;
  channel: string;
  without?: readonly string[];
  /** without what was sent */
  isShort?: boolean;
  /** whose words the labels are; absent: the reader's own */
  lang?: string;
}) {
  const catalogue = useCatalogue();
  if (!catalogue) return null;
  const rows = viewOfBody(catalogue, kind, body, lang === undefined ? reader() : { ...reader(), lang }).filter((row) => !without.includes(row.name));
  if (rows.length === 0) return isShort ? null : <p class="soft">{t('message.no_body')}</p>;
  return <Rows rows={rows} channel={channel} lang={languageOf(body)} isInner={isShort} />;
}
