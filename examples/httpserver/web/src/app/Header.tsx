import { locales, useI18n, type Locale } from '../i18n/i18n';
import type { Kind } from '../kind';
import mark from '../styles/mark.svg';
import { Icon } from '../ui/Icon';
import type { Theme } from './preferences';
import { addressOf, allImports, type Route } from './route';
import type { Claims } from './session';

export interface HeaderProps {
  locale: Locale;
  setLocale: (locale: Locale) => void;
  theme: Theme;
  setTheme: (theme: Theme) => void;
  /** Undefined before somebody has signed in. */
  route?: Route;
  claims?: Claims | null;
  kind?: Kind;
  onSignOut?: () => void;
}

const views = [{ view: 'overview' }, allImports, { view: 'statistics' }] as const satisfies readonly Route[];

export function Header({ locale, setLocale, theme, setTheme, route, claims, kind = 'products', onSignOut }: HeaderProps) {
  const { t, find } = useI18n();
  const dark = theme === 'dark' || (theme === 'auto' && prefersDark());

  return (
    <header className="bi-header">
      <a
        className="bi-skip"
        href="#main"
        onClick={(event) => {
          // The fragment is the route, so the jump is made by hand.
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {t('nav.skip')}
      </a>
      <div className="bi-header-row">
        <a className="bi-brand" href="#/">
          <img src={mark} alt="" width="30" height="30" />
          <span>{t(`app.name.${kind}`)}</span>
        </a>

        {route !== undefined && (
          <nav className="bi-nav" aria-label={t('nav.label')}>
            {views.map((target) => (
              <a
                key={target.view}
                href={addressOf(target)}
                aria-current={route.view === target.view ? 'page' : undefined}
                data-current={target.view === 'imports' && route.view === 'import' ? 'within' : undefined}
              >
                {t(`title.${target.view}`)}
              </a>
            ))}
          </nav>
        )}

        <div className="bi-settings">
          <div className="bi-switch" role="group" aria-label={t('settings.language')}>
            {locales.map((other) => (
              <button
                key={other.locale}
                type="button"
                lang={other.locale}
                aria-pressed={other.locale === locale}
                onClick={() => setLocale(other.locale)}
              >
                {other.name}
              </button>
            ))}
          </div>
          <button
            type="button"
            className="bi-button bi-quiet bi-square"
            aria-label={t(dark ? 'settings.light' : 'settings.dark')}
            title={t(dark ? 'settings.light' : 'settings.dark')}
            onClick={() => setTheme(dark ? 'light' : 'dark')}
          >
            <Icon name={dark ? 'sun' : 'moon'} />
          </button>
          {claims && (
            <div className="bi-user">
              <span className="bi-user-name" title={claims.email || claims.user}>
                {claims.user}
                <small>{find(`role.${claims.role}`) ?? claims.role}</small>
              </span>
              <button type="button" className="bi-button bi-quiet" onClick={onSignOut}>
                {t('nav.signOut')}
              </button>
            </div>
          )}
          {claims === null && (
            <button type="button" className="bi-button bi-quiet" onClick={onSignOut}>
              {t('nav.signOut')}
            </button>
          )}
        </div>
      </div>
    </header>
  );
}

function prefersDark(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(prefers-color-scheme: dark)').matches;
}
