import type { I18n } from '../i18n/i18n';
import type { Kind } from '../kind';

export interface Outcomes {
  successful: number;
  duplicates: number;
  errors: number;
}

/** Returns what came of rows in a few words: "25 new, 8 duplicates, 7 to fix". What there is none of is left out, but for the first. */
export function outcomeText({ t }: I18n, kind: Kind, { successful, duplicates, errors }: Outcomes): string {
  return [
    t(`outcome.count.${kind}`, { count: successful }),
    ...(duplicates > 0 ? [t('outcome.count.dup', { count: duplicates })] : []),
    ...(errors > 0 ? [t('outcome.count.bad', { count: errors })] : []),
  ].join(', ');
}
