import type { Column } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { Icon } from '../ui/Icon';
import { columnName } from '../ui/columnName';
import { isDouble } from './headerText';

/** How each header of the file is understood, with what stands below it. */
export function Columns({ columns, open }: { columns: readonly Column[]; open: boolean }) {
  const texts = useI18n();
  const { t } = texts;

  if (columns.length === 0) {
    return null;
  }

  // Those that are not imported first: they are what somebody may have to change.
  const ordered = columns.toSorted((a, b) => rank(a) - rank(b) || a.position - b.position);
  const unknown = columns.filter(({ status }) => status !== 'recognised').length;

  return (
    <details className="bi-fold" open={open && unknown > 0}>
      <summary>
        {t('columns.title', { count: columns.length })}
        {unknown > 0 && <span className="bi-fold-note">{t('columns.unknown', { count: unknown })}</span>}
      </summary>
      <div className="bi-scroll" tabIndex={0} role="group" aria-label={t('columns.title', { count: columns.length })}>
        <table className="bi-table bi-columns">
          <thead>
            <tr>
              <th scope="col">{t('columns.yours')}</th>
              <th scope="col">{t('columns.taken')}</th>
              <th scope="col" className="bi-wide">
                {t('columns.samples')}
              </th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((column) => (
              <tr key={column.position}>
                <th scope="row" className="bi-mono">
                  {column.header === '' ? t('columns.unnamed', { position: column.position }) : column.header}
                </th>
                <td>
                  {column.status === 'recognised' ? (
                    <span className="bi-known">
                      <Icon name="check" />
                      {columnName(texts, column.column)}
                    </span>
                  ) : (
                    <span className="bi-unknown">
                      {isDouble(column)
                        ? t('columns.double', { column: columnName(texts, column.column) })
                        : t(column.status === 'unknown' ? 'columns.notKnown' : 'columns.repeated')}
                    </span>
                  )}
                </td>
                <td className="bi-samples bi-wide">{column.samples.filter((sample) => sample !== '').join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function rank({ status }: Column): number {
  return status === 'recognised' ? 1 : 0;
}
