// SPDX-License-Identifier: Apache-2.0
// A signal as both read it: the text that was agreed for its number, in the reader's language and in the sender's, and
// in any other of the book.
import { useState } from 'preact/hooks';
import { useBooks } from '../../codebooks';
import { locale, t } from '../../i18n';
import { inLanguage } from '../../model/catalogue';
import { directionOf, nameOfLanguage } from '../../model/languages';
import { bookLanguage, type Codebook, signalBody, signalText } from '../../model/signal_text';
import type { Json } from '../../types';
import { Alert, PeerText, SelectField } from '../../ui';
import { BodyFields } from './fields';

/** The text with its values set apart, each in its own direction. */
export function SignalWords({ book, body, lang }: { book: Codebook; body: Json | undefined; lang: string }) {
  const text = signalText(book, body, lang);
  if (!text) return <p class="soft">{t('message.signal.not_worded')}</p>;
  return (
    <p class="signal-words" lang={text.lang} dir={directionOf(text.lang)}>
      {text.parts.map((part, i) =>
        part.parameter === undefined ? (
          <span key={i}>{part.text}</span>
        ) : (
          <b key={i}>
            <PeerText text={part.text} max={200} />
          </b>
        ),
      )}
    </p>
  );
}

export function SignalView({
  body,
  channel,
  senderLanguages,
}: {
  body: Json | undefined;
  channel: string;
  senderLanguages: readonly string[];
}) {
  const said = signalBody(body);
  const books = useBooks(said ? [said.codebook] : []);
  const book = said && books(said.codebook);
  const [other, setOther] = useState('');
  if (!said || !book)
    return (
      <>
        <Alert tone="warn">{t('message.signal.no_book')}</Alert>
        <BodyFields kind="signal" body={body} channel={channel} />
      </>
    );
  const mine = bookLanguage(book, locale().split('-')[0] ?? 'en');
  const theirs = bookLanguage(book, senderLanguages[0] ?? 'en');
  const name = (tag: string) => nameOfLanguage(tag, locale());
  const group = book.groups.find((one) => one.first <= said.number && said.number <= one.last);
  return (
    <div class="signal">
      <p class="soft">
        {t('message.signal.number', { number: String(said.number) })} · {inLanguage(group?.label, mine)?.text}
      </p>
      <div class="side-by-side">
        <div>
          <h3>{t('message.signal.mine', { language: name(mine) })}</h3>
          <SignalWords book={book} body={body} lang={mine} />
        </div>
        <div>
          <h3>{t('message.signal.theirs', { language: name(theirs) })}</h3>
          <SignalWords book={book} body={body} lang={theirs} />
        </div>
        {other !== '' && (
          <div>
            <h3>{name(other)}</h3>
            <SignalWords book={book} body={body} lang={other} />
          </div>
        )}
      </div>
      <SelectField
        label={t('message.signal.other')}
        class="other"
        value={other}
        onValue={setOther}
        options={[
          { value: '', label: t('message.signal.none') },
          ...book.languages.map((tag) => ({ value: tag, label: name(tag) })),
        ]}
      />
      <details>
        <summary>{t('message.signal.as_sent')}</summary>
        <BodyFields kind="signal" body={body} channel={channel} />
      </details>
    </div>
  );
}
