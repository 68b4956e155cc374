// SPDX-License-Identifier: Apache-2.0
// Chooses a signal of the charter's codebooks by number or words, fills in its parameters as typed fields, and shows
// it as each side will read it.
import { useEffect, useId, useMemo, useState } from 'preact/hooks';
import { language, t } from '../../i18n';
import { useBooks } from '../../codebooks';
import { now } from '../../time';
import { textIn } from '../../model/catalogue';
import type { Body } from '../../types';
import { cx, Loading, SelectField, TextField } from '../../ui';
import type { FormField } from './catalogue';
import { BodyFields, type Surroundings, whyAt } from './fields';
import { bodyOf, bookLanguage, bySection, type Codebook, findSignals, type Parameter, readSignal, type Signal, valuesOf } from './signals';
import { tidy } from './values';
import { languageName } from './words';

/** A signal in one language, values marked, what lacks named. */
export function SignalText({ book, signal, values, lang }: { book: Codebook; signal: Signal; values: { [name: string]: string }; lang: string }) {
  const chosen = bookLanguage(book, lang);
  return (
    <p class="signal-text" lang={chosen} dir="auto">
      {readSignal(book, signal, values, lang).map((piece, i) =>
        piece.parameter ? (
          <bdi key={i} class={cx('value', !piece.given && 'lacking')}>
            {piece.given ? piece.text : `{${piece.parameter.name}}`}
          </bdi>
        ) : (
          piece.text
        ),
      )}
    </p>
  );
}

const fieldOf = (parameter: Parameter): FormField => ({
  name: parameter.name,
  type: parameter.type,
  required: true,
  min: 0,
  max: 2000,
  label: {},
  choices: [],
  fields: [],
});

function ParameterField({
  book,
  parameter,
  value,
  onValue,
  around,
}: {
  book: Codebook;
  parameter: Parameter;
  value: string;
  onValue: (value: string) => void;
  around: Surroundings;
}) {
  const label = t(`compose.parameter.${parameter.name}`);
  const name = label === `compose.parameter.${parameter.name}` ? parameter.name : label;
  const at = `body.parameters.${parameter.name}`;
  const take = (next: unknown) => onValue(typeof next === 'string' ? next : next === undefined ? '' : String(next));
  if (parameter.type === 'sector')
    return (
      <div data-field={at}>
        <SelectField
          label={name}
          required
          error={whyAt(around, at)}
          value={value}
          onValue={onValue}
          onBlur={() => around.leave(at)}
          options={[
            { value: '', label: t('compose.choose') },
            ...book.sectors.map((sector) => ({
              value: sector.value,
              label: textIn(sector.label, bookLanguage(book, language.value)),
            })),
          ]}
        />
      </div>
    );
  if (['count', 'reference', 'message', 'prefix', 'domain', 'hash'].includes(parameter.type))
    return (
      <div data-field={at}>
        <TextField
          label={name}
          required
          dir="ltr"
          spellcheck={false}
          class={cx('form-text', parameter.type)}
          inputMode={parameter.type === 'count' ? 'numeric' : undefined}
          help={t(`compose.why.parameter.${parameter.type}`)}
          error={whyAt(around, at)}
          value={value}
          onValue={onValue}
          onBlur={(event) => {
            const type = parameter.type === 'count' ? 'integer' : parameter.type;
            onValue(tidy(type, event.currentTarget.value, now()));
            around.leave(at);
          }}
        />
      </div>
    );
  return (
    <BodyFieldOf
      field={{ ...fieldOf(parameter), label: { en: name } }}
      value={value}
      onValue={take}
      around={around}
    />
  );
}

/** One field at "body.parameters.NAME". */
function BodyFieldOf({ field, value, onValue, around }: { field: FormField; value: string; onValue: (value: unknown) => void; around: Surroundings }) {
  const under: Surroundings = {
    ...around,
    problems: around.problems.map((problem) => ({ ...problem, field: problem.field.replace(/^body\.parameters\./, 'body.') })),
    isShown: (at) => around.isShown(at.replace(/^body\./, 'body.parameters.')),
    leave: (at) => around.leave(at.replace(/^body\./, 'body.parameters.')),
  };
  return (
    <div data-field={`body.parameters.${field.name}`}>
      <BodyFields
        fields={[field]}
        values={value === '' ? {} : { [field.name]: value }}
        onValues={(values) => onValue(values[field.name])}
        around={under}
      />
    </div>
  );
}

export function SignalPicker({
  digests,
  body,
  onBody,
  readers,
  around,
  onBook,
}: {
  digests: string[];
  body: Body;
  onBody: (body: Body) => void;
  /** languages of those who will read it, none twice */
  readers: string[];
  around: Surroundings;
  /** the book, once it is here, for the check of the whole */
  onBook: (book: Codebook | undefined) => void;
}) {
  const digest = typeof body['codebook'] === 'string' ? body['codebook'] : digests[0];
  const book = useBooks(digest === undefined ? [] : [digest])(digest ?? '');
  const [typed, setTyped] = useState('');
  const id = useId();
  const number = body['number'];
  const signal = book?.signals.find((one) => one.number === number);
  const values = valuesOf(body);
  const found = useMemo(() => (book ? findSignals(book, typed, language.value) : []), [book, typed, language.value]);
  useEffect(() => onBook(book), [book]);

  if (!digest) return <p class="empty">{t('compose.signal.no_book')}</p>;
  if (!book) return <Loading />;

  const choose = (chosen: Signal) => {
    const kept = Object.fromEntries(
      chosen.parameters.flatMap((p) => {
        const before = signal?.parameters.find((one) => one.name === p.name && one.type === p.type);
        return before && values[p.name] ? [[p.name, values[p.name] ?? '']] : [];
      }),
    );
    onBody(bodyOf(digest, chosen, kept));
  };
  const own = bookLanguage(book, language.value);
  const languages = [own, ...readers.map((lang) => bookLanguage(book, lang))].filter((lang, i, all) => all.indexOf(lang) === i);
  const error = whyAt(around, 'body.number');

  return (
    <div class="signal-picker">
      {digests.length > 1 && (
        <SelectField
          label={t('compose.signal.book')}
          value={digest}
          onValue={(chosen) => onBody({ codebook: chosen })}
          options={digests.map((one) => ({
            value: one,
            label: one === digest ? textIn(book.title, own) : one.slice(0, 16),
          }))}
        />
      )}
      {signal ? (
        <div class="chosen-signal">
          <div class="row-of">
            <b dir="ltr">{signal.number}</b>
            <button type="button" class="button quiet" onClick={() => onBody({ codebook: digest })}>
              {t('compose.signal.other')}
            </button>
          </div>
          {signal.parameters.length > 0 && (
            <div class="form-fields in-row">
              {signal.parameters.map((parameter) => (
                <ParameterField
                  key={`${signal.number}.${parameter.name}`}
                  book={book}
                  parameter={parameter}
                  value={values[parameter.name] ?? ''}
                  onValue={(value) => onBody(bodyOf(digest, signal, { ...values, [parameter.name]: value }))}
                  around={around}
                />
              ))}
            </div>
          )}
          <div class="as-read" aria-live="polite">
            {languages.map((lang, i) => (
              <div key={lang}>
                <h3>{i === 0 ? t('compose.signal.own', { language: languageName(lang) }) : t('compose.signal.theirs', { language: languageName(lang) })}</h3>
                <SignalText book={book} signal={signal} values={values} lang={lang} />
              </div>
            ))}
          </div>
        </div>
      ) : (
        <div data-field="body.number">
          <TextField
            label={t('compose.signal.search')}
            help={t('compose.signal.search.help')}
            error={error}
            type="search"
            value={typed}
            onValue={setTyped}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              const first = found[0];
              if (first && (found.length === 1 || String(first.number) === typed.trim())) choose(first);
            }}
          />
          <p class="soft small" role="status" id={id}>
            {t('compose.signal.found', { n: found.length })}
          </p>
          <div class="signal-list" role="group" aria-labelledby={id}>
            {bySection(book, found).map((section) => (
              <section key={textIn(section.label, 'en')}>
                <h3>{textIn(section.label, own)}</h3>
                <ul>
                  {section.signals.map((one) => (
                    <li key={one.number}>
                      <button type="button" onClick={() => choose(one)}>
                        <b dir="ltr">{one.number}</b> <SignalText book={book} signal={one} values={{}} lang={own} />
                      </button>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
