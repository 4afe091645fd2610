import { useI18n } from '../i18n/i18n';

export interface AsTableProps {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** The numbers of a plot, for whoever wants numbers or cannot see the plot. */
export function AsTable({ caption, head, rows }: AsTableProps) {
  const { t, format } = useI18n();

  return (
    <details className="bi-fold bi-as-table">
      <summary>{t('plot.table')}</summary>
      <div className="bi-scroll" tabIndex={0} role="group" aria-label={caption}>
        <table className="bi-table">
          <caption className="bi-unseen">{caption}</caption>
          <thead>
            <tr>
              {head.map((name, i) => (
                <th key={name} scope="col" className={i > 0 ? 'bi-number' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, ...values]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {values.map((value, i) => (
                  <td key={head[i + 1]} className="bi-number">
                    {typeof value === 'number' ? format.number(value) : value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
