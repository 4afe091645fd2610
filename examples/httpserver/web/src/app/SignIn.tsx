import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { Client } from '../api/client';
import { offline, Problem } from '../api/problem';
import { useDrops } from '../dialog/drops';
import { useI18n } from '../i18n/i18n';
import { inventoryBase, productsBase } from '../kind';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';
import { claimsOf, isToken } from './session';

type SignInProps = { onSignIn: (token: string) => void };

/** The view of somebody who is not signed in. */
export function SignIn({ onSignIn, broken }: SignInProps & { broken: boolean }) {
  const { t } = useI18n();

  // A file has no place here, and leaves the page where it is.
  useDrops(null);

  useEffect(() => {
    document.title = `${t('signIn.title')} – ${t('app.name')}`;
  }, [t]);

  return (
    <main id="main" className="bi-signin" tabIndex={-1}>
      <h1>{t('signIn.title')}</h1>
      <p className="bi-lead">{t('signIn.lead')}</p>
      {broken && (
        <Notice tone="warn" urgent title={t('signIn.broken')}>
          <p>{t('signIn.broken.text')}</p>
        </Notice>
      )}
      <TokenForm onSignIn={onSignIn} />
      <details className="bi-fold">
        <summary>{t('signIn.help')}</summary>
        <p>{t('signIn.help.text')}</p>
        <pre className="bi-code" tabIndex={0}>
          go run ./examples/httpserver token -user asha -role admin -ttl 8h
        </pre>
      </details>
    </main>
  );
}

export interface SignInAgainProps extends SignInProps {
  /** When the token ends by what it says, in milliseconds since 1970, or null. */
  expired: number | null;
  onLeave: () => void;
}

/** Asks for another token in the middle of things, which stay as they are. */
export function SignInAgain({ onSignIn, expired, onLeave }: SignInAgainProps) {
  const { t, format } = useI18n();
  // It may have been refused for another reason.
  const [ended] = useState(() => expired !== null && expired <= Date.now());

  return (
    <SmallDialog title={t('signIn.again')}>
      {ended && <p>{t('signIn.again.at', { time: format.dateTime(new Date(expired!).toISOString()) })}</p>}
      <p>{t('signIn.again.text')}</p>
      <TokenForm onSignIn={onSignIn} />
      <button type="button" className="bi-link" onClick={onLeave}>
        {t('nav.signOut')}
      </button>
    </SmallDialog>
  );
}

/** Says to somebody who is signed in that another link cannot be used. */
export function BrokenLink({ onSignIn, onClose }: SignInProps & { onClose: () => void }) {
  const { t } = useI18n();

  return (
    <SmallDialog title={t('signIn.broken')} onClose={onClose}>
      <p>{t('signIn.broken.text')}</p>
      <TokenForm onSignIn={onSignIn} />
      <button type="button" className="bi-link" onClick={onClose}>
        {t('signIn.broken.stay')}
      </button>
    </SmallDialog>
  );
}

/** A modal dialog that cannot be closed unless somebody is told. */
function SmallDialog({ title, onClose, children }: { title: string; onClose?: () => void; children: ReactNode }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);

  useDrops(null);

  useEffect(() => {
    if (dialog.current?.open === false) {
      dialog.current.showModal();
    }
  }, []);

  return (
    <dialog
      ref={dialog}
      className="bi-root bi-dialog bi-dialog-small"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <header className="bi-dialog-head">
        <h2 id={id}>{title}</h2>
      </header>
      <div className="bi-dialog-body">{children}</div>
    </dialog>
  );
}

function TokenForm({ onSignIn }: SignInProps) {
  const texts = useI18n();
  const { t } = texts;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [complaint, setComplaint] = useState('');

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const token = tokenIn(text);

    if (token === '') {
      setComplaint(t('signIn.malformed'));
      input.current?.focus();

      return;
    }

    setBusy(true);
    setComplaint('');

    try {
      await probe(token);
      onSignIn(token);
    } catch (error) {
      setComplaint(problemText(texts, error instanceof Problem ? error : offline()));
      setBusy(false);
      input.current?.focus();
    }
  };

  return (
    <form className="bi-token" onSubmit={(event) => void submit(event)} noValidate>
      <label htmlFor={id}>{t('signIn.token')}</label>
      <input
        ref={input}
        id={id}
        className="bi-input bi-mono"
        type="password"
        autoComplete="off"
        spellCheck={false}
        required
        value={text}
        aria-invalid={complaint !== ''}
        aria-describedby={`${id}-complaint`}
        onChange={(event) => setText(event.target.value)}
      />
      <p id={`${id}-complaint`} className="bi-refused" role="alert">
        {complaint}
      </p>
      <button type="submit" className="bi-button bi-primary" disabled={busy}>
        {t(busy ? 'signIn.busy' : 'signIn.submit')}
      </button>
    </form>
  );
}

/** Returns the token in what was pasted: the token itself, or the whole link. */
function tokenIn(text: string): string {
  const token = text.trim().replace(/^.*#token=/s, '').replace(/^Bearer\s+/i, '');

  return isToken(token) ? token : '';
}

/** Asks the server whether it takes a token. */
async function probe(token: string): Promise<void> {
  const claims = claimsOf(token);
  const base = claims?.role === 'store_owner' ? inventoryBase(claims.storeID) : productsBase;

  await new Client({ base, getToken: () => token }).list({ limit: 1 });
}
