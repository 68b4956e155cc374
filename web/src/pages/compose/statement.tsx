// SPDX-License-Identifier: Apache-2.0
// A record statement is not made up by hand: the desk says from when to when its record runs, how long each log is and
// under which root. Filled in where nothing stands yet, and anew when asked.
import { useEffect, useState } from 'preact/hooks';
import { asProblem, channelPath, get, type Problem } from '../../api';
import { t } from '../../i18n';
import type { Body, StatementBody } from '../../types';
import { Button, ProblemBox } from '../../ui';

export function FillStatement({ channel, isEmpty, onBody }: { channel: string; isEmpty: boolean; onBody: (body: Body) => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const fill = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      onBody({ ...(await get<StatementBody>(`${channelPath(channel)}/statement`)) });
    } catch (caught) {
      setProblem(asProblem(caught));
    }
    setBusy(false);
  };
  useEffect(() => {
    if (isEmpty && channel) void fill();
  }, [channel]);
  return (
    <div class="fill">
      <p class="help">{t('compose.statement.help')}</p>
      <ProblemBox problem={problem} />
      <div class="row-of">
        <Button busy={busy} onClick={() => void fill()}>
          {t('compose.statement.fill')}
        </Button>
      </div>
    </div>
  );
}
