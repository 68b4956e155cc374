// SPDX-License-Identifier: Apache-2.0
// Login, as a page of its own and in place over a page; and the new password after the first login.
import { useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, NO_ANSWER, post, type Problem } from './api';
import { useCell } from './cell';
import { lostSince } from './connection';
import { language, languages, setLanguage, t, tr } from './i18n';
import { loggedIn, passwordNeeded, session } from './session';
import type { Session } from './types';
import { Alert, Button, Dialog, Name, TextField, toast } from './ui';

/** What the desk said, in the console's words where it says the same to all. */
function words(problem: Problem): string {
  if (problem.status === NO_ANSWER) return t('login.no_answer');
  if (problem.status === 401) return t('login.wrong');
  if (problem.status === 429)
    return problem.retryAfter === undefined
      ? t('login.too_often')
      : t('login.too_often.wait', { n: problem.retryAfter });
  return problem.line;
}

function LoginForm({ fixedName }: { fixedName?: string }) {
  const [name, setName] = useState(fixedName ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const digits = code.replace(/\s/g, '');
  const wrong = {
    name: name.trim() === '' ? t('login.name.missing') : undefined,
    password: password === '' ? t('login.password.missing') : undefined,
    code: /^[0-9]{6}$/.test(digits) ? undefined : t('login.code.wrong'),
  };
  const send = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (wrong.name ?? wrong.password ?? wrong.code) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      const answer = await post<Session>('/api/session', { name: name.trim(), password, code: digits }, { isLogin: true });
      loggedIn(answer);
    } catch (caught) {
      setProblem(asProblem(caught));
      setCode('');
      setTried(false);
      setBusy(false);
    }
  };
  return (
    <form ref={form} class="login" onSubmit={(event) => void send(event)} noValidate>
      {problem && (
        <Alert tone="bad" live>
          {words(problem)}
        </Alert>
      )}
      <TextField
        label={t('login.name')}
        value={name}
        onValue={setName}
        autoComplete="username"
        autoCapitalize="none"
        spellcheck={false}
        dir="ltr"
        readOnly={fixedName !== undefined}
        error={tried ? wrong.name : undefined}
        name="name"
      />
      <TextField
        label={t('login.password')}
        type="password"
        value={password}
        onValue={setPassword}
        autoComplete="current-password"
        dir="ltr"
        error={tried ? wrong.password : undefined}
        name="password"
        data-autofocus={fixedName !== undefined ? '' : undefined}
      />
      <TextField
        label={t('login.code')}
        help={t('login.code.help')}
        value={code}
        onValue={setCode}
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={7}
        dir="ltr"
        error={tried ? wrong.code : undefined}
        name="code"
        class="code"
      />
      <Button type="submit" look="primary" busy={busy}>
        {busy ? t('login.busy') : t('login.submit')}
      </Button>
    </form>
  );
}

export function LoginPage() {
  const chosen = useCell(language);
  const lost = useCell(lostSince);
  return (
    <main class="login-page" id="main">
      <h1>{t('login.title')}</h1>
      <p class="help">
        <bdi dir="ltr">{location.host}</bdi>
      </p>
      {lost !== undefined && (
        <Alert tone="warn" live>
          {t('login.no_answer')}
        </Alert>
      )}
      <LoginForm />
      <div class="languages" role="group" aria-label={t('layout.language')}>
        {languages.map(({ code, name }) => (
          <button
            key={code}
            type="button"
            class="button quiet"
            lang={code}
            aria-pressed={code === chosen}
            onClick={() => void setLanguage(code)}
          >
            {name}
          </button>
        ))}
      </div>
    </main>
  );
}

/** The session has ended while somebody worked: the page behind stays as it is. */
export function LoginDialog() {
  const name = useCell(session)?.operator.name;
  return (
    <Dialog title={t('login.again.title')}>
      <p>{tr('login.again', { name: <Name>{name ?? ''}</Name> })}</p>
      <LoginForm fixedName={name} />
      <p class="help">
        {t('login.other')}{' '}
        <button type="button" class="button quiet" onClick={() => location.assign('/')}>
          {t('login.other.do')}
        </button>
      </p>
    </Dialog>
  );
}

const SHORTEST = 12;

function PasswordForm({ onDone }: { onDone: () => void }) {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const form = useRef<HTMLFormElement>(null);
  const wrong = {
    old: old === '' ? t('login.password.missing') : undefined,
    fresh:
      [...fresh].length < SHORTEST
        ? t('password.short', { n: SHORTEST })
        : fresh === old
          ? t('password.same')
          : undefined,
    again: again === fresh ? undefined : t('password.differ'),
  };
  const send = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (wrong.old ?? wrong.fresh ?? wrong.again) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    setBusy(true);
    try {
      await post('/api/session/password', { password: old, new_password: fresh }, { isLogin: true });
      toast(t('password.done'));
      onDone();
    } catch (caught) {
      setProblem(asProblem(caught));
      setBusy(false);
    }
  };
  return (
    <form ref={form} class="login" onSubmit={(event) => void send(event)} noValidate>
      {problem && (
        <Alert tone="bad" live>
          {problem.status === 401 || problem.status === 403 ? t('password.wrong') : words(problem)}
        </Alert>
      )}
      <TextField
        label={t('password.old')}
        type="password"
        autoComplete="current-password"
        dir="ltr"
        value={old}
        onValue={setOld}
        error={tried ? wrong.old : undefined}
        name="password"
      />
      <TextField
        label={t('password.new')}
        help={t('password.help', { n: SHORTEST })}
        type="password"
        autoComplete="new-password"
        dir="ltr"
        value={fresh}
        onValue={setFresh}
        error={tried ? wrong.fresh : undefined}
        name="new_password"
      />
      <TextField
        label={t('password.again')}
        type="password"
        autoComplete="new-password"
        dir="ltr"
        value={again}
        onValue={setAgain}
        error={tried ? wrong.again : undefined}
        name="again"
      />
      <Button type="submit" look="primary" busy={busy}>
        {t('password.submit')}
      </Button>
    </form>
  );
}

function hasOwnPassword(): void {
  const now = session.value;
  if (now) session.set({ ...now, must_change: false, operator: { ...now.operator, must_change: false } });
  passwordNeeded.set(false);
}

/** After the first login: nothing else goes before there is an own password. */
export function PasswordPage() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main class="login-page" id="main">
      <h1 ref={heading} tabIndex={-1}>
        {t('password.title')}
      </h1>
      <p>{t('password.why')}</p>
      <PasswordForm onDone={hasOwnPassword} />
    </main>
  );
}

/** After a reset in the middle of the work: over the page. */
export function PasswordDialog() {
  return (
    <Dialog title={t('password.title')}>
      <p>{t('password.why')}</p>
      <PasswordForm onDone={hasOwnPassword} />
    </Dialog>
  );
}

/** The same, asked for by the person. */
export function OwnPasswordDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('password.title')} onClose={onClose}>
      <PasswordForm onDone={onClose} />
    </Dialog>
  );
}
