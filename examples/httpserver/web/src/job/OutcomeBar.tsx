import { useI18n } from '../i18n/i18n';
import type { Kind } from '../kind';
import { Segments } from '../ui/Segments';
import { Tiers } from './Tiers';

export interface OutcomeBarProps {
  outcomes: { successful: number; duplicates: number; errors: number };
  tiers: Record<string, number>;
  kind: Kind;
  /** Rows in all, of which some may not be done yet. */
  whole: number;
  /** Whether this is what would come of an import. */
  future?: boolean;
  /** Whether the bar is left out, for there is another one. */
  barless?: boolean;
  /** Whether each number has its share of the whole beside it. */
  shares?: boolean;
}

/** What came of the rows: a bar, and its legend with the numbers. */
export function OutcomeBar({ outcomes, tiers, kind, whole, future = false, barless = false, shares = false }: OutcomeBarProps) {
  const { t, format } = useI18n();
  const { successful, duplicates, errors } = outcomes;
  const share = (n: number) => (shares && whole > 0 ? <small>{format.percent(n / whole)}</small> : null);

  return (
    <div className="bi-outcomes">
      {!barless && (
        <Segments
          segments={[
            { kind: 'good', value: successful },
            { kind: 'dup', value: duplicates },
            { kind: 'bad', value: errors },
          ]}
          whole={whole}
        />
      )}
      <dl className="bi-legend">
        <div className="bi-legend-good">
          <dt>{t(future ? `outcome.good.future.${kind}` : `outcome.good.${kind}`)}</dt>
          <dd>
            {format.number(successful)}
            {share(successful)}
          </dd>
        </div>
        {/* Rows of stock are none but where a file has a product twice. */}
        {(kind === 'products' || duplicates > 0) && (
          <div className="bi-legend-dup">
            <dt>{t('outcome.dup')}</dt>
            <dd>
              {format.number(duplicates)}
              {share(duplicates)}
              <Tiers tiers={tiers} />
            </dd>
          </div>
        )}
        <div className="bi-legend-bad">
          <dt>{t('outcome.bad')}</dt>
          <dd>
            {format.number(errors)}
            {share(errors)}
          </dd>
        </div>
      </dl>
    </div>
  );
}
