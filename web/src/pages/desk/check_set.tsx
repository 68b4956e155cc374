// SPDX-License-Identifier: Apache-2.0
// Several of a few: roles, scopes. What each means stands beside it: nobody should give one for its name.
import { Alert, CheckField } from '../../ui';

interface Props<T extends string> {
  legend: string;
  all: readonly T[];
  chosen: readonly T[];
  label: (one: T) => string;
  help: (one: T) => string;
  /** in the order of `all` */
  onChosen: (chosen: T[]) => void;
  error?: string;
}

export function CheckSet<T extends string>({ legend, all, chosen, label, help, onChosen, error }: Props<T>) {
  return (
    <fieldset class="field">
      <legend>{legend}</legend>
      {all.map((one) => (
        <CheckField
          key={one}
          label={label(one)}
          help={help(one)}
          checked={chosen.includes(one)}
          onChecked={(on) => onChosen(all.filter((other) => (other === one ? on : chosen.includes(other))))}
        />
      ))}
      {error && <Alert tone="bad">{error}</Alert>}
    </fieldset>
  );
}
