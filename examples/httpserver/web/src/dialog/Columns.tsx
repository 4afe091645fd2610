import type { Column } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { Icon } from '../ui/Icon';

/** How each header of the file is understood, with what stands below it. */
export function Columns({ columns, open }: { columns: readonly Column[]; open: boolean }) {
  const { t, find } = useI18n();

  if (columns.length === 0) {
    return null;
  }

  const unknown = columns.filter(({ status }) => status !== 'recognised').length;

  return (
    <details className="bi-fold" open={open && unknown > 0}>
      <summary>
        {t('columns.title', { count: columns.length })}
        {unknown > 0 && <span className="bi-fold-note">{t('columns.unknown', { count: unknown })}</span>}
      </summary>
      <div className="bi-scroll" tabIndex={0} role="group" aria-label={t('columns.title', { count: columns.length })}>
        <table className="bi-table">
          <thead>
            <tr>
              <th scope="col">{t('columns.yours')}</th>
              <th scope="col">{t('columns.taken')}</th>
              <th scope="col">{t('columns.samples')}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.position}>
                <th scope="row" className="bi-mono">
                  {column.header === '' ? t('columns.unnamed', { position: column.position }) : column.header}
                </th>
                <td>
                  {column.status === 'recognised' ? (
                    <span className="bi-known">
                      <Icon name="check" />
                      {find(`column.${column.column}`) ?? column.column}
                    </span>
                  ) : (
                    <span className="bi-unknown">{t(column.status === 'unknown' ? 'columns.notKnown' : 'columns.repeated')}</span>
                  )}
                </td>
                <td className="bi-samples">{column.samples.filter((sample) => sample !== '').join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
