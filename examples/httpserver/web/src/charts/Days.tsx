import type { Day } from '../api/types';
import { useI18n, type I18n } from '../i18n/i18n';
import type { Kind } from '../kind';
import { outcomeText } from '../ui/outcomeText';
import { AsTable } from './AsTable';
import { ticks } from './scale';
import { useWidth } from './useWidth';

const height = 220;
const left = 52;
const bottom = 26;
const top = 10;

const outcomes = [
  { field: 'successful', kind: 'good', name: 'plot.good' },
  { field: 'duplicates', kind: 'dup', name: 'outcome.dup' },
  { field: 'errors', kind: 'bad', name: 'outcome.bad' },
] as const;

/** What a plot of days counts. */
export type DaysUnit = 'rows' | 'imports';

export interface DaysProps {
  days: readonly Day[];
  unit: DaysUnit;
  kind: Kind;
}

/** The rows of each day as stacked columns, or its imports as plain ones. */
export function Days({ days, unit, kind: what }: DaysProps) {
  const texts = useI18n();
  const { t, format } = texts;
  // Of stock there are hardly any duplicates, and a key to none would be a riddle.
  const shown = outcomes.filter(({ kind }) => what === 'products' || kind !== 'dup' || days.some((day) => day.duplicates > 0));
  const all = unit === 'rows' ? (day: Day) => day.processed : importsOf;
  const parts = (day: Day) =>
    unit === 'rows'
      ? shown.map(({ field, kind }) => ({ kind, value: day[field] }))
      : [{ kind: 'plain' as const, value: importsOf(day) }];
  const words = (day: Day) =>
    unit === 'rows'
      ? outcomeText(texts, what, day)
      : t('plot.day.imports', { count: importsOf(day) });
  const [frame, width] = useWidth<HTMLDivElement>(640);
  const marks = ticks(Math.max(...days.map(all)));
  const most = marks.at(-1)!;
  const slot = (width - left) / Math.max(days.length, 1);
  const column = Math.max(Math.min(slot * 0.72, 40), 1.5);
  const scale = (value: number) => (value / most) * (height - top - bottom);
  // As many dates as have room, the last one among them.
  const every = Math.ceil(64 / slot);

  return (
    <div ref={frame}>
      {unit === 'rows' && (
        <ul className="bi-key">
          {shown.map(({ kind, name }) => (
            <li key={kind}>
              <svg aria-hidden="true" focusable="false">
                <rect className={`bi-fill-${kind}`} width="12" height="12" rx="3" />
              </svg>
              {t(name)}
            </li>
          ))}
        </ul>
      )}
      <svg
        className="bi-svg"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={summary(days, unit, all, t, format)}
      >
        {marks.map((mark) => (
          <g key={mark}>
            <line className="bi-grid" x1={left} x2={width} y1={height - bottom - scale(mark)} y2={height - bottom - scale(mark)} />
            <text className="bi-axis" x={left - 8} y={height - bottom - scale(mark) + 4} textAnchor="end">
              {format.compact(mark)}
            </text>
          </g>
        ))}
        {days.map((day, i) => {
          let y = height - bottom;
          const x = left + i * slot + (slot - column) / 2;

          return (
            <g key={day.date}>
              <title>
                {`${format.day(day.date)}: ${words(day)}`}
              </title>
              {/* What the pointer finds also where the day has little. */}
              <rect className="bi-hover" x={left + i * slot} width={slot} y={top} height={height - top - bottom} />
              {parts(day).map(({ kind, value }) => {
                const tall = value > 0 ? Math.max(scale(value), 1) : 0;
                y -= tall;

                return <rect key={kind} className={`bi-fill-${kind}`} x={x} width={column} y={y} height={tall} />;
              })}
              {(days.length - 1 - i) % every === 0 && (
                <text
                  className="bi-axis"
                  x={i === days.length - 1 ? width : x + column / 2}
                  y={height - 6}
                  textAnchor={i === days.length - 1 ? 'end' : 'middle'}
                >
                  {format.day(day.date)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <AsTable
        caption={t(`plot.days.${unit}`)}
        head={[t('plot.date'), t('statistics.imports'), ...shown.map(({ name }) => t(name))]}
        rows={days
          .filter((day) => importsOf(day) > 0)
          .map((day) => [format.day(day.date), importsOf(day), ...shown.map(({ field }) => day[field])])}
      />
    </div>
  );
}

/** Returns how many imports there were on a day; older servers count every job. */
function importsOf({ started, jobs }: Day): number {
  return started ?? jobs;
}

function summary(days: readonly Day[], unit: DaysUnit, all: (day: Day) => number, t: I18n['t'], format: I18n['format']): string {
  const busiest = days.reduce<Day | undefined>((most, day) => (all(day) > (most === undefined ? 0 : all(most)) ? day : most), undefined);

  return busiest === undefined
    ? t(`plot.days.${unit}`)
    : t(`plot.days.summary.${unit}`, { day: format.day(busiest.date), count: all(busiest) });
}
