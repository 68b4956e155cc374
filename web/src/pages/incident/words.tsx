// SPDX-License-Identifier: Apache-2.0
// Words of an incident that stand in lists and heads.
import { fieldsOf, kindOf, say, useCatalogue } from '../../catalogue';
import { t } from '../../i18n';
import { choicesOf } from '../../model/catalogue';
import type { Catalogue, Incident } from '../../types';
import { Badge, type IconName, type Tone } from '../../ui';

/** What a choice is called; its value while the catalogue is not here or does not know it. */
export function choiceLabel(catalogue: Catalogue | undefined, kind: string, field: string, value: string): string {
  const found = fieldsOf(catalogue, kindOf(catalogue, kind)?.fields).find((one) => one.name === field);
  if (catalogue === undefined || found === undefined) return value;
  return say(choicesOf(catalogue, found).find((one) => one.value === value)?.label) || value;
}

const severities: { [value: string]: [Tone, IconName] } = {
  critical: ['bad', 'triangle'],
  high: ['bad', 'diamond'],
  medium: ['warn', 'half'],
  low: ['plain', 'ring'],
};

export function Severity({ value }: { value: string }) {
  const catalogue = useCatalogue();
  if (value === '') return <span class="soft">{t('incidents.unsaid')}</span>;
  const [tone, icon] = severities[value] ?? ['plain', 'ring'];
  return (
    <Badge tone={tone} icon={icon}>
      {choiceLabel(catalogue, 'incident', 'severity', value)}
    </Badge>
  );
}

export function CaseState({ of }: { of: Incident }) {
  const catalogue = useCatalogue();
  if (of.cancelled) return <Badge icon="cross">{t('incidents.cancelled')}</Badge>;
  if (!of.closed)
    return (
      <Badge tone="info" icon="dot">
        {t('incidents.open')}
      </Badge>
    );
  return (
    <Badge icon="check">
      {t('incidents.closed')}
      {of.outcome && `: ${choiceLabel(catalogue, 'incident.close', 'outcome', of.outcome)}`}
    </Badge>
  );
}
