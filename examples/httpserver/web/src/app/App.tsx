import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Client } from '../api/client';
import { AdminGlobalImportDialog } from '../dialog/AdminGlobalImportDialog';
import { useDrops } from '../dialog/drops';
import { I18nProvider, useI18n, type Locale } from '../i18n/i18n';
import { analyticsAddress, inventoryBase, productsBase } from '../kind';
import { Header } from './Header';
import { History } from './History';
import { JobPage } from './JobPage';
import { Overview } from './Overview';
import { loadLocale, loadTheme, saveLocale, saveTheme, type Theme } from './preferences';
import { addressOf, allImports, useRoute, type Route } from './route';
import { ServerProvider, type Server } from './server';
import { claimsOf, storeToken, takeToken } from './session';
import { BrokenLink, SignIn, SignInAgain } from './SignIn';
import { Statistics } from './Statistics';

/** The whole page. */
export function App({ initialToken, brokenLink = false }: { initialToken: string; brokenLink?: boolean }) {
  const [locale, setLocale] = useState<Locale>(loadLocale);
  const [theme, setTheme] = useState<Theme>(loadTheme);
  const [token, setToken] = useState(initialToken);
  // Whether the link that the page was opened with is of no use.
  const [broken, setBroken] = useState(brokenLink);

  useEffect(() => {
    document.documentElement.lang = locale;
    saveLocale(locale);
  }, [locale]);

  useEffect(() => {
    document.documentElement.dataset['biTheme'] = theme;
    saveTheme(theme);
  }, [theme]);

  const signIn = useCallback((next: string) => {
    storeToken(next);
    setToken(next);
    setBroken(false);
  }, []);

  // A sign-in link that is opened in a tab that has the page already.
  useEffect(() => {
    const take = () => {
      const given = takeToken();

      if (given) {
        signIn(given);
      } else if (given !== null) {
        setBroken(true);
      }
    };

    addEventListener('hashchange', take);

    return () => removeEventListener('hashchange', take);
  }, [signIn]);

  const settings = { locale, setLocale, theme, setTheme };

  return (
    <I18nProvider locale={locale}>
      <div className="bi-root bi-page">
        {token === '' ? (
          <>
            <Header {...settings} />
            <SignIn onSignIn={signIn} broken={broken} />
          </>
        ) : (
          <>
            <SignedIn token={token} onToken={signIn} {...settings} />
            {broken && <BrokenLink onSignIn={signIn} onClose={() => setBroken(false)} />}
          </>
        )}
      </div>
    </I18nProvider>
  );
}

interface SignedInProps {
  token: string;
  onToken: (token: string) => void;
  locale: Locale;
  setLocale: (locale: Locale) => void;
  theme: Theme;
  setTheme: (theme: Theme) => void;
}

function SignedIn({ token, onToken, ...settings }: SignedInProps) {
  const route = useRoute();
  const [ended, setEnded] = useState(false);
  const [version, setVersion] = useState(0);
  const [files, setFiles] = useState<readonly File[] | null>(null);
  const [changes, setChanges] = useState(0);
  const claims = claimsOf(token);
  const storeID = claims?.role === 'store_owner' ? claims.storeID : '';
  const kind = claims?.role === 'store_owner' ? 'inventory' : 'products';
  const user = claims?.user ?? '';
  const base = kind === 'inventory' ? inventoryBase(storeID) : productsBase;

  // The client asks for the token with each request, so that it outlives a new one.
  const current = useRef(token);
  useEffect(() => {
    current.current = token;
    setEnded(false);
    setVersion((n) => n + 1);
  }, [token]);

  const client = useMemo(
    () =>
      new Client({
        base,
        analytics: kind === 'products' ? analyticsAddress : null,
        getToken: () => current.current,
      }),
    [base, kind],
  );

  const onUnauthorized = useCallback(() => setEnded(true), []);

  useDrops(setFiles);

  const server = useMemo<Server>(
    () => ({
      client,
      kind,
      user,
      tokenVersion: version,
      onUnauthorized,
      openDialog: (chosen = []) => setFiles(chosen),
      changes,
    }),
    [client, kind, user, version, onUnauthorized, changes],
  );

  return (
    <ServerProvider value={server}>
      <Header
        {...settings}
        route={route}
        claims={claims}
        kind={kind}
        onSignOut={() => {
          onToken('');
          location.hash = '';
        }}
      />
      <View route={route} />
      {files !== null && (
        <AdminGlobalImportDialog
          apiBase={base}
          kind={kind}
          getToken={() => current.current}
          locale={settings.locale}
          {...(settings.theme === 'auto' ? {} : { theme: settings.theme })}
          initialFiles={files}
          tokenVersion={version}
          onUnauthorized={onUnauthorized}
          onCompleted={() => setChanges((n) => n + 1)}
          onClose={() => {
            setFiles(null);
            setChanges((n) => n + 1);
          }}
        />
      )}
      {ended && <SignInAgain expired={claims?.expires ?? null} onSignIn={onToken} onLeave={() => onToken('')} />}
    </ServerProvider>
  );
}

/** The view of a route. A change of it moves the focus to its heading. */
function View({ route }: { route: Route }) {
  const { t } = useI18n();
  const main = useRef<HTMLElement>(null);
  // What is filtered in a view, or which page of it is shown, is no other view.
  const address = addressOf(route.view === 'imports' ? allImports : route);
  const first = useRef(true);

  useEffect(() => {
    document.title = `${t(`title.${route.view}`)} – ${t('app.name')}`;
  }, [route.view, t]);

  useEffect(() => {
    if (first.current) {
      first.current = false;
    } else {
      main.current?.focus();
      scrollTo(0, 0);
    }
  }, [address]);

  return (
    <main ref={main} id="main" className="bi-main" tabIndex={-1}>
      {route.view === 'overview' && <Overview />}
      {route.view === 'imports' && <History route={route} />}
      {route.view === 'import' && <JobPage key={route.jobID} jobID={route.jobID} />}
      {route.view === 'statistics' && <Statistics />}
    </main>
  );
}
