// SPDX-License-Identifier: Apache-2.0
// Tokens with which programs of the house come to the API. Each is shown once; revoked ones stay in the list.
import { useState } from 'preact/hooks';
import { post } from '../../api';
import { list, t, tr } from '../../i18n';
import { useResource } from '../../live';
import { now, parse } from '../../time';
import type { NewToken, Scope, Token, Tokens as List } from '../../types';
import {
  Ago,
  Alert,
  Badge,
  Button,
  type Column,
  Confirm,
  CopyButton,
  Dialog,
  Empty,
  Loading,
  Name,
  ProblemBox,
  Section,
  Table,
  TextField,
  TimeText,
} from '../../ui';
import { useAct } from './act';
import { CheckSet } from './check_set';

const scopes: Scope[] = ['read', 'draft', 'send'];

function AddDialog({ onClose, onAdded }: { onClose: () => void; onAdded: (made: NewToken) => void }) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<Scope[]>(['read']);
  const [days, setDays] = useState('365');
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAct();
  const noName = name.trim() === '' ? t('desk.token.name.missing') : undefined;
  const noScope = chosen.length === 0 ? t('desk.token.scopes.missing') : undefined;
  const wrongDays = days === '' || /^[1-9][0-9]{0,3}$/.test(days) ? undefined : t('desk.token.days.wrong');
  const send = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (noName ?? noScope ?? wrongDays) return;
    const until = days === '' ? {} : { until: new Date(now() + Number(days) * 86_400_000).toISOString().slice(0, 19) + 'Z' };
    void run(async () => onAdded(await post<NewToken>('/api/tokens', { name: name.trim(), scopes: chosen, ...until })));
  };
  return (
    <Dialog title={t('desk.token.add')} onClose={onClose}>
      <form class="stack" onSubmit={send} noValidate>
        <ProblemBox problem={problem} />
        <TextField
          label={t('desk.token.name')}
          help={t('desk.token.name.help')}
          value={name}
          onValue={setName}
          required
          error={problem?.why('name') ?? (tried ? noName : undefined)}
        />
        <CheckSet
          legend={t('desk.token.scopes')}
          all={scopes}
          chosen={chosen}
          label={(scope) => t(`desk.scope.${scope}`)}
          help={(scope) => t(`desk.scope.${scope}.help`)}
          onChosen={setChosen}
          error={tried ? noScope : undefined}
        />
        <TextField
          label={t('desk.token.days')}
          help={t('desk.token.days.help')}
          value={days}
          onValue={setDays}
          inputMode="numeric"
          dir="ltr"
          error={problem?.why('until') ?? wrongDays}
        />
        <div class="row-of">
          <Button type="submit" look="primary" busy={busy}>
            {t('desk.token.add.do')}
          </Button>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function TokenState({ token }: { token: Token }) {
  if (token.revoked !== 'never')
    return (
      <Badge tone="bad" icon="cross">
        {t('desk.token.revoked')}
      </Badge>
    );
  const until = parse(token.until);
  if (until !== undefined && until <= now())
    return (
      <Badge tone="warn" icon="clock">
        {t('desk.token.over')}
      </Badge>
    );
  return (
    <Badge tone="good" icon="check">
      {t('desk.token.holds')}
    </Badge>
  );
}

export function Tokens() {
  const read = useResource<List>('/api/tokens', { events: ['operators', 'token*'] });
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<NewToken>();
  const [revoking, setRevoking] = useState<Token>();
  const { busy, problem, run } = useAct();
  const revoke = (token: Token) =>
    run(async () => {
      await post(`/api/tokens/${encodeURIComponent(token.id)}/revoke`);
      setRevoking(undefined);
      await read.reload();
    });
  const columns: Column<Token>[] = [
    { name: 'name', head: t('desk.token.name'), isHead: true, cell: (one) => <Name>{one.name}</Name> },
    {
      name: 'scopes',
      head: t('desk.token.scopes'),
      cell: (one) => list(one.scopes.map((scope) => t(`desk.scope.${scope}`))),
    },
    { name: 'state', head: t('desk.state'), look: 'tight', cell: (one) => <TokenState token={one} /> },
    {
      name: 'until',
      head: t('desk.token.until'),
      look: 'tight',
      cell: (one) => (one.until === 'never' ? t('desk.token.no_end') : <TimeText time={one.until} full alone />),
    },
    { name: 'used', head: t('desk.token.used'), look: 'tight', cell: (one) => <Ago time={one.used} /> },
    { name: 'by', head: t('desk.token.by'), cell: (one) => <Name>{one.by}</Name> },
    {
      name: 'do',
      head: '',
      look: 'tight',
      cell: (one) =>
        one.revoked === 'never' && (
          <Button look="quiet" onClick={() => setRevoking(one)}>
            {t('desk.token.revoke')}
          </Button>
        ),
    },
  ];
  return (
    <Section
      title={t('desk.tab.tokens')}
      count={read.data?.tokens.length}
      actions={
        <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
          {t('desk.token.add')}
        </Button>
      }
    >
      <p class="help">{t('desk.tokens.what')}</p>
      <ProblemBox problem={read.problem} />
      {read.loading && <Loading />}
      {read.data?.tokens.length === 0 && <Empty>{t('desk.tokens.none')}</Empty>}
      {read.data && read.data.tokens.length > 0 && (
        <Table label={t('desk.tab.tokens')} columns={columns} rows={read.data.tokens} keyOf={(one) => one.id} />
      )}
      {adding && (
        <AddDialog
          onClose={() => setAdding(false)}
          onAdded={(token) => {
            setAdding(false);
            setMade(token);
            void read.reload();
          }}
        />
      )}
      {made && (
        <Dialog title={t('desk.token.made')} onClose={() => setMade(undefined)}>
          <Alert tone="warn">{t('desk.token.once')}</Alert>
          <p>
            <code dir="ltr" class="breakable">
              {made.token}
            </code>
          </p>
          <CopyButton text={made.token} />
          <p class="help">{t('desk.token.use')}</p>
        </Dialog>
      )}
      {revoking && (
        <Confirm
          title={tr('desk.token.revoke.title', { name: <Name>{revoking.name}</Name> })}
          action={t('desk.token.revoke')}
          danger
          busy={busy}
          onConfirm={() => void revoke(revoking)}
          onClose={() => setRevoking(undefined)}
        >
          <ProblemBox problem={problem} />
          <p>{t('desk.token.revoke.why')}</p>
        </Confirm>
      )}
    </Section>
  );
}
