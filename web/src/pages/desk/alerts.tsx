// SPDX-License-Identifier: Apache-2.0
// Where an alarm is sent beside this console: e-mail and webhook. Without content unless an administrator says so.
import { useEffect, useState } from 'preact/hooks';
import { post } from '../../api';
import { t, tr } from '../../i18n';
import { useResource } from '../../live';
import type { AlarmWhat, Alerts as Read, AlertsEmail, AlertsSettings as Settings, AlertsWay } from '../../types';
import {
  Ago,
  Alert,
  Button,
  CheckField,
  CopyButton,
  Loading,
  PeerText,
  ProblemBox,
  Section,
  SelectField,
  TextAreaField,
  TextField,
  TimeText,
  toast,
} from '../../ui';
import { useAct } from './act';

const whats: AlarmWhat[] = ['overdue', 'duty', 'failed', 'unread', 'approval', 'fork', 'frozen'];

interface Form {
  email: boolean;
  url: string;
  from: string;
  to: string;
  name: string;
  password: string;
  tls: AlertsEmail['tls'];
  webhook: boolean;
  hook: string;
  secret: string;
  renew: boolean;
  content: boolean;
  what: AlarmWhat[];
  repeat: string;
}

const formOf = ({ email, webhook, content, what, repeat_minutes }: Settings): Form => ({
  email: email !== null,
  url: email?.url ?? '',
  from: email?.from ?? '',
  to: email?.to.join('\n') ?? '',
  name: email?.name ?? '',
  password: '',
  tls: email?.tls ?? 'starttls',
  webhook: webhook !== null,
  hook: webhook?.url ?? '',
  secret: '',
  renew: false,
  content,
  // Where nothing was set yet, all of it: who switches a way on wants to hear.
  what: email === null && webhook === null && what.length === 0 ? [...whats] : what,
  repeat: String(repeat_minutes),
});

const secretOf = ({ secret, renew }: Form): { secret?: string | null } =>
  secret.trim() ? { secret: secret.trim() } : renew ? { secret: null } : {};

/** A password or secret that is left empty is not sent: the desk keeps the one it has. */
const settingsOf = (form: Form): Settings => ({
  email: form.email
    ? {
        url: form.url.trim(),
        from: form.from.trim(),
        to: form.to.split(/[\s,;]+/).filter(Boolean),
        tls: form.tls,
        ...(form.name ? { name: form.name } : {}),
        ...(form.password ? { password: form.password } : {}),
      }
    : null,
  webhook: form.webhook ? { url: form.hook.trim(), ...secretOf(form) } : null,
  content: form.content,
  what: form.what,
  repeat_minutes: Number(form.repeat),
});

function faultsOf(form: Form): { [field in 'url' | 'from' | 'to' | 'hook' | 'secret' | 'what' | 'repeat']?: string } {
  const faults: ReturnType<typeof faultsOf> = {};
  if (form.email) {
    if (!/^smtps?:\/\/\S+$/.test(form.url.trim())) faults.url = t('desk.alerts.url.wrong');
    if (!/^\S+@\S+$/.test(form.from.trim())) faults.from = t('desk.alerts.from.wrong');
    const receivers = form.to.split(/[\s,;]+/).filter(Boolean);
    if (receivers.length === 0 || receivers.some((one) => !/^\S+@\S+$/.test(one))) faults.to = t('desk.alerts.to.wrong');
  }
  if (form.webhook && !/^https?:\/\/\S+$/.test(form.hook.trim())) faults.hook = t('desk.alerts.hook.wrong');
  if (form.webhook && form.secret.trim() && !/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/.test(form.secret.trim()))
    faults.secret = t('desk.alerts.secret.wrong');
  if ((form.email || form.webhook) && form.what.length === 0) faults.what = t('desk.alerts.what.missing');
  if (!/^[1-9][0-9]{0,3}$/.test(form.repeat) || Number(form.repeat) > 1440) faults.repeat = t('desk.alerts.repeat.wrong');
  return faults;
}

/** Is anything on its way, and does it come through? */
function WayState({ way }: { way: AlertsWay }) {
  return (
    <div class="way-state small">
      {way.failing_since !== 'never' && (
        <Alert tone="bad">
          {tr('desk.alerts.failing', { time: <TimeText time={way.failing_since} full /> })} <PeerText text={way.last_error} max={300} />
        </Alert>
      )}
      <span class="soft">
        {tr('desk.alerts.last_sent', { ago: <Ago time={way.last_sent} /> })}
        {way.queued > 0 && <> · {t('desk.alerts.queued', { n: way.queued })}</>}
        {way.given_up > 0 && <> · {t('desk.alerts.given_up', { n: way.given_up })}</>}
      </span>
    </div>
  );
}

/** A secret that the desk has made: shown once, to be carried to the receiver. */
function MadeSecret({ secret, onNoted }: { secret: string; onNoted: () => void }) {
  return (
    <Alert tone="warn">
      <p>{t('desk.alerts.secret.made')}</p>
      <p>
        <code dir="ltr">{secret}</code> <CopyButton text={secret} />
      </p>
      <Button onClick={onNoted}>{t('desk.alerts.secret.noted')}</Button>
    </Alert>
  );
}

function AlertsForm({ read, onSaved }: { read: Read; onSaved: (read: Read) => void }) {
  const { state, webhook_secret: _, ...settings } = read;
  const [form, setForm] = useState(() => formOf(settings));
  const [tried, setTried] = useState(false);
  const [changed, setChanged] = useState(false);
  const [made, setMade] = useState<string>();
  const saving = useAct();
  const testing = useAct();
  // Somebody else's change is taken over, but never over what is being typed.
  useEffect(() => {
    if (!changed) setForm(formOf(settings));
  }, [read]);
  const set = <K extends keyof Form>(name: K) => (value: Form[K]) => {
    setChanged(true);
    setForm((last) => ({ ...last, [name]: value }));
  };
  const faults = faultsOf(form);
  const why = (field: keyof typeof faults, name: string) =>
    saving.problem?.fields.find((one) => one.field.startsWith(name))?.why ?? (tried ? faults[field] : undefined);
  const save = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length > 0) return;
    void saving.run(async () => {
      const saved = await post<Read>('/api/alerts', settingsOf(form));
      setChanged(false);
      setTried(false);
      setMade(saved.webhook_secret);
      toast(t('desk.saved'));
      onSaved(saved);
    });
  };
  const test = () =>
    void testing.run(async () => {
      onSaved(await post<Read>('/api/alerts/test'));
      toast(t('desk.alerts.tested'));
    });
  return (
    <form class="stack alerts" onSubmit={save} noValidate>
      <ProblemBox problem={saving.problem} />
      {made && <MadeSecret secret={made} onNoted={() => setMade(undefined)} />}
      <div class="way">
        <CheckField label={t('desk.alerts.email')} checked={form.email} onChecked={set('email')} />
        {settings.email && <WayState way={state.email} />}
        {form.email && (
          <div class="fields" role="group" aria-label={t('desk.alerts.email')}>
            <TextField
              label={t('desk.alerts.url')}
              help={t('desk.alerts.url.help')}
              value={form.url}
              onValue={set('url')}
              dir="ltr"
              spellcheck={false}
              error={why('url', 'email.url')}
            />
            <SelectField
              label={t('desk.alerts.tls')}
              value={form.tls}
              onValue={(tls) => set('tls')(tls as AlertsEmail['tls'])}
              options={(['starttls', 'tls', 'none'] as const).map((value) => ({ value, label: t(`desk.alerts.tls.${value}`) }))}
            />
            <TextField
              label={t('desk.alerts.from')}
              value={form.from}
              onValue={set('from')}
              dir="ltr"
              inputMode="email"
              error={why('from', 'email.from')}
            />
            <TextAreaField
              label={t('desk.alerts.to')}
              help={t('desk.alerts.to.help')}
              value={form.to}
              onValue={set('to')}
              rows={2}
              dir="ltr"
              error={why('to', 'email.to')}
            />
            <TextField
              label={t('desk.alerts.name')}
              help={t('desk.alerts.name.help')}
              value={form.name}
              onValue={set('name')}
              dir="ltr"
              error={saving.problem?.why('email.name')}
            />
            <TextField
              label={t('desk.alerts.password')}
              help={t('desk.alerts.password.help')}
              type="password"
              autoComplete="new-password"
              value={form.password}
              onValue={set('password')}
              dir="ltr"
              error={saving.problem?.why('email.password')}
            />
          </div>
        )}
      </div>
      <div class="way">
        <CheckField label={t('desk.alerts.webhook')} checked={form.webhook} onChecked={set('webhook')} />
        {settings.webhook && <WayState way={state.webhook} />}
        {form.webhook && (
          <div class="fields" role="group" aria-label={t('desk.alerts.webhook')}>
            <TextField
              label={t('desk.alerts.hook')}
              value={form.hook}
              onValue={set('hook')}
              dir="ltr"
              spellcheck={false}
              error={why('hook', 'webhook.url')}
            />
            <TextField
              label={t('desk.alerts.secret')}
              help={t('desk.alerts.secret.help')}
              type="password"
              autoComplete="new-password"
              value={form.secret}
              onValue={set('secret')}
              dir="ltr"
              error={why('secret', 'webhook.secret')}
            />
            {settings.webhook?.has_secret && !form.secret && (
              <CheckField label={t('desk.alerts.secret.renew')} checked={form.renew} onChecked={set('renew')} />
            )}
          </div>
        )}
      </div>
      <fieldset class="field whats">
        <legend>{t('desk.alerts.what')}</legend>
        {whats.map((what) => (
          <CheckField
            key={what}
            label={t(`alarm.what.${what}`)}
            checked={form.what.includes(what)}
            onChecked={(on) => set('what')(whats.filter((one) => (one === what ? on : form.what.includes(one))))}
          />
        ))}
        {why('what', 'what') && <Alert tone="bad">{why('what', 'what')}</Alert>}
      </fieldset>
      <TextField
        label={t('desk.alerts.repeat')}
        help={t('desk.alerts.repeat.help')}
        value={form.repeat}
        onValue={set('repeat')}
        inputMode="numeric"
        dir="ltr"
        class="short"
        error={why('repeat', 'repeat_minutes')}
      />
      <CheckField
        label={t('desk.alerts.content')}
        help={t('desk.alerts.content.help')}
        checked={form.content}
        onChecked={set('content')}
      />
      <div class="row-of">
        <Button type="submit" look="primary" busy={saving.busy}>
          {t('desk.save')}
        </Button>
        <Button busy={testing.busy} aria-disabled={changed ? 'true' : undefined} onClick={changed ? undefined : test}>
          {t('desk.alerts.test')}
        </Button>
        {changed && <span class="soft small">{t('desk.alerts.test.save_first')}</span>}
      </div>
      <ProblemBox problem={testing.problem} />
    </form>
  );
}

export function Alerts() {
  const read = useResource<Read>('/api/alerts', { events: ['alert*'], every: 10 });
  return (
    <Section title={t('desk.tab.alerts')}>
      <p class="help">{t('desk.alerts.about')}</p>
      <ProblemBox problem={read.problem} />
      {read.loading && <Loading />}
      {read.data && <AlertsForm read={read.data} onSaved={read.set} />}
    </Section>
  );
}
