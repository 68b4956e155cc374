// SPDX-License-Identifier: Apache-2.0
// Who gets it: what each will owe, whether it can read this language, whether it can be reached.
import { kindLabel, useCatalogue } from '../../catalogue';
import { t } from '../../i18n';
import type { Recipient } from '../../types';
import { Ago, Badge, type Column, Name, Table } from '../../ui';
import { languageName } from './words';

export function Recipients({ recipients, addressed, narrow }: { recipients: Recipient[]; addressed?: string[]; /** beside the form */ narrow?: boolean }) {
  const catalogue = useCatalogue();
  const columns: Column<Recipient>[] = [
    {
      name: 'desk',
      head: t('compose.to.desk'),
      isHead: true,
      cell: (row) => (
        <>
          <Name>{row.desk}</Name>
          {addressed && addressed.length > 0 && !addressed.includes(row.desk) && (
            <span class="soft small"> {t('compose.to.reads_too')}</span>
          )}
        </>
      ),
    },
    {
      name: 'owes',
      head: t('compose.to.owes'),
      cell: (row) =>
        row.owes.length === 0 ? (
          <span class="soft">{t('compose.to.nothing')}</span>
        ) : (
          row.owes.map((kind) => kindLabel(catalogue, kind)).join(` ${t('compose.to.or')} `)
        ),
    },
    {
      name: 'reads',
      head: t('compose.to.reads'),
      cell: (row) => (
        <>
          {row.can_read ? (
            <Badge tone="good" icon="check">
              {t('compose.to.can_read')}
            </Badge>
          ) : (
            <Badge tone="warn" icon="triangle">
              {t('compose.to.cannot_read')}
            </Badge>
          )}{' '}
          <bdi class="soft small">{row.languages.map(languageName).join(', ')}</bdi>
        </>
      ),
    },
    {
      name: 'reachable',
      head: t('compose.to.reachable'),
      cell: (row) => (
        <>
          {row.reachable ? (
            <Badge tone="good" icon="check">
              {t('compose.to.reached')}
            </Badge>
          ) : (
            <Badge tone="warn" icon="triangle">
              {t('compose.to.not_reached')}
            </Badge>
          )}{' '}
          <span class="soft small">
            {t('compose.to.heard')} <Ago time={row.last_heard} />
          </span>
        </>
      ),
    },
  ];
  if (narrow)
    return (
      <ul class="recipients" aria-label={t('compose.to.title')} tabIndex={recipients.length > 6 ? 0 : undefined}>
        {recipients.map((row) => (
          <li key={row.desk}>
            <div>{columns[0]?.cell(row)}</div>
            <div>{columns[2]?.cell(row)}</div>
            <div>{columns[3]?.cell(row)}</div>
            <div>
              <span class="soft">{t('compose.to.owes')}</span> {columns[1]?.cell(row)}
            </div>
          </li>
        ))}
      </ul>
    );
  return <Table label={t('compose.to.title')} columns={columns} rows={recipients} keyOf={(row) => row.desk} />;
}
