import { useCallback, useId, useState } from 'react';
import { statusNames, type Analytics } from '../api/types';
import { Bands } from '../charts/Bands';
import { Bars } from '../charts/Bars';
import { Days } from '../charts/Days';
import { Plot } from '../charts/Plot';
import { TroubleNotice } from '../dialog/TroubleNotice';
import { useI18n } from '../i18n/i18n';
import { OutcomeBar } from '../job/OutcomeBar';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { codeName, problemText } from '../ui/ProblemText';
import { StatusBadge } from '../ui/StatusBadge';
import { analyse, startedByStatus, startedOf, type Analysed } from './analyse';
import { useServer, useWatched } from './server';

const periods = [7, 30, 90] as const;
const units = ['rows', 'imports'] as const;

/** How the imports of the last days went, in figures and plots. */
export function Statistics() {
  const texts = useI18n();
  const { t } = texts;
  const { client } = useServer();
  const id = useId();
  const [days, setDays] = useState<number>(30);
  const load = useCallback((signal: AbortSignal) => analyse(client, days, signal), [client, days]);
  const { data, trouble, problem, again } = useWatched<Analysed>(load, once);

  return (
    <section className="bi-section" aria-labelledby={id}>
      <div className="bi-section-head">
        <h1 id={id}>{t('title.statistics')}</h1>
        <div className="bi-switch" role="group" aria-label={t('statistics.period')}>
          {periods.map((period) => (
            <button key={period} type="button" aria-pressed={period === days} onClick={() => setDays(period)}>
              {t('statistics.days', { count: period })}
            </button>
          ))}
        </div>
      </div>

      {trouble !== null && <TroubleNotice trouble={trouble} phase="list" onRetry={again} />}
      {problem !== null && (
        <Notice tone="bad" title={t('list.failed')}>
          <p>{problemText(texts, problem)}</p>
        </Notice>
      )}
      {data === null && problem === null && <p className="bi-loading">{t('list.loading')}</p>}
      {data !== null && startedOf(data.analytics) === 0 && (
        <div className="bi-empty">
          <Icon name="file" />
          <p className="bi-empty-title">{t('statistics.none')}</p>
          <p>{t('statistics.none.text')}</p>
        </div>
      )}
      {data !== null && startedOf(data.analytics) > 0 && <Figures {...data} />}
    </section>
  );
}

const once = () => 'once' as const;

function Figures({ analytics, codes }: Analysed) {
  const texts = useI18n();
  const { t, format, find } = texts;
  const { kind } = useServer();
  const { rows, quality } = analytics;
  const share = rows.processed > 0 ? rows.errors / rows.processed : 0;

  const figures = [
    [t('statistics.imports'), format.number(startedOf(analytics))],
    [t('statistics.rows'), format.number(rows.processed)],
    [t(`statistics.added.${kind}`), format.number(rows.successful)],
    [t('statistics.errorShare'), format.percent(share)],
    [t('statistics.speed'), t('statistics.perSecond', { n: Math.round(analytics.rows_per_second) })],
  ] as const;

  return (
    <>
      {analytics.truncated && <Notice tone="info">{t('statistics.truncated')}</Notice>}
      <dl className="bi-figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>

      <OverTime days={analytics.days} />

      <div className="bi-plots">
        <Plot title={t('plot.outcomes')}>
          <OutcomeBar outcomes={rows} tiers={{}} kind={kind} whole={rows.processed} shares />
          <Statuses counts={startedByStatus(analytics)} />
        </Plot>
        {quality.count > 0 && (
          <Plot title={t('plot.quality')} hint={t('plot.quality.hint', { score: Math.round(quality.mean) })}>
            <Bands quality={quality} />
          </Plot>
        )}
        <Plot title={t('plot.tiers')} hint={t('plot.tiers.hint')}>
          <Bars
            name={t('plot.tiers')}
            unit={t('plot.rows')}
            kind="dup"
            bars={Object.entries(analytics.duplicates_by_tier).map(([tier, value]) => ({
              name: find(`tier.${tier}`) ?? tier,
              value,
            }))}
          />
        </Plot>
        <Plot title={t('plot.codes')}>
          {codes ? (
            <Bars
              name={t('plot.codes')}
              unit={t('plot.rows')}
              kind="bad"
              bars={analytics.error_codes.slice(0, 8).map(({ code, count }) => ({ name: codeName(texts, code), value: count }))}
            />
          ) : (
            <p className="bi-hint">{t('plot.codes.unknown')}</p>
          )}
        </Plot>
      </div>
    </>
  );
}

/** What went on day by day: the rows, or the imports that they are of. */
function OverTime({ days }: { days: Analytics['days'] }) {
  const { t } = useI18n();
  const { kind } = useServer();
  const [unit, setUnit] = useState<(typeof units)[number]>('rows');

  return (
    <Plot
      title={t(`plot.days.${unit}`)}
      hint={t('plot.days.hint')}
      choice={
        <div className="bi-switch" role="group" aria-label={t('plot.days.choice')}>
          {units.map((name) => (
            <button key={name} type="button" aria-pressed={name === unit} onClick={() => setUnit(name)}>
              {t(`plot.unit.${name}`)}
            </button>
          ))}
        </div>
      }
    >
      <Days days={days} unit={unit} kind={kind} />
    </Plot>
  );
}

/** How many imports have which status. */
function Statuses({ counts }: { counts: Analytics['jobs']['by_status'] }) {
  const { t, format } = useI18n();

  return (
    <ul className="bi-statuses" aria-label={t('plot.status')}>
      {statusNames
        .filter((status) => (counts[status] ?? 0) > 0)
        .map((status) => (
          <li key={status}>
            <StatusBadge status={status} />
            <b>{format.number(counts[status] ?? 0)}</b>
          </li>
        ))}
    </ul>
  );
}
