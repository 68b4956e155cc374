// SPDX-License-Identifier: Apache-2.0
// The reports of an incident side by side: what each says, and what it changed.
import { useState } from 'preact/hooks';
import { kindLabel, useCatalogue } from '../../catalogue';
import { t } from '../../i18n';
import { languageOf } from '../../model/body_view';
import { type Cell, compare } from '../../model/versions';
import type { Message } from '../../types';
import { Badge, CheckField, Id, PeerText, ScrollFrame, TimeText } from '../../ui';
import { reader, ValueView } from '../message/fields';
import { choiceLabel } from './words';

const LOUD = ['new', 'changed', 'gone'];

function CellView({ cell, message, channel }: { cell: Cell; message: Message; channel: string }) {
  if (cell.value === undefined)
    return (
      <span class="soft">
        {cell.change === 'as-before' ? t('incident.as_before') : cell.change === 'gone' ? t('incident.gone') : ''}
      </span>
    );
  return (
    <>
      <ValueView value={cell.value} channel={channel} lang={languageOf(message.body)} />
      {LOUD.includes(cell.change) && <Badge tone="warn">{t(`incident.change.${cell.change}`)}</Badge>}
    </>
  );
}

export function Reports({ reports, channel }: { reports: readonly Message[]; channel: string }) {
  const catalogue = useCatalogue();
  const [onlyChanged, setOnlyChanged] = useState(false);
  if (!catalogue) return null;
  const fields = compare(
    catalogue,
    reports.map((one) => ({
      id: one.id,
      author: one.author,
      kind: one.kind ?? '',
      sent: one.sent ?? '',
      body: one.body,
    })),
    reader(),
  ).filter((field) => !onlyChanged || field.isChanged);
  return (
    <div class="stack">
      {reports.length > 1 && (
        <CheckField label={t('incident.only_changed')} checked={onlyChanged} onChecked={setOnlyChanged} />
      )}
      <ScrollFrame label={t('incident.reports')}>
        <table class="reports" aria-label={t('incident.reports')}>
          <thead>
            <tr>
              <th scope="col">{t('message.field')}</th>
              {reports.map((one) => (
                <th scope="col" key={one.id}>
                  <div>{kindLabel(catalogue, one.kind)}</div>
                  {typeof one.body?.stage === 'string' && (
                    <div>
                      <PeerText text={choiceLabel(catalogue, 'incident', 'stage', one.body.stage)} max={60} />
                    </div>
                  )}
                  <Id id={one.id} channel={channel} /> <TimeText time={one.sent} alone />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field.name}>
                <th scope="row" lang={field.labelLang || undefined}>
                  <PeerText text={field.label} max={100} />
                </th>
                {field.cells.map((cell, i) => {
                  const message = reports[i];
                  return (
                    <td key={i} class={cell.change}>
                      {message && <CellView cell={cell} message={message} channel={channel} />}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollFrame>
    </div>
  );
}
