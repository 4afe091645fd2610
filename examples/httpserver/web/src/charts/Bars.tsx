import { useI18n } from '../i18n/i18n';
import { AsTable } from './AsTable';
import { useWidth } from './useWidth';

export interface BarsProps {
  /** What the plot shows. */
  name: string;
  /** What the numbers count. */
  unit: string;
  bars: readonly { name: string; value: number }[];
  kind: 'dup' | 'bad' | 'plain';
}

const line = 44;
const thick = 10;

/** Numbers as bars from left to right, each below its name. */
export function Bars({ name, unit, bars, kind }: BarsProps) {
  const { t, format } = useI18n();
  const [frame, width] = useWidth<HTMLDivElement>(320);
  const most = Math.max(...bars.map(({ value }) => value), 0);

  if (most === 0) {
    return <p className="bi-hint">{t('plot.nothing')}</p>;
  }

  return (
    <div ref={frame}>
      <svg
        className="bi-svg"
        width={width}
        height={bars.length * line}
        viewBox={`0 0 ${width} ${bars.length * line}`}
        role="img"
        aria-label={`${name}: ${bars.map((bar) => `${bar.name} ${format.number(bar.value)}`).join(', ')}`}
      >
        {bars.map((bar, i) => (
          <g key={bar.name}>
            <text className="bi-bar-name" x={0} y={i * line + 15}>
              {bar.name}
            </text>
            <text className="bi-bar-value" x={width} y={i * line + 15} textAnchor="end">
              {format.number(bar.value)}
            </text>
            <rect className="bi-fill-track" x={0} y={i * line + 22} width={width} height={thick} rx={thick / 2} />
            {bar.value > 0 && (
              <rect
                className={`bi-fill-${kind}`}
                x={0}
                y={i * line + 22}
                width={Math.max((bar.value / most) * width, thick)}
                height={thick}
                rx={thick / 2}
              />
            )}
          </g>
        ))}
      </svg>
      <AsTable caption={name} head={[name, unit]} rows={bars.map((bar) => [bar.name, bar.value])} />
    </div>
  );
}
