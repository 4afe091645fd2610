import type { Quality } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { AsTable } from './AsTable';
import { useWidth } from './useWidth';

export interface BandsProps {
  quality: Quality;
  /** Whether it stands beside something more important, and needs no table of its own. */
  small?: boolean;
}

/** How many products have a score of which band. */
export function Bands({ quality, small = false }: BandsProps) {
  const { t, format } = useI18n();
  const [frame, width] = useWidth<HTMLDivElement>(280);
  const bands = Object.entries(quality.bands).sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const most = Math.max(...bands.map(([, count]) => count), 1);
  const height = small ? 110 : 180;
  const gap = 8;
  const column = (width - gap * (bands.length - 1)) / Math.max(bands.length, 1);
  const room = height - 22 - 20;

  return (
    <div ref={frame}>
      <svg
        className="bi-svg"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${t('plot.quality')}: ${bands.map(([band, count]) => t('plot.band', { band, count })).join(', ')}`}
      >
        {bands.map(([band, count], i) => {
          const tall = count > 0 ? Math.max((count / most) * room, 3) : 2;
          const x = i * (column + gap);

          return (
            <g key={band}>
              <title>{t('plot.band', { band, count })}</title>
              <rect
                className={count > 0 ? `bi-fill-band-${Math.min(i, 4)}` : 'bi-fill-track'}
                x={x}
                y={height - 22 - tall}
                width={column}
                height={tall}
                rx={3}
              />
              <text className="bi-bar-value" x={x + column / 2} y={height - 22 - tall - 6} textAnchor="middle">
                {count > 0 ? format.percent(count / Math.max(quality.count, 1)) : ''}
              </text>
              <text className="bi-axis" x={x + column / 2} y={height - 5} textAnchor="middle">
                {band.replace('-', '–')}
              </text>
            </g>
          );
        })}
      </svg>
      {!small && <AsTable caption={t('plot.quality')} head={[t('plot.quality'), t('plot.products')]} rows={bands} />}
    </div>
  );
}
