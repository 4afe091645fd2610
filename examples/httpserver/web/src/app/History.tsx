import { useCallback, useEffect, useId } from 'react';
import { statusNames, type JobPage, type JobStatusName } from '../api/types';
import { TroubleNotice } from '../dialog/TroubleNotice';
import { useI18n } from '../i18n/i18n';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';
import { JobTable } from './JobTable';
import { paceOf } from './pace';
import { addressOf, allImports, go, type ImportsRoute } from './route';
import { useServer, useWatched } from './server';

// Where the list was left.
let lastList = addressOf(allImports);

/** Returns the address of the list of imports as it was seen last. */
export function listAddress(): string {
  return lastList;
}

/** Every import, newest first, page by page. */
export function History({ route }: { route: ImportsRoute }) {
  const texts = useI18n();
  const { t } = texts;
  const { client, openDialog } = useServer();
  const id = useId();
  // They live in the address, so that whoever comes back from an import is where they were.
  const { status, cursors } = route;
  const cursor = cursors.at(-1) ?? '';

  const load = useCallback((signal: AbortSignal) => client.list({ status, cursor }, signal), [client, status, cursor]);
  const { data, trouble, problem, again } = useWatched<JobPage>(load, paceOf);
  const next = data?.next_cursor ?? null;

  useEffect(() => {
    lastList = addressOf(route);
  }, [route]);

  return (
    <section className="bi-section" aria-labelledby={`${id}-title`}>
      <div className="bi-section-head">
        <h1 id={`${id}-title`}>{t('title.imports')}</h1>
        <button type="button" className="bi-button bi-primary" onClick={() => openDialog()}>
          <Icon name="upload" />
          {t('history.new')}
        </button>
      </div>

      <div className="bi-filter">
        <label htmlFor={id}>{t('history.filter')}</label>
        <select
          id={id}
          className="bi-input"
          value={status}
          onChange={(event) => go({ view: 'imports', status: event.target.value as JobStatusName | '', cursors: [] })}
        >
          <option value="">{t('history.any')}</option>
          {statusNames.map((name) => (
            <option key={name} value={name}>
              {t(`status.${name}`)}
            </option>
          ))}
        </select>
      </div>

      {trouble !== null && <TroubleNotice trouble={trouble} phase="list" onRetry={again} />}
      {problem !== null && (
        <Notice
          tone="bad"
          title={t('list.failed')}
          actions={
            <button type="button" className="bi-button" onClick={again}>
              {t('action.tryAgain')}
            </button>
          }
        >
          <p>{problemText(texts, problem)}</p>
        </Notice>
      )}
      {data === null && problem === null && <p className="bi-loading">{t('list.loading')}</p>}

      {data !== null && data.jobs.length === 0 && (
        <div className="bi-empty">
          <Icon name="file" />
          <p className="bi-empty-title">{t(status === '' ? 'overview.empty' : 'history.none')}</p>
        </div>
      )}
      {data !== null && data.jobs.length > 0 && <JobTable jobs={data.jobs} />}

      {(cursors.length > 0 || next !== null) && (
        <nav className="bi-pages" aria-label={t('history.pages')}>
          <button type="button" className="bi-button" disabled={cursors.length === 0} onClick={() => go({ ...route, cursors: cursors.slice(0, -1) })}>
            <Icon name="back" />
            {t('history.newer')}
          </button>
          <span className="bi-hint">{t('history.page', { n: cursors.length + 1 })}</span>
          <button
            type="button"
            className="bi-button"
            disabled={next === null}
            onClick={() => next !== null && go({ ...route, cursors: [...cursors, next] })}
          >
            {t('history.older')}
            <Icon name="chevron" />
          </button>
        </nav>
      )}
    </section>
  );
}
