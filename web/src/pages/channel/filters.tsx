// SPDX-License-Identifier: Apache-2.0
// What of a channel is listed. All of it stands in the address, so that Back and a copied link show the same.
import { kindLabel, useCatalogue } from '../../catalogue';
import { t } from '../../i18n';
import { setQuery } from '../../router';
import type { ChannelDetail } from '../../types';
import { Button, CheckField, SelectField, TextField } from '../../ui';
import type { DeskFilters } from './use_rows';

export interface Filters extends DeskFilters {
  /** looked for in the titles that are here */
  q: string;
  unread: boolean;
  threads: boolean;
}

export function filtersOf(query: URLSearchParams): Filters {
  const text = (name: string) => query.get(name) || undefined;
  return {
    author: text('author'),
    kind: text('kind'),
    line: text('line'),
    overdue: query.has('overdue') || undefined,
    all: query.has('all') || undefined,
    q: query.get('q') ?? '',
    unread: query.has('unread'),
    threads: query.has('threads'),
  };
}

/** Nothing is left out: every position of the record is in the list. */
export const isWhole = (f: Filters) =>
  f.all === true && !f.author && !f.kind && !f.line && !f.overdue && f.q === '' && !f.unread && !f.threads;

/** Something is left out beyond what desks write by themselves. */
export const isFiltered = (f: Filters) =>
  Boolean(f.author || f.kind || f.line || f.overdue || f.q !== '' || f.unread);

const flag = (on: boolean) => (on ? '1' : undefined);

export function FilterBar({ channel, filters }: { channel: ChannelDetail | undefined; filters: Filters }) {
  const catalogue = useCatalogue();
  const any = { value: '', label: t('channel.filter.any') };
  const kinds = (catalogue?.kinds ?? [])
    .filter((kind) => filters.all || !kind.automatic)
    .filter((kind) => kind.automatic || kind.always || !channel?.kinds_allowed || channel.kinds_allowed.includes(kind.name))
    .map((kind) => ({ value: kind.name, label: kindLabel(catalogue, kind.name) }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const known = (value: string | undefined, options: { value: string; label: string }[]) =>
    value === undefined || options.some((one) => one.value === value) ? options : [...options, { value, label: value }];
  const members = (channel?.members ?? []).map(({ name }) => ({ value: name, label: name }));
  const lines = (channel?.lines ?? []).map((line) => ({ value: line, label: line }));
  return (
    <div class="filters" role="search" aria-label={t('channel.filter')}>
      <TextField
        label={t('channel.filter.q')}
        type="search"
        data-filter=""
        class="q"
        value={filters.q}
        onValue={(q) => setQuery({ q })}
      />
      <SelectField
        label={t('channel.filter.author')}
        value={filters.author ?? ''}
        onValue={(author) => setQuery({ author })}
        options={[any, ...known(filters.author, members)]}
      />
      <SelectField
        label={t('channel.filter.kind')}
        value={filters.kind ?? ''}
        onValue={(kind) => setQuery({ kind })}
        options={[any, ...known(filters.kind, kinds)]}
      />
      {lines.length > 1 && (
        <SelectField
          label={t('channel.filter.line')}
          value={filters.line ?? ''}
          onValue={(line) => setQuery({ line })}
          options={[any, ...known(filters.line, lines)]}
        />
      )}
      <div class="checks">
        <CheckField
          label={t('channel.filter.overdue')}
          checked={filters.overdue === true}
          onChecked={(on) => setQuery({ overdue: flag(on) })}
        />
        <CheckField
          label={t('channel.filter.unread')}
          checked={filters.unread}
          onChecked={(on) => setQuery({ unread: flag(on) })}
        />
        <CheckField
          label={t('channel.filter.all')}
          checked={filters.all === true}
          onChecked={(on) => setQuery({ all: flag(on) })}
        />
        <CheckField
          label={t('channel.filter.threads')}
          checked={filters.threads}
          onChecked={(on) => setQuery({ threads: flag(on) })}
        />
      </div>
      {isFiltered(filters) && (
        <Button
          look="quiet"
          icon="cross"
          onClick={() =>
            setQuery({ q: '', author: '', kind: '', line: '', overdue: undefined, unread: undefined })
          }
        >
          {t('channel.filter.clear')}
        </Button>
      )}
    </div>
  );
}
