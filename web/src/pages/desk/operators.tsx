// SPDX-License-Identifier: Apache-2.0
// The people of the desk. Nobody is ever deleted, only disabled: names in old rows stay theirs. A password and a
// secret that are made here are shown once.
import { useState } from 'preact/hooks';
import { post, type Problem } from '../../api';
import { list, t, tr } from '../../i18n';
import { useResource } from '../../live';
import { isAdministrator, session } from '../../session';
import type { NewOperator, Operator, Operators as List, Role } from '../../types';
import {
  Alert,
  Badge,
  Button,
  CheckField,
  type Column,
  Confirm,
  CopyButton,
  Dialog,
  Loading,
  Menu,
  Name,
  ProblemBox,
  Section,
  Table,
  TextField,
  TimeText,
  toast,
} from '../../ui';
import { useAct } from './act';
import { CheckSet } from './check_set';
import { QrCode } from './qr';

const roles: Role[] = ['watch', 'officer', 'administrator', 'auditor'];

function RoleFields({ chosen, onChosen, error }: { chosen: Role[]; onChosen: (roles: Role[]) => void; error?: string }) {
  return (
    <CheckSet
      legend={t('desk.roles')}
      all={roles}
      chosen={chosen}
      label={(role) => t(`role.${role}`)}
      help={(role) => t(`desk.role.${role}`)}
      onChosen={onChosen}
      error={error}
    />
  );
}

const NAME = /^[a-z][a-z0-9._-]{0,31}$/;

function AddDialog({ onClose, onAdded }: { onClose: () => void; onAdded: (made: NewOperator) => void }) {
  const [name, setName] = useState('');
  const [full, setFull] = useState('');
  const [chosen, setChosen] = useState<Role[]>(['watch']);
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAct();
  const wrongName = NAME.test(name) ? undefined : t('desk.operator.name.wrong');
  const noRole = chosen.length > 0 ? undefined : t('desk.roles.missing');
  const send = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (wrongName ?? noRole) return;
    void run(async () => onAdded(await post<NewOperator>('/api/operators', { name, full_name: full, roles: chosen })));
  };
  return (
    <Dialog title={t('desk.operator.add')} onClose={onClose}>
      <form class="stack" onSubmit={send} noValidate>
        <ProblemBox problem={problem} />
        <TextField
          label={t('desk.operator.name')}
          help={t('desk.operator.name.help')}
          value={name}
          onValue={setName}
          dir="ltr"
          autoCapitalize="none"
          spellcheck={false}
          required
          error={problem?.why('name') ?? (tried ? wrongName : undefined)}
        />
        <TextField
          label={t('desk.operator.full_name')}
          value={full}
          onValue={setFull}
          error={problem?.why('full_name')}
        />
        <RoleFields chosen={chosen} onChosen={setChosen} error={tried ? noRole : undefined} />
        <div class="row-of">
          <Button type="submit" look="primary" busy={busy}>
            {t('desk.operator.add.do')}
          </Button>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function RolesDialog({ operator, onClose, onDone }: { operator: Operator; onClose: () => void; onDone: () => void }) {
  const [full, setFull] = useState(operator.full_name);
  const [chosen, setChosen] = useState<Role[]>(operator.roles);
  const { busy, problem, run } = useAct();
  const none = chosen.length === 0 ? t('desk.roles.missing') : undefined;
  const save = () =>
    void run(async () => {
      await post(`/api/operators/${encodeURIComponent(operator.name)}`, { full_name: full, roles: chosen });
      onDone();
    });
  return (
    <Dialog
      title={tr('desk.operator.change', { name: <Name>{operator.name}</Name> })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" busy={busy} onClick={none ? undefined : save} aria-disabled={none ? 'true' : undefined}>
            {t('desk.save')}
          </Button>
        </>
      }
    >
      <ProblemBox problem={problem} />
      <TextField label={t('desk.operator.full_name')} value={full} onValue={setFull} />
      <RoleFields chosen={chosen} onChosen={setChosen} error={none} />
    </Dialog>
  );
}

/** The password and the secret, once. It can't be closed by Escape: what is gone can't be shown again. */
function SecretsDialog({ made, onClose }: { made: NewOperator; onClose: () => void }) {
  const [noted, setNoted] = useState(false);
  return (
    <Dialog
      wide
      title={tr('desk.secrets.title', { name: <Name>{made.operator.name}</Name> })}
      actions={
        <Button look="primary" aria-disabled={noted ? undefined : 'true'} onClick={noted ? onClose : undefined}>
          {t('ui.close')}
        </Button>
      }
    >
      <Alert tone="warn">{t('desk.secrets.once')}</Alert>
      <div class="secrets">
        <dl>
          <dt>{t('desk.secrets.password')}</dt>
          <dd>
            <code dir="ltr">{made.password}</code> <CopyButton text={made.password} />
          </dd>
          <dt>{t('desk.secrets.totp')}</dt>
          <dd>
            <code dir="ltr">{made.totp_secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>{' '}
            <CopyButton text={made.totp_secret} />
          </dd>
          <dt>{t('desk.secrets.link')}</dt>
          <dd>
            <a href={made.otpauth}>{t('desk.secrets.link.open')}</a> <CopyButton text={made.otpauth} />
          </dd>
        </dl>
        <figure>
          <QrCode text={made.otpauth} label={t('desk.secrets.qr')} />
          <figcaption class="help">{t('desk.secrets.qr.help')}</figcaption>
        </figure>
      </div>
      <CheckField label={t('desk.secrets.noted')} checked={noted} onChecked={setNoted} />
    </Dialog>
  );
}

function OperatorState({ operator }: { operator: Operator }) {
  if (operator.disabled)
    return (
      <Badge tone="bad" icon="cross">
        {t('desk.operator.disabled')}
      </Badge>
    );
  if (operator.must_change)
    return (
      <Badge tone="warn" icon="ring">
        {t('desk.operator.must_change')}
      </Badge>
    );
  return (
    <Badge tone="good" icon="check">
      {t('desk.operator.active')}
    </Badge>
  );
}

type Open =
  | { what: 'add' }
  | { what: 'change'; operator: Operator }
  | { what: 'reset'; operator: Operator }
  | { what: 'disable'; operator: Operator }
  | { what: 'secrets'; made: NewOperator };

export function Operators() {
  const read = useResource<List>('/api/operators', { events: ['operators'] });
  const [open, setOpen] = useState<Open>();
  const { busy, problem, clear, run } = useAct();
  const isAdmin = isAdministrator();
  const me = session.value?.operator.name;
  const close = () => {
    setOpen(undefined);
    clear();
  };
  const path = (operator: Operator) => `/api/operators/${encodeURIComponent(operator.name)}`;
  const disable = (operator: Operator, disabled: boolean) =>
    run(async () => {
      await post(path(operator), { disabled });
      await read.reload();
      toast(t(disabled ? 'desk.operator.disabled_now' : 'desk.operator.enabled_now', { name: operator.name }));
      setOpen(undefined);
    });
  const reset = (operator: Operator) =>
    run(async () => setOpen({ what: 'secrets', made: await post<NewOperator>(`${path(operator)}/reset`) }));

  const columns: Column<Operator>[] = [
    {
      name: 'name',
      head: t('desk.operator.name'),
      isHead: true,
      cell: (one) => (
        <>
          <strong>
            <Name>{one.name}</Name>
          </strong>{' '}
          {one.name === me && <span class="soft">{t('desk.operator.you')}</span>}
        </>
      ),
    },
    { name: 'full', head: t('desk.operator.full_name'), cell: (one) => <Name>{one.full_name}</Name> },
    { name: 'roles', head: t('desk.roles'), cell: (one) => list(one.roles.map((role) => t(`role.${role}`))) },
    { name: 'state', head: t('desk.state'), look: 'tight', cell: (one) => <OperatorState operator={one} /> },
    { name: 'login', head: t('desk.operator.last_login'), look: 'tight', cell: (one) => <TimeText time={one.last_login} full /> },
  ];
  if (isAdmin)
    columns.push({
      name: 'do',
      head: '',
      look: 'tight',
      cell: (one) => (
        <Menu
          label={t('desk.operator.menu', { name: one.name })}
          icon="menu"
          bare
          items={[
            { label: t('desk.operator.change.do'), onSelect: () => setOpen({ what: 'change', operator: one }) },
            { label: t('desk.operator.reset'), onSelect: () => setOpen({ what: 'reset', operator: one }) },
            one.disabled
              ? { label: t('desk.operator.enable'), onSelect: () => void disable(one, false) }
              : {
                  label: t('desk.operator.disable'),
                  danger: true,
                  onSelect: () => setOpen({ what: 'disable', operator: one }),
                },
          ]}
        />
      ),
    });
  const shownProblem: Problem | undefined = open === undefined ? problem : undefined;
  return (
    <Section
      title={t('desk.tab.operators')}
      count={read.data?.operators.length}
      actions={
        isAdmin && (
          <Button look="primary" icon="plus" onClick={() => setOpen({ what: 'add' })}>
            {t('desk.operator.add')}
          </Button>
        )
      }
    >
      <ProblemBox problem={read.problem ?? shownProblem} />
      {read.loading && <Loading />}
      {read.data && (
        <Table label={t('desk.tab.operators')} columns={columns} rows={read.data.operators} keyOf={(one) => one.name} />
      )}
      {open?.what === 'add' && (
        <AddDialog
          onClose={close}
          onAdded={(made) => {
            void read.reload();
            setOpen({ what: 'secrets', made });
          }}
        />
      )}
      {open?.what === 'change' && (
        <RolesDialog
          operator={open.operator}
          onClose={close}
          onDone={() => {
            void read.reload();
            toast(t('desk.saved'));
            close();
          }}
        />
      )}
      {open?.what === 'reset' && (
        <Confirm
          title={tr('desk.operator.reset.title', { name: <Name>{open.operator.name}</Name> })}
          action={t('desk.operator.reset.do')}
          danger
          busy={busy}
          onConfirm={() => void reset(open.operator)}
          onClose={close}
        >
          <ProblemBox problem={problem} />
          <p>{t('desk.operator.reset.why')}</p>
        </Confirm>
      )}
      {open?.what === 'disable' && (
        <Confirm
          title={tr('desk.operator.disable.title', { name: <Name>{open.operator.name}</Name> })}
          action={t('desk.operator.disable')}
          danger
          busy={busy}
          onConfirm={() => void disable(open.operator, true)}
          onClose={close}
        >
          <ProblemBox problem={problem} />
          <p>{t('desk.operator.disable.why')}</p>
        </Confirm>
      )}
      {open?.what === 'secrets' && <SecretsDialog made={open.made} onClose={close} />}
    </Section>
  );
}
