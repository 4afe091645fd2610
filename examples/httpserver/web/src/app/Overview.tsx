import { useCallback, useState } from 'react';
import { hasEnded, type Analytics, type Job } from '../api/types';
import { FilePicker } from '../dialog/FilePicker';
import { Template } from '../dialog/Template';
import { TroubleNotice } from '../dialog/TroubleNotice';
import { useI18n } from '../i18n/i18n';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';
import { Bands } from '../charts/Bands';
import { analyse } from './analyse';
import { JobTable } from './JobTable';
import { LeftBehind } from './LeftBehind';
import { paceOf } from './pace';
import { leftBehind, newestWithErrors, recentImports, type Recent } from './recent';
import { addressOf, allImports } from './route';
import { useServer, useWatched } from './server';

// How many imports are shown, and how many days the quality is of.
const recent = 6;
const days = 30;

/** The first view: a place for a file, what is going on, and how good it all is. */
export function Overview() {
  const texts = useI18n();
  const { t } = texts;
  const { client, kind, user, openDialog } = useServer();

  const load = useCallback((signal: AbortSignal) => recentImports(client, recent, signal), [client]);
  const list = useWatched<Recent>(load, paceOf);
  const jobs = list.data?.jobs ?? [];
  const running = jobs.filter(({ status }) => !hasEnded(status));
  const ended = jobs.filter(({ status }) => hasEnded(status));
  const unfixed = newestWithErrors(jobs);
  const left = leftBehind(list.data?.begun ?? [], user, Date.now());

  const [analytics, setAnalytics] = useState<Analytics | null>(null);
  const loadAnalytics = useCallback(
    async (signal: AbortSignal) => {
      const { analytics: seen } = await analyse(client, days, signal);
      setAnalytics(seen);

      return seen;
    },
    [client],
  );
  useWatched<Analytics>(loadAnalytics, once);

  return (
    <>
      <div className="bi-top">
        <section className="bi-hero" aria-labelledby="hero">
          <h1 id="hero">{t(`overview.title.${kind}`)}</h1>
          <p className="bi-lead">{t(`overview.lead.${kind}`)}</p>
          <FilePicker onFiles={openDialog} />
          <Template client={client} />
        </section>
        <aside className="bi-side" aria-labelledby="side">
          {kind === 'inventory' ? <StockCard analytics={analytics} /> : <QualityCard analytics={analytics} />}
        </aside>
      </div>

      {list.trouble !== null && <TroubleNotice trouble={list.trouble} phase="list" onRetry={list.again} />}
      {list.problem !== null && (
        <Notice tone="bad" title={t('list.failed')}>
          <p>{problemText(texts, list.problem)}</p>
        </Notice>
      )}

      {left.map((job) => (
        <LeftBehind key={job.job_id} job={job} onGone={list.again} />
      ))}
      {unfixed.length > 0 && running.length === 0 && <ToFix jobs={unfixed} />}

      {running.length > 0 && (
        <section className="bi-section" aria-labelledby="running">
          <div className="bi-section-head">
            <h2 id="running">{t('overview.running')}</h2>
          </div>
          <JobTable jobs={running.slice(0, recent)} />
        </section>
      )}

      <section className="bi-section" aria-labelledby="recent">
        <div className="bi-section-head">
          <h2 id="recent">{t('overview.recent')}</h2>
          {(jobs.length > 0 || list.data?.complete === false) && (
            <a className="bi-link" href={addressOf(allImports)}>
              {t('overview.all')}
              <Icon name="chevron" />
            </a>
          )}
        </div>
        {list.data === null && list.problem === null && <p className="bi-loading">{t('list.loading')}</p>}
        {list.data !== null && jobs.length === 0 && <Empty complete={list.data.complete} />}
        {jobs.length > 0 && ended.length === 0 && <p className="bi-hint">{t('overview.noneEnded')}</p>}
        {ended.length > 0 && <JobTable jobs={ended.slice(0, recent)} />}
      </section>
    </>
  );
}

const once = () => 'once' as const;

/** Says that rows can be fixed: of one import on its page, of several in the list of those. */
function ToFix({ jobs }: { jobs: readonly Job[] }) {
  const { t } = useI18n();
  const count = jobs.reduce((sum, { progress }) => sum + progress.errors, 0);
  const only = jobs.length === 1 ? jobs[0] : undefined;

  return (
    <Notice
      tone="warn"
      beside
      title={only === undefined ? t('overview.toFixFiles', { count, files: jobs.length }) : t('overview.toFix', { count, file: only.filename })}
      actions={
        <a
          className="bi-button"
          href={addressOf(only === undefined ? { ...allImports, status: 'completed_with_errors' } : { view: 'import', jobID: only.job_id })}
        >
          {t('overview.toFix.open')}
        </a>
      }
    />
  );
}

function Empty({ complete }: { complete: boolean }) {
  const { t } = useI18n();

  if (!complete) {
    return <p className="bi-hint">{t('overview.noneLately')}</p>;
  }

  return (
    <div className="bi-empty">
      <Icon name="file" />
      <p className="bi-empty-title">{t('overview.empty')}</p>
      <p>{t('overview.empty.text')}</p>
    </div>
  );
}

/** What became of the stock of the last days: its products have their quality elsewhere. */
function StockCard({ analytics }: { analytics: Analytics | null }) {
  const { t, format } = useI18n();
  const stock = analytics?.inventory;
  const lately = stock !== undefined && stock.created + stock.matched > 0;

  return (
    <>
      <h2 id="side">{t('stock.title')}</h2>
      {lately ? (
        <>
          <dl className="bi-facts">
            {(['matched', 'created', 'updated'] as const).map((name) => (
              <div key={name}>
                <dt>{t(`facts.${name}`)}</dt>
                <dd>{format.number(stock[name])}</dd>
              </div>
            ))}
          </dl>
          <p className="bi-hint">{t('stock.basis', { count: days })}</p>
        </>
      ) : (
        <p className="bi-hint">{t('stock.none')}</p>
      )}
    </>
  );
}

function QualityCard({ analytics }: { analytics: Analytics | null }) {
  const { t } = useI18n();
  const quality = analytics?.quality;

  return (
    <>
      <h2 id="side">{t('quality.title')}</h2>
      {quality === undefined || quality.count === 0 ? (
        <>
          <p className="bi-hint">{t('quality.none')}</p>
          <h3>{t('quality.parts')}</h3>
          <ul className="bi-parts">
            <li>{t('quality.parts.main')}</li>
            <li>{t('quality.parts.names')}</li>
            <li>{t('quality.parts.text')}</li>
            <li>{t('quality.parts.rest')}</li>
          </ul>
        </>
      ) : (
        <>
          <p className="bi-score">
            <b>{Math.round(quality.mean)}</b>
            <span>{t('quality.outOf')}</span>
          </p>
          <Bands quality={quality} small />
          <p className="bi-hint">{t(quality.mean < 60 ? 'quality.advice' : 'quality.good')}</p>
          <p className="bi-hint">{t('quality.basis', { count: quality.count, days })}</p>
        </>
      )}
    </>
  );
}
