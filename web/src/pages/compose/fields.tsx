// SPDX-License-Identifier: Apache-2.0
// A form for any kind, made from the catalogue. Values are kept as they will be sent; what can't be sent yet stays as
// it was typed, so that a draft loses nothing. Each control sits in an element with data-field, the name by which
// problems find it.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { language, t } from '../../i18n';
import { localShort, now, parse, timeLeft, toText, utcFull } from '../../time';
import { textIn } from '../../model/catalogue';
import type { FieldProblem, Json } from '../../types';
import { Button, ChoiceField, cx, SelectField, TextAreaField, TextField } from '../../ui';
import { formOf, type FormField } from './catalogue';
import { isGiven, isObject } from './check';
import { countries, countryName, languageName } from './words';
import { readDuration, tidy } from './values';

export interface Surroundings {
  /** languages of the channel, first to choose from */
  languages: string[];
  desks: string[];
  problems: FieldProblem[];
  /** fields that were left once, or all after an attempt to send: only there an error is shown */
  isShown: (field: string) => boolean;
  leave: (field: string) => unknown;
}

interface Props {
  field: FormField;
  /** "body.observables[3].value" */
  at: string;
  value: Json | undefined;
  onValue: (value: Json | undefined) => void;
  around: Surroundings;
  /** where a list or a table says what it is */
  unseenLabel?: boolean;
  type?: string;
  label?: string;
}

const asText = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

export const whyAt = (around: Surroundings, at: string): string | undefined =>
  around.isShown(at) ? around.problems.find((problem) => problem.field === at)?.why : undefined;

const orNothing = (text: string): Json | undefined => (text === '' ? undefined : text);

/** A text of a fixed form: put into it when the field is left. */
function FormText({ field, at, value, onValue, around, unseenLabel, type = field.type, label, help, extra }: Props & { help?: ComponentChildren; extra?: ComponentChildren }) {
  const error = whyAt(around, at);
  return (
    <div class="with-extra">
      <TextField
        label={label ?? textIn(field.label, language.value)}
        unseenLabel={unseenLabel}
        help={help}
        error={error}
        required={field.required}
        dir="ltr"
        spellcheck={false}
        class={cx('form-text', type)}
        value={asText(value)}
        onValue={(text) => onValue(orNothing(text))}
        onBlur={(event) => {
          const tidied = tidy(type, event.currentTarget.value, now());
          if (tidied !== event.currentTarget.value) onValue(orNothing(tidied));
          around.leave(at);
        }}
      />
      {extra}
    </div>
  );
}

function TimeField(props: Props) {
  const { field, value, onValue, around, at, label } = props;
  const [typed, setTyped] = useState<string>();
  const text = asText(value);
  const ms = parse(text);
  // While it is not being typed in, a good time is shown as people read it.
  const shown = typed ?? (ms !== undefined && /Z$/.test(text) ? utcFull(ms).replace(' UTC', '') : text);
  const error = whyAt(around, at);
  const name = label ?? textIn(field.label, language.value);
  return (
    <div class="with-extra">
      <TextField
        label={name}
        unseenLabel={props.unseenLabel}
        help={t('compose.time.help')}
        error={error}
        required={field.required}
        dir="ltr"
        spellcheck={false}
        class="form-text time-entry"
        value={shown}
        onValue={(next) => {
          setTyped(next);
          onValue(orNothing(tidy('time', next, now())));
        }}
        onBlur={() => {
          setTyped(undefined);
          around.leave(at);
        }}
      />
      <div class="beside">
        <Button look="quiet" onClick={() => onValue(toText(now()))}>
          {t('compose.time.now')}
        </Button>
        {ms !== undefined && (
          <span class="soft small">
            <bdi>{localShort(ms)}</bdi> · {ms > now() ? timeLeft(ms) : t('compose.time.past')}
          </span>
        )}
      </div>
    </div>
  );
}

function IntegerField({ field, at, value, onValue, around, unseenLabel, label }: Props) {
  const read = (text: string): Json | undefined => {
    const plain = text.trim();
    if (plain === '') return undefined;
    const number = Number(plain);
    return /^-?\d+$/.test(plain) && Number.isSafeInteger(number) ? number : plain;
  };
  return (
    <TextField
      label={label ?? textIn(field.label, language.value)}
      unseenLabel={unseenLabel}
      help={field.min === 0 && !field.required && field.max > 100 ? t('compose.integer.zero') : undefined}
      error={whyAt(around, at)}
      required={field.required}
      inputMode="numeric"
      dir="ltr"
      class="form-text integer"
      value={asText(value)}
      onValue={(text) => onValue(read(text))}
      onBlur={() => around.leave(at)}
    />
  );
}

const FEW = 5;

function ChoiceOf({ field, at, value, onValue, around, unseenLabel, label }: Props) {
  const name = label ?? textIn(field.label, language.value);
  const options = field.choices.map((choice) => ({ value: choice.value, label: textIn(choice.label, language.value) }));
  const error = whyAt(around, at);
  if (field.required && options.length <= FEW && !unseenLabel)
    return (
      <ChoiceField label={name} required error={error} value={asText(value)} onValue={onValue} options={options} />
    );
  const isKnown = value === undefined || options.some((option) => option.value === value);
  return (
    <SelectField
      label={name}
      unseenLabel={unseenLabel}
      error={error}
      required={field.required}
      value={asText(value)}
      onValue={(chosen) => onValue(orNothing(chosen))}
      onBlur={() => around.leave(at)}
      options={[
        { value: '', label: field.required ? t('compose.choose') : t('compose.not_said') },
        ...(isKnown ? [] : [{ value: asText(value), label: asText(value) }]),
        ...options,
      ]}
    />
  );
}

function BooleanField({ field, at, value, onValue, around, label }: Props) {
  return (
    <ChoiceField
      label={label ?? textIn(field.label, language.value)}
      required={field.required}
      error={whyAt(around, at)}
      value={typeof value === 'boolean' ? String(value) : ''}
      onValue={(chosen) => onValue(chosen === '' ? undefined : chosen === 'true')}
      options={[
        { value: 'true', label: t('compose.yes') },
        { value: 'false', label: t('compose.no') },
        ...(field.required ? [] : [{ value: '', label: t('compose.not_said') }]),
      ]}
    />
  );
}

/** A choice that knows the usual values and takes others. */
function OpenChoice({ props, known, nameOf }: { props: Props; known: string[]; nameOf: (value: string) => string }) {
  const { field, at, value, onValue, around, unseenLabel, label } = props;
  const text = asText(value);
  const [isOther, setOther] = useState(false);
  if (isOther)
    return (
      <FormText
        {...props}
        extra={
          <div class="beside">
            <Button look="quiet" onClick={() => setOther(false)}>
              {t('compose.other.back')}
            </Button>
          </div>
        }
      />
    );
  return (
    <SelectField
      label={label ?? textIn(field.label, language.value)}
      unseenLabel={unseenLabel}
      error={whyAt(around, at)}
      required={field.required}
      value={text}
      onBlur={() => around.leave(at)}
      onValue={(chosen) => (chosen === '…' ? setOther(true) : onValue(orNothing(chosen)))}
      options={[
        { value: '', label: field.required ? t('compose.choose') : t('compose.not_said') },
        ...(text !== '' && !known.includes(text) ? [{ value: text, label: nameOf(text) }] : []),
        ...known.map((one) => ({ value: one, label: nameOf(one) })),
        { value: '…', label: t('compose.other') },
      ]}
    />
  );
}

function CountryField(props: Props) {
  const { field, at, value, onValue, around, unseenLabel, label } = props;
  const options = useMemo(countries, [language.value]);
  const text = asText(value);
  return (
    <SelectField
      label={label ?? textIn(field.label, language.value)}
      unseenLabel={unseenLabel}
      error={whyAt(around, at)}
      required={field.required}
      value={text}
      onBlur={() => around.leave(at)}
      onValue={(chosen) => onValue(orNothing(chosen))}
      options={[
        { value: '', label: t('compose.choose') },
        ...(text !== '' && !options.some((option) => option.value === text)
          ? [{ value: text, label: countryName(text) }]
          : []),
        ...options,
      ]}
    />
  );
}

/** Texts of a line or of a page, by how long they may be. */
const SHORT = 300;

function TextOf({ field, at, value, onValue, around, unseenLabel, type = field.type, label }: Props) {
  const name = label ?? textIn(field.label, language.value);
  const error = whyAt(around, at);
  if (type !== 'text') return <FormText {...{ field, at, value, onValue, around, unseenLabel, type, label }} help={t(`compose.form.${type}`)} />;
  if (field.max <= SHORT || field.name === 'value' || field.name === 'note')
    return (
      <TextField
        label={name}
        unseenLabel={unseenLabel}
        error={error}
        required={field.required}
        value={asText(value)}
        onValue={(text) => onValue(orNothing(text))}
        onBlur={() => around.leave(at)}
      />
    );
  return (
    <TextAreaField
      label={name}
      unseenLabel={unseenLabel}
      error={error}
      required={field.required}
      max={field.max}
      rows={field.max > 10000 ? 7 : 3}
      value={asText(value)}
      onValue={(text) => onValue(orNothing(text))}
      onBlur={() => around.leave(at)}
    />
  );
}

function DurationField(props: Props) {
  const seconds = readDuration(asText(props.value));
  return (
    <FormText
      {...props}
      help={t('compose.form.duration')}
      extra={
        seconds !== undefined && (
          <div class="beside soft small">{t('compose.minutes', { n: Math.round(seconds / 60) })}</div>
        )
      }
    />
  );
}

function Control(props: Props) {
  const type = props.type ?? props.field.type;
  switch (type) {
    case 'time':
      return <TimeField {...props} />;
    case 'integer':
      return <IntegerField {...props} />;
    case 'boolean':
      return <BooleanField {...props} />;
    case 'choice':
      return <ChoiceOf {...props} />;
    case 'country':
      return <CountryField {...props} />;
    case 'language':
      return <OpenChoice props={props} known={props.around.languages} nameOf={languageName} />;
    case 'desk':
      return <OpenChoice props={props} known={props.around.desks} nameOf={(name) => name} />;
    case 'duration':
      return <DurationField {...props} />;
    case 'text':
      return <TextOf {...props} />;
    default:
      return <FormText {...props} help={t(`compose.form.${type}`)} />;
  }
}

const isBlankRow = (value: Json) => !isGiven(value);

/** A list: its rows, one empty row to go on, and a paste of many lines makes many rows. */
function ListField({ field, at, value, onValue, around }: Props) {
  const of = field.of;
  const root = useRef<HTMLFieldSetElement>(null);
  const focusRow = useRef<number>();
  const list = Array.isArray(value) ? value : [];
  const rows: Json[] = list.length > 0 ? list : [];
  const id = useId();
  const error = whyAt(around, at);
  const isObjects = of?.type === 'object';
  const blank: Json = isObjects ? {} : '';
  const label = textIn(field.label, language.value);

  useEffect(() => {
    if (focusRow.current === undefined) return;
    const goal = root.current?.querySelectorAll<HTMLElement>(':scope > ol > li')[focusRow.current];
    focusRow.current = undefined;
    (goal?.querySelector<HTMLElement>('input, select, textarea') ?? root.current?.querySelector<HTMLElement>('.add'))?.focus();
  });

  const put = (next: Json[]) => onValue(next.length > 0 ? next : undefined);
  const add = () => {
    focusRow.current = rows.length;
    put([...rows, blank]);
  };
  const remove = (i: number) => {
    focusRow.current = Math.max(0, i - 1);
    put(rows.filter((_, k) => k !== i));
  };
  const change = (i: number, next: Json | undefined) => put(rows.map((row, k) => (k === i ? (next ?? blank) : row)));
  const paste = (i: number, event: ClipboardEvent) => {
    const lines = (event.clipboardData?.getData('text') ?? '').split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
    if (isObjects || lines.length < 2) return;
    event.preventDefault();
    const made = lines.map((line) => tidy(of?.type ?? 'text', line, now()));
    put([...rows.slice(0, i), ...made, ...rows.slice(i + 1)].filter((row) => !isBlankRow(row)));
  };

  if (!of) return null;
  return (
    <fieldset class={cx('field list', error !== undefined && 'wrong')} ref={root} aria-describedby={error ? `${id}-error` : undefined}>
      <legend>
        {label}
        {field.required && <span class="required"> {t('ui.required')}</span>}
      </legend>
      <ol class={cx(isObjects && 'objects')}>
        {rows.map((row, i) => (
          <li key={i} onPaste={(event) => paste(i, event)}>
            {isObjects ? (
              <Fields
                fields={of.fields}
                at={`${at}[${i}]`}
                values={isObject(row) ? row : {}}
                onValues={(next) => change(i, next)}
                around={around}
                inRow={of.fields.length <= 3}
              />
            ) : (
              <div data-field={`${at}[${i}]`} class="cell">
                <Control
                  field={{ ...of, required: false }}
                  at={`${at}[${i}]`}
                  value={row}
                  onValue={(next) => change(i, next)}
                  around={around}
                  unseenLabel
                  label={t('compose.list.row', { field: label, n: i + 1 })}
                />
              </div>
            )}
            <Button look="quiet" icon="cross" bare onClick={() => remove(i)}>
              {t('compose.list.remove', { field: label, n: i + 1 })}
            </Button>
          </li>
        ))}
      </ol>
      {rows.length < field.max && (
        <div data-field={at}>
          <Button look="quiet" icon="plus" class="add" onClick={add}>
            {rows.length === 0 ? t('compose.list.first', { field: label }) : t('compose.list.add', { field: label })}
          </Button>
        </div>
      )}
      {error !== undefined && (
        <div class="error" id={`${id}-error`}>
          {error}
        </div>
      )}
    </fieldset>
  );
}

function ObjectField({ field, at, value, onValue, around }: Props) {
  return (
    <fieldset class="field object">
      <legend>{textIn(field.label, language.value)}</legend>
      <Fields
        fields={field.fields}
        at={at}
        values={isObject(value) ? value : {}}
        onValues={(next) => onValue(isGiven(next) ? next : undefined)}
        around={around}
      />
    </fieldset>
  );
}

function One(props: Props) {
  if (props.field.type === 'list') return <ListField {...props} />;
  return (
    <div data-field={props.at} class={cx('one', props.field.type)}>
      {props.field.type === 'object' ? <ObjectField {...props} /> : <Control {...props} />}
    </div>
  );
}

/** What a kind's first fields are: those required and those filled in; the others wait in a fold. */
export function Fields({
  fields,
  at,
  values,
  onValues,
  around,
  inRow,
}: {
  fields: FormField[];
  at: string;
  values: { [name: string]: Json };
  onValues: (values: { [name: string]: Json }) => void;
  around: Surroundings;
  inRow?: boolean;
}) {
  const change = (name: string, value: Json | undefined) => {
    const next = { ...values };
    if (value === undefined) delete next[name];
    else next[name] = value;
    onValues(next);
  };
  return (
    <div class={cx('form-fields', inRow && 'in-row')}>
      {fields.map((field) => (
        <One
          key={field.name}
          field={field}
          at={`${at}.${field.name}`}
          value={values[field.name]}
          onValue={(value) => change(field.name, value)}
          around={around}
          type={formOf(field, values, fields)}
        />
      ))}
    </div>
  );
}

const MANY = 6;

/** The whole body: required fields first, the many optional ones in a fold that opens when one of them is filled. */
export function BodyFields(props: { fields: FormField[]; values: { [name: string]: Json }; onValues: (values: { [name: string]: Json }) => void; around: Surroundings }) {
  const { fields, values } = props;
  const [opened, setOpened] = useState(false);
  const optional = fields.filter((field) => !field.required);
  const hasFilled = optional.some((field) => isGiven(values[field.name]));
  const hasWrong = optional.some((field) => whyAt(props.around, `body.${field.name}`) !== undefined);
  if (optional.length <= MANY) return <Fields {...props} at="body" />;
  const first = fields.filter((field) => field.required);
  return (
    <>
      <Fields {...props} fields={first} at="body" />
      <details
        class="more-fields"
        open={opened || hasFilled || hasWrong}
        onToggle={(event) => setOpened((event.currentTarget as HTMLDetailsElement).open)}
      >
        <summary>{t('compose.more_fields', { n: optional.length })}</summary>
        <Fields {...props} fields={optional} at="body" />
      </details>
    </>
  );
}

