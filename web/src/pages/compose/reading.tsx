// SPDX-License-Identifier: Apache-2.0
// A body as each of its readers will see it: by the very parts that the message's page shows it with. Labels and
// signals are in the reader's language; free text stays as it was written.
import { useBooks } from '../../codebooks';
import { language, t } from '../../i18n';
import type { Body } from '../../types';
import { BodyFields } from '../message/fields';
import { SignalText } from './signal_picker';
import { valuesOf } from './signals';
import '../message/message.css';

function SignalReading({ body, lang }: { body: Body; lang: string }) {
  const digest = typeof body['codebook'] === 'string' ? body['codebook'] : '';
  const book = useBooks([digest])(digest);
  const signal = book?.signals.find((one) => one.number === body['number']);
  if (!book || !signal) return null;
  return (
    <div>
      <b dir="ltr">{signal.number}</b>
      <SignalText book={book} signal={signal} values={valuesOf(body)} lang={lang} />
    </div>
  );
}

export function BodyReading({
  kind,
  body,
  channel,
  lang = language.value,
}: {
  kind: string;
  body: Body | undefined;
  channel: string;
  lang?: string;
}) {
  if (!body || Object.keys(body).length === 0) return <p class="empty">{t('compose.no_body')}</p>;
  if (kind === 'signal') return <SignalReading body={body} lang={lang} />;
  return <BodyFields kind={kind} body={body} channel={channel} lang={lang} isShort />;
}
