// SPDX-License-Identifier: Apache-2.0
// The desk itself: its people and programs, its own and its peers' cards, charters, rosters, and where it sends alerts.
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { OwnPasswordDialog } from '../../login';
import { type PageProps, setQuery } from '../../router';
import { isAdministrator } from '../../session';
import { Button, Page, Tabs } from '../../ui';
import { Alerts } from './alerts';
import { Cards } from './cards';
import { Charters } from './charters';
import { Operators } from './operators';
import { Rosters } from './rosters';
import { Tokens } from './tokens';
import './desk.css';

const tabs: { name: string; view: () => preact.JSX.Element; administrators?: boolean }[] = [
  { name: 'cards', view: Cards },
  { name: 'charters', view: Charters },
  { name: 'rosters', view: Rosters },
  { name: 'operators', view: Operators },
  { name: 'tokens', view: Tokens, administrators: true },
  { name: 'alerts', view: Alerts, administrators: true },
];

export default function DeskPage({ query }: PageProps) {
  const [password, setPassword] = useState(false);
  const mine = tabs.filter((tab) => !tab.administrators || isAdministrator());
  const chosen = mine.find((tab) => tab.name === query.get('tab')) ?? mine[0];
  if (!chosen) return null;
  const View = chosen.view;
  return (
    <Page
      title={t('desk.title')}
      class="desk"
      actions={
        <Button look="quiet" icon="lock" onClick={() => setPassword(true)}>
          {t('desk.password')}
        </Button>
      }
    >
      <Tabs
        label={t('desk.title')}
        tabs={mine.map(({ name }) => ({ name, label: t(`desk.tab.${name}`) }))}
        chosen={chosen.name}
        onChoose={(tab) => setQuery({ tab })}
      >
        <View />
      </Tabs>
      {password && <OwnPasswordDialog onClose={() => setPassword(false)} />}
    </Page>
  );
}
