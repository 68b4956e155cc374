// SPDX-License-Identifier: Apache-2.0
// A message as it will be read: every field with its label, in the reader's language or in another one.
import { language, t } from '../../i18n';
import { localShort, parse, utcFull } from '../../time';
import type { Body, Json } from '../../types';
import { Id, PeerText } from '../../ui';
import { formOf, type FormField, type FormKind, textIn } from './catalogue';
import { isGiven, isObject } from './check';
import { SignalText, useCodebook } from './signal_picker';
import { valuesOf } from './signals';
import { countryName, languageName } from './words';

function Value({ field, type, value, lang, written }: { field: FormField; type: string; value: Json; lang: string; written?: string }) {
  if (type === 'list' && Array.isArray(value)) {
    const of = field.of;
    if (!of) return null;
    return (
      <ol class="read-list">
        {value.filter(isGiven).map((element, i) => (
          <li key={i}>
            <Value field={of} type={of.type} value={element} lang={lang} written={written} />
          </li>
        ))}
      </ol>
    );
  }
  if (type === 'object') return <Reading fields={field.fields} values={isObject(value) ? value : {}} lang={lang} />;
  if (type === 'choice') return <span lang={lang}>{textIn(field.choices.find((c) => c.value === value)?.label, lang) || String(value)}</span>;
  if (type === 'boolean') return <span>{value === true ? t('compose.yes') : t('compose.no')}</span>;
  if (type === 'time' && typeof value === 'string') {
    const ms = parse(value);
    return ms === undefined ? (
      <PeerText text={value} />
    ) : (
      <time dateTime={value} class="time">
        <bdi>{utcFull(ms)}</bdi>
        <bdi class="own">{localShort(ms)}</bdi>
      </time>
    );
  }
  if (type === 'country' && typeof value === 'string') return <bdi>{countryName(value)}</bdi>;
  if (type === 'language' && typeof value === 'string') return <bdi>{languageName(value)}</bdi>;
  if (type === 'message' && typeof value === 'string') return <Id id={value} />;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (type === 'text') return <PeerText text={text} block lang={written} max={4000} />;
  return (
    <bdi dir="ltr" class="mono">
      <PeerText text={text} />
    </bdi>
  );
}

/** Fields with their values; those not given are not shown. */
export function Reading({ fields, values, lang }: { fields: FormField[]; values: { [name: string]: Json }; lang: string }) {
  const written = typeof values['language'] === 'string' ? values['language'] : undefined;
  return (
    <dl class="reading">
      {fields.map((field) => {
        const value = values[field.name];
        if (value === undefined || !isGiven(value)) return null;
        return (
          <div key={field.name}>
            <dt lang={lang} dir="auto">
              {textIn(field.label, lang)}
            </dt>
            <dd>
              <Value field={field} type={formOf(field, values, fields)} value={value} lang={lang} written={written} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function SignalReading({ body, lang }: { body: Body; lang: string }) {
  const digest = typeof body['codebook'] === 'string' ? body['codebook'] : undefined;
  const book = useCodebook(digest).data;
  const signal = book?.signals.find((one) => one.number === body['number']);
  if (!book || !signal) return null;
  return (
    <div>
      <b dir="ltr">{signal.number}</b>
      <SignalText book={book} signal={signal} values={valuesOf(body)} lang={lang} />
    </div>
  );
}

/** A whole body in one reader's language: labels and signals are; free text stays as it was written. */
export function BodyReading({ kind, body, lang = language.value }: { kind: FormKind; body: Body | undefined; lang?: string }) {
  if (!body || Object.keys(body).length === 0) return <p class="empty">{t('compose.no_body')}</p>;
  if (kind.name === 'signal') return <SignalReading body={body} lang={lang} />;
  return <Reading fields={kind.fields} values={body} lang={lang} />;
}
