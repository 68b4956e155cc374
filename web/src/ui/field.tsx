// SPDX-License-Identifier: Apache-2.0
// Form fields. Label, help and error are tied to the control; the error says what is wrong in words. A field is
// named in `fields` of a problem as the desk names it, so that a refusal lands where it belongs.
import type { ComponentChildren, JSX, Ref } from 'preact';
import { useId } from 'preact/hooks';
import { num, t } from '../i18n';
import { cx } from './classes';
import { Icon } from './icon';

interface Common {
  label: ComponentChildren;
  help?: ComponentChildren;
  error?: string;
  required?: boolean;
  /** the label is there for screen readers only: where a column's head says it */
  unseenLabel?: boolean;
  class?: string;
}

/** What a control must carry to be tied to its label, help and error. */
export interface Wiring {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: 'true';
  'aria-required'?: 'true';
}

export function Field({
  label,
  help,
  error,
  required,
  unseenLabel,
  class: more,
  children,
}: Common & { children: (wiring: Wiring) => ComponentChildren }) {
  const id = useId();
  const describedBy = [help !== undefined && `${id}-help`, error !== undefined && `${id}-error`].filter(Boolean);
  return (
    <div class={cx('field', error !== undefined && 'wrong', more)}>
      <label for={id} class={unseenLabel ? 'unseen' : undefined}>
        {label}
        {required && <span class="required"> {t('ui.required')}</span>}
      </label>
      {help !== undefined && (
        <div class="help" id={`${id}-help`}>
          {help}
        </div>
      )}
      {children({
        id,
        'aria-describedby': describedBy.length > 0 ? describedBy.join(' ') : undefined,
        'aria-invalid': error !== undefined ? 'true' : undefined,
        'aria-required': required ? 'true' : undefined,
      })}
      {error !== undefined && (
        <div class="error" id={`${id}-error`}>
          <Icon name="triangle" /> <span>{error}</span>
        </div>
      )}
    </div>
  );
}

type InputProps = Omit<JSX.IntrinsicElements['input'], 'label' | 'class' | 'value' | 'ref'>;

export function TextField({
  label,
  help,
  error,
  required,
  unseenLabel,
  class: more,
  value,
  onValue,
  inputRef,
  ...rest
}: Common & { value: string; onValue: (value: string) => void; inputRef?: Ref<HTMLInputElement> } & InputProps) {
  return (
    <Field {...{ label, help, error, required, unseenLabel, class: more }}>
      {(wiring) => (
        <input
          type="text"
          dir="auto"
          autoComplete="off"
          {...rest}
          {...wiring}
          ref={inputRef}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function TextAreaField({
  label,
  help,
  error,
  required,
  unseenLabel,
  class: more,
  value,
  onValue,
  max,
  inputRef,
  ...rest
}: Common & {
  value: string;
  onValue: (value: string) => void;
  /** characters; shown when most of them are used */
  max?: number;
  inputRef?: Ref<HTMLTextAreaElement>;
} & Omit<JSX.IntrinsicElements['textarea'], 'label' | 'class' | 'value' | 'ref'>) {
  const used = max === undefined ? 0 : [...value].length;
  return (
    <Field {...{ label, help, error, required, unseenLabel, class: more }}>
      {(wiring) => (
        <>
          <textarea
            dir="auto"
            rows={4}
            {...rest}
            {...wiring}
            ref={inputRef}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
          {max !== undefined && used > max * 0.8 && (
            <div class={cx('count', used > max && 'over')}>{t('ui.characters', { n: used, max: num(max) })}</div>
          )}
        </>
      )}
    </Field>
  );
}

export interface Option {
  value: string;
  label: string;
}

export function SelectField({
  label,
  help,
  error,
  required,
  unseenLabel,
  class: more,
  value,
  onValue,
  options,
  ...rest
}: Common & { value: string; onValue: (value: string) => void; options: Option[] } & Omit<
    JSX.IntrinsicElements['select'],
    'label' | 'class' | 'value'
  >) {
  return (
    <Field {...{ label, help, error, required, unseenLabel, class: more }}>
      {(wiring) => (
        <select {...rest} {...wiring} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function CheckField({
  label,
  help,
  error,
  checked,
  onChecked,
  disabled,
}: Omit<Common, 'required' | 'unseenLabel'> & {
  checked: boolean;
  onChecked: (checked: boolean) => void;
  disabled?: boolean;
}) {
  const id = useId();
  const describedBy = [help !== undefined && `${id}-help`, error !== undefined && `${id}-error`].filter(Boolean);
  return (
    <div class={cx('field check', error !== undefined && 'wrong')}>
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={describedBy.length > 0 ? describedBy.join(' ') : undefined}
        aria-invalid={error !== undefined ? 'true' : undefined}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {help !== undefined && (
        <div class="help" id={`${id}-help`}>
          {help}
        </div>
      )}
      {error !== undefined && (
        <div class="error" id={`${id}-error`}>
          <Icon name="triangle" /> <span>{error}</span>
        </div>
      )}
    </div>
  );
}

/** One of few, all seen at once. */
export function ChoiceField({
  label,
  help,
  error,
  required,
  value,
  onValue,
  options,
}: Common & { value: string; onValue: (value: string) => void; options: (Option & { help?: string })[] }) {
  const id = useId();
  const describedBy = [help !== undefined && `${id}-help`, error !== undefined && `${id}-error`].filter(Boolean);
  return (
    <fieldset
      class={cx('field choice', error !== undefined && 'wrong')}
      aria-describedby={describedBy.length > 0 ? describedBy.join(' ') : undefined}
    >
      <legend>
        {label}
        {required && <span class="required"> {t('ui.required')}</span>}
      </legend>
      {help !== undefined && (
        <div class="help" id={`${id}-help`}>
          {help}
        </div>
      )}
      {options.map((option) => (
        <div class="option" key={option.value}>
          <input
            type="radio"
            name={id}
            id={`${id}-${option.value}`}
            value={option.value}
            checked={option.value === value}
            onChange={() => onValue(option.value)}
          />
          <label for={`${id}-${option.value}`}>
            {option.label}
            {option.help && <span class="help"> {option.help}</span>}
          </label>
        </div>
      ))}
      {error !== undefined && (
        <div class="error" id={`${id}-error`}>
          <Icon name="triangle" /> <span>{error}</span>
        </div>
      )}
    </fieldset>
  );
}
