// SPDX-License-Identifier: Apache-2.0
// All entries of a channel in the joint order, each with how a release shows it: as a draft chooses, or as a manifest
// says. Any place can be opened at once, however long the channel is.
import { kindLabel, useCatalogue } from '../../catalogue';
import { useBooks } from '../../codebooks';
import { t } from '../../i18n';
import { modes, type Mode } from '../../model/release';
import { useKey } from '../../shortcuts';
import type { ChannelDetail, MessageId, Row } from '../../types';
import { Button, cx, GridCell, Icon, type IconName, Id, ProblemBox, Loading, TimeText, VirtualList } from '../../ui';
import { useNarrow } from '../channel/list';
import { isByPerson, RowTitle, Side, WaitingCells } from '../channel/row';
import { useDense } from '../channel/use_rows';
import { to } from '../../router';
import '../channel/channel.css';

const icons: { [mode in Mode]: IconName } = { full: 'check', envelope: 'half', withheld: 'lock' };

export function ModeWords({ mode }: { mode: Mode | undefined }) {
  return (
    <span class={cx('mode', mode)}>
      {mode && <Icon name={icons[mode]} />}
      <span>{t(`release.mode.${mode ?? 'later'}`)}</span>
    </span>
  );
}

function Choose({ row, mode, onMode }: { row: Row; mode: Mode; onMode: (id: MessageId, mode: Mode) => void }) {
  return (
    <span class="choose" role="group" aria-label={t('release.choose.of', { id: row.id })}>
      {modes.map((one) => (
        <button
          key={one}
          type="button"
          class={cx('pick', one, one === mode && 'picked')}
          aria-pressed={one === mode}
          onClick={() => onMode(row.id, one)}
        >
          <Icon name={icons[one]} />
          <span>{t(`release.mode.${one}`)}</span>
        </button>
      ))}
    </span>
  );
}

export function EntryList({
  channel,
  modeOf,
  onMode,
  onAttachments,
}: {
  channel: ChannelDetail;
  modeOf: (row: Row) => Mode | undefined;
  /** absent: nothing can be chosen */
  onMode?: (row: Row, mode: Mode) => void;
  onAttachments?: (row: Row) => void;
}) {
  const dense = useDense(channel.id);
  const catalogue = useCatalogue();
  const books = useBooks(channel.codebooks ?? []);
  const isNarrow = useNarrow();

  /** The row that has the focus takes the key. */
  const pick = (mode: Mode) => {
    const at = document.activeElement?.closest('.entry-list [data-index]')?.getAttribute('data-index');
    const row = at === null || at === undefined ? undefined : dense.get(Number(at));
    if (row) onMode?.(row, mode);
  };
  useKey('f', () => pick('full'));
  useKey('e', () => pick('envelope'));
  useKey('w', () => pick('withheld'));

  if (dense.isLoading) return <Loading />;
  return (
    <div class="message-list entry-list">
      <ProblemBox problem={dense.problem} />
      <VirtualList
        label={t('release.entries')}
        count={dense.total}
        rowHeight={isNarrow ? 98 : 34}
        header={
          isNarrow ? undefined : (
            <>
              <GridCell isHead>{t('release.head.mode')}</GridCell>
              <GridCell isHead>{t('channel.head.when')}</GridCell>
              <GridCell isHead>{t('channel.head.from')}</GridCell>
              <GridCell isHead>{t('channel.head.kind')}</GridCell>
              <GridCell isHead>{t('channel.head.says')}</GridCell>
            </>
          )
        }
        rowKey={(index) => dense.get(index)?.id ?? `at-${index}`}
        rowClass={(index) => {
          const row = dense.get(index);
          return row && cx(row.own ? 'ours' : 'theirs', catalogue && !isByPerson(catalogue, row) && 'automatic', modeOf(row));
        }}
        onRange={dense.want}
        row={(index) => {
          const row = dense.get(index);
          if (!row) return <WaitingCells />;
          const mode = modeOf(row);
          return (
            <>
              <GridCell class="modes">
                {onMode ? (
                  <Choose row={row} mode={mode ?? 'withheld'} onMode={(_, one) => onMode(row, one)} />
                ) : (
                  <ModeWords mode={mode} />
                )}
              </GridCell>
              <GridCell class="when">
                <TimeText time={row.sent} alone />
              </GridCell>
              <GridCell class="from">
                <Side own={row.own} author={row.author} />
              </GridCell>
              <GridCell class="kind">{kindLabel(catalogue, row.kind)}</GridCell>
              <GridCell class="says">
                <Id id={row.id} />
                <a href={to.message(channel.id, row.id)} class="title">
                  <RowTitle row={row} books={books} catalogue={catalogue} />
                </a>
                {row.attachments > 0 &&
                  (onAttachments && mode === 'full' ? (
                    <Button look="quiet" icon="file" onClick={() => onAttachments(row)}>
                      {t('channel.attachments', { n: row.attachments })}
                    </Button>
                  ) : (
                    <span class="attached">{t('channel.attachments', { n: row.attachments })}</span>
                  ))}
              </GridCell>
            </>
          );
        }}
      />
    </div>
  );
}
