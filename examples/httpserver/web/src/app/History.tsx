import { useCallback, useId, useState } from 'react';
import { statusNames, type JobPage, type JobStatusName } from '../api/types';
import { TroubleNotice } from '../dialog/TroubleNotice';
import { useI18n } from '../i18n/i18n';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';
import { JobTable } from './JobTable';
import { paceOf } from './pace';
import { useServer, useWatched } from './server';

/** Every import, newest first, page by page. */
export function History() {
  const texts = useI18n();
  const { t } = texts;
  const { client, openDialog } = useServer();
  const id = useId();
  const [status, setStatus] = useState<JobStatusName | ''>('');
  // The cursors of the pages up to this one; the first page has none.
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1) ?? '';

  const load = useCallback((signal: AbortSignal) => client.list({ status, cursor }, signal), [client, status, cursor]);
  const { data, trouble, problem, again } = useWatched<JobPage>(load, paceOf);
  const next = data?.next_cursor ?? null;

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
          onChange={(event) => {
            setStatus(event.target.value as JobStatusName | '');
            setCursors([]);
          }}
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
          <button type="button" className="bi-button" disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
            <Icon name="back" />
            {t('history.newer')}
          </button>
          <span className="bi-hint">{t('history.page', { n: cursors.length + 1 })}</span>
          <button
            type="button"
            className="bi-button"
            disabled={next === null}
            onClick={() => next !== null && setCursors([...cursors, next])}
          >
            {t('history.older')}
            <Icon name="chevron" />
          </button>
        </nav>
      )}
    </section>
  );
}
